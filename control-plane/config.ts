import { parseArgs } from 'node:util'
import { parseAddress, parseCidr } from '../common/cidr.ts'
import type { LogLevel } from '../common/log.ts'

export interface ControlPlaneConfig {
  readonly cluster: string
  /** Everything that must survive a restart: `store.mdb` and `pki/`. */
  readonly dataDirectory: string
  /** Where the CA certificate and the token that nodes join with are left for them; absent: nowhere. */
  readonly bootstrapDirectory: string | undefined
  readonly kubeconfigPath: string
  readonly listenAddress: string
  readonly port: number
  /** Address under which nodes and pods reach the API server; absent: the first of this machine. */
  readonly advertiseAddress: string | undefined
  /** Where the server is reached at that address; undefined: where it listens. */
  readonly advertisePort: number | undefined
  readonly serviceCidr: string
  readonly podCidr: string
  /** Further names and addresses for the serving certificate. */
  readonly extraNames: readonly string[]
  /** `<id>.<secret>`; absent: made on first start and kept. */
  readonly bootstrapToken: string | undefined
  /** A token that is an administrator; absent: there is none. */
  readonly adminToken: string | undefined
  readonly runScheduler: boolean
  /** A file with a KubeSchedulerConfiguration; absent: one profile with everything as upstream's defaults. */
  readonly schedulerConfigPath: string | undefined
  readonly runControllers: boolean
  /** Scheduler and controllers work only while they hold their Leases: for several copies of them before one store. */
  readonly leaderElect: boolean
  /** Together the requests that are served at the same time, before flow control lets them wait. */
  readonly maxRequestsInflight: number
  readonly maxMutatingRequestsInflight: number
  /** What is written down of requests, and where; absent: nothing is. Upstream's --audit-policy-file and --audit-log-…. */
  readonly audit: AuditConfig | undefined
  /** `/debug/…` and `/configz` are served: profiles, the log's level, this configuration. Upstream's --profiling. */
  readonly profiling: boolean
  readonly logLevel: LogLevel
  readonly logFormat: 'text' | 'json'
}

export interface AuditConfig {
  readonly policyFile: string
  /** `-` is the standard output. */
  readonly path: string
  /** Days; 0: backups do not age. */
  readonly maxAge: number
  /** 0: all backups are kept. */
  readonly maxBackups: number
  /** Megabytes after which a new file is begun. */
  readonly maxSize: number
}

type Environment = Readonly<Record<string, string | undefined>>

/** Every option, by flag; the environment has each as `KUBELING_` and its name in capitals. Flags win. */
const defaults = {
  cluster: 'kubeling',
  'data-dir': '/var/lib/kubeling',
  'bootstrap-dir': '',
  kubeconfig: '',
  'listen-address': '0.0.0.0',
  port: '6443',
  'advertise-address': '',
  'advertise-port': '',
  'service-cidr': '10.96.0.0/16',
  'pod-cidr': '10.244.0.0/16',
  'extra-sans': '',
  'bootstrap-token': '',
  'admin-token': '',
  scheduler: 'true',
  'scheduler-config': '',
  controllers: 'true',
  'leader-elect': 'false',
  'max-requests-inflight': '400',
  'max-mutating-requests-inflight': '200',
  'audit-policy-file': '',
  'audit-log-path': '',
  'audit-log-maxage': '0',
  'audit-log-maxbackup': '0',
  'audit-log-maxsize': '100',
  profiling: 'false',
  'log-level': 'info',
  'log-format': 'text',
} as const
type Option = keyof typeof defaults

const environmentName = (option: string) => `KUBELING_${option.toUpperCase().replaceAll('-', '_')}`
const levels: readonly string[] = ['debug', 'info', 'warn', 'error', 'silent'] satisfies LogLevel[]

/** Flags and environment as a record; throws an Error that names the option when a value makes no sense. */
export function readConfig(args: readonly string[] = process.argv.slice(2), environment: Environment = process.env): ControlPlaneConfig {
  const { values } = parseArgs({
    args: [...args],
    options: Object.fromEntries(Object.keys(defaults).map(option => [option, { type: 'string' as const }])),
    strict: true,
  })
  const read = (option: Option): string => values[option] ?? (environment[environmentName(option)] || defaults[option])
  const dataDirectory = read('data-dir')
  return {
    cluster: matching('cluster', read('cluster'), /^[a-z0-9][a-z0-9_.-]*$/),
    dataDirectory,
    bootstrapDirectory: read('bootstrap-dir') || undefined,
    kubeconfigPath: read('kubeconfig') || `${dataDirectory}/admin.kubeconfig`,
    listenAddress: read('listen-address'),
    port: port('port', read('port')),
    advertiseAddress: address('advertise-address', read('advertise-address')),
    advertisePort: read('advertise-port') ? port('advertise-port', read('advertise-port')) : undefined,
    serviceCidr: range('service-cidr', read('service-cidr')),
    podCidr: range('pod-cidr', read('pod-cidr')),
    extraNames: read('extra-sans').split(',').filter(Boolean),
    bootstrapToken: read('bootstrap-token')
      ? matching('bootstrap-token', read('bootstrap-token'), /^[a-z0-9]{6}\.[a-z0-9]{16}$/)
      : undefined,
    adminToken: read('admin-token') || undefined,
    runScheduler: isTrue('scheduler', read('scheduler')),
    schedulerConfigPath: read('scheduler-config') || undefined,
    runControllers: isTrue('controllers', read('controllers')),
    leaderElect: isTrue('leader-elect', read('leader-elect')),
    maxRequestsInflight: count('max-requests-inflight', read('max-requests-inflight')),
    maxMutatingRequestsInflight: count('max-mutating-requests-inflight', read('max-mutating-requests-inflight')),
    audit: auditOf(read),
    profiling: isTrue('profiling', read('profiling')),
    logLevel: oneOf('log-level', read('log-level'), levels) as LogLevel,
    logFormat: oneOf('log-format', read('log-format'), ['text', 'json']) as 'text' | 'json',
  }
}

/** As upstream's: without a policy no events are recorded, and without a path they go nowhere. */
function auditOf(read: (option: Option) => string): AuditConfig | undefined {
  const number = (option: Option) => count(option, read(option))
  const config = {
    policyFile: read('audit-policy-file'),
    path: read('audit-log-path'),
    maxAge: number('audit-log-maxage'),
    maxBackups: number('audit-log-maxbackup'),
    maxSize: number('audit-log-maxsize') || Number(defaults['audit-log-maxsize']),
  }
  return config.policyFile && config.path ? config : undefined
}

const wrong = (option: Option, value: string, expected: string) => new Error(`--${option}: ${JSON.stringify(value)} is not ${expected}`)

function matching(option: Option, value: string, pattern: RegExp): string {
  if (!pattern.test(value)) throw wrong(option, value, `of the form ${pattern.source}`)
  return value
}
function port(option: Option, value: string): number {
  const number = Number(value)
  // 0 lets the system choose: for tests.
  if (!/^\d+$/.test(value) || number > 65535) throw wrong(option, value, 'a port')
  return number
}
function count(option: Option, value: string): number {
  return Number(matching(option, value, /^\d{1,9}$/))
}
function range(option: Option, value: string): string {
  parseCidr(value)
  return matching(option, value, /\//)
}
function address(option: Option, value: string): string | undefined {
  if (value && parseAddress(value) === undefined) throw wrong(option, value, 'an IPv4 address')
  return value || undefined
}
function isTrue(option: Option, value: string): boolean {
  return oneOf(option, value, ['true', 'false']) === 'true'
}
function oneOf(option: Option, value: string, values: readonly string[]): string {
  if (!values.includes(value)) throw wrong(option, value, `one of ${values.join(', ')}`)
  return value
}
