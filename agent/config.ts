import { hostname } from 'node:os'
import { parseArgs } from 'node:util'
import type { Taint } from '../api/core/affinity.ts'
import { parseQuantity, quantityToNumber } from '../api/quantity.ts'
import { parseCidr } from '../common/cidr.ts'
import type { LogLevel } from '../common/log.ts'
import { dottedSysctl, namespaceOf } from './pods/sysctls.ts'
import type { ImageSettings } from './images/image-manager.ts'
import type { ImageGcPolicy } from './images/plan-image-gc.ts'

export interface AgentConfig {
  readonly cluster: string
  readonly nodeName: string
  readonly server: string
  /** The CA certificate of the API server and the token to join with, as files; each wins over the bootstrap directory's. */
  readonly caFile: string
  readonly tokenFile: string
  readonly bootstrapToken: string | undefined
  /** The node's keys; must survive a restart. */
  readonly dataDirectory: string
  readonly dockerSocket: string
  /** The container that is this node: id or name. */
  readonly nodeContainer: string
  readonly nodeAddress: string | undefined
  readonly port: number
  readonly clusterCidr: string
  readonly serviceCidr: string
  readonly clusterDns: string
  readonly clusterDomain: string
  readonly pauseImage: string
  readonly hostPathRoot: string | undefined
  /** Whether containers without a seccomp profile get the runtime's instead of none. */
  readonly seccompDefault: boolean
  readonly allowedUnsafeSysctls: readonly string[]
  readonly cpus: number | undefined
  readonly memoryBytes: number | undefined
  readonly pods: number
  /** Processes that a pod may have; undefined: as many as it likes. */
  readonly podPidsLimit: number | undefined
  readonly labels: Readonly<Record<string, string>>
  readonly taints: readonly Taint[]
  readonly extendedResources: Readonly<Record<string, string>>
  readonly crashBackoff: DelayRange
  readonly images: ImageSettings
  readonly imageGc: ImageGcPolicy
  readonly housekeepingMs: number
  readonly relistMs: number
  readonly logLevel: LogLevel
  readonly logFormat: 'text' | 'json'
}
export interface DelayRange {
  readonly initialMs: number
  readonly maxMs: number
}

type Environment = Readonly<Record<string, string | undefined>>

/** Every option, by flag; the environment has each as `KUBELING_` and its name in capitals. Flags win. */
const defaults = {
  cluster: 'kubeling',
  node: '',
  server: 'https://control-plane:6443',
  'bootstrap-dir': '/var/lib/kubeling-bootstrap',
  'ca-file': '',
  'token-file': '',
  'bootstrap-token': '',
  'data-dir': '/var/lib/kubeling',
  'docker-socket': '/var/run/docker.sock',
  'node-container': '',
  'node-address': '',
  port: '10250',
  'pod-cidr': '10.244.0.0/16',
  'service-cidr': '10.96.0.0/16',
  'cluster-dns': '',
  'cluster-domain': 'cluster.local',
  'pause-image': 'kubeling/pause',
  'host-path-root': '',
  'seccomp-default': 'false',
  'allowed-unsafe-sysctls': '',
  cpus: '',
  memory: '',
  pods: '110',
  'pod-pids-limit': '-1',
  labels: '',
  taints: '',
  'extended-resources': '',
  'crash-backoff': '10s-300s',
  'image-backoff': '10s-300s',
  'parallel-pulls': '1',
  'unreachable-registry': 'use-local-image',
  'image-pull-progress-deadline': '60s',
  'image-gc-high-threshold': '85',
  'image-gc-low-threshold': '80',
  'image-gc-minimum-age': '120s',
  'image-gc-maximum-age': '0s',
  'image-gc-period': '300s',
  'housekeeping-seconds': '120',
  'relist-seconds': '10',
  'log-level': 'info',
  'log-format': 'text',
} as const
type Option = keyof typeof defaults
type Read = (option: Option) => string

const environmentName = (option: string) => `KUBELING_${option.toUpperCase().replaceAll('-', '_')}`
const levels: readonly string[] = ['debug', 'info', 'warn', 'error', 'silent'] satisfies LogLevel[]

/** Flags and environment as a record; throws an Error that names the option when a value makes no sense. */
export function readConfig(args: readonly string[] = process.argv.slice(2), environment: Environment = process.env): AgentConfig {
  const { values } = parseArgs({
    args: [...args],
    options: Object.fromEntries(Object.keys(defaults).map(option => [option, { type: 'string' as const }])),
    strict: true,
  })
  const read: Read = option => values[option] ?? (environment[environmentName(option)] || defaults[option])
  return { ...identity(read), ...network(read), ...capacity(read), ...security(read), ...behaviour(read), ...images(read) }
}

function identity(read: Read) {
  const directory = read('bootstrap-dir')
  return {
    cluster: matching('cluster', read('cluster'), /^[a-z0-9][a-z0-9_.-]*$/),
    nodeName: matching('node', read('node') || hostname(), /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/),
    server: matching('server', read('server'), /^https:\/\//),
    caFile: read('ca-file') || `${directory}/ca.crt`,
    tokenFile: read('token-file') || `${directory}/token`,
    bootstrapToken: read('bootstrap-token') || undefined,
    dataDirectory: read('data-dir'),
    dockerSocket: read('docker-socket'),
    // Docker gives a container the beginning of its id as host name unless told otherwise.
    nodeContainer: read('node-container') || hostname(),
    nodeAddress: read('node-address') || undefined,
    port: count('port', read('port')),
  }
}
function network(read: Read) {
  parseCidr(read('pod-cidr'))
  parseCidr(read('service-cidr'))
  return {
    clusterCidr: read('pod-cidr'),
    serviceCidr: read('service-cidr'),
    clusterDns: read('cluster-dns') || tenthAddress(read('service-cidr')),
    clusterDomain: read('cluster-domain'),
    pauseImage: read('pause-image'),
    hostPathRoot: read('host-path-root') || undefined,
  }
}
function capacity(read: Read) {
  return {
    cpus: read('cpus') ? quantityToNumber(parseQuantity(read('cpus'))) : undefined,
    memoryBytes: read('memory') ? quantityToNumber(parseQuantity(read('memory'))) : undefined,
    pods: count('pods', read('pods')),
    podPidsLimit: read('pod-pids-limit') === '-1' ? undefined : count('pod-pids-limit', read('pod-pids-limit')),
    labels: pairs('labels', read('labels')),
    taints: read('taints').split(',').filter(Boolean).map(taint),
    extendedResources: pairs('extended-resources', read('extended-resources')),
  }
}
function security(read: Read) {
  return {
    seccompDefault: oneOf('seccomp-default', read('seccomp-default'), ['true', 'false']) === 'true',
    allowedUnsafeSysctls: read('allowed-unsafe-sysctls').split(',').filter(Boolean).map(namespaced),
  }
}
function behaviour(read: Read) {
  return {
    crashBackoff: delays('crash-backoff', read('crash-backoff')),
    housekeepingMs: count('housekeeping-seconds', read('housekeeping-seconds')) * 1000,
    relistMs: count('relist-seconds', read('relist-seconds')) * 1000,
    logLevel: oneOf('log-level', read('log-level'), levels) as LogLevel,
    logFormat: oneOf('log-format', read('log-format'), ['text', 'json']) as 'text' | 'json',
  }
}

function images(read: Read): Pick<AgentConfig, 'images' | 'imageGc'> {
  const backoff = delays('image-backoff', read('image-backoff'))
  const policies = ['use-local-image', 'fail']
  return {
    images: {
      parallelPulls: count('parallel-pulls', read('parallel-pulls')),
      backoffInitialMs: backoff.initialMs,
      backoffMaxMs: backoff.maxMs,
      unreachableRegistry: oneOf('unreachable-registry', read('unreachable-registry'), policies) as ImageSettings['unreachableRegistry'],
      progressDeadlineMs: duration('image-pull-progress-deadline', read('image-pull-progress-deadline')),
    },
    imageGc: {
      ...thresholds(read('image-gc-high-threshold'), read('image-gc-low-threshold')),
      minAgeMs: duration('image-gc-minimum-age', read('image-gc-minimum-age')),
      maxAgeMs: duration('image-gc-maximum-age', read('image-gc-maximum-age')),
      periodMs: duration('image-gc-period', read('image-gc-period')),
    },
  }
}

const wrong = (option: Option, value: string, expected: string) => new Error(`--${option}: ${JSON.stringify(value)} is not ${expected}`)

/** The address that a cluster's DNS service has by custom. */
function tenthAddress(cidr: string): string {
  const first = parseCidr(cidr).first + 10
  return [24, 16, 8, 0].map(shift => (first >>> shift) & 255).join('.')
}
function matching(option: Option, value: string, pattern: RegExp): string {
  if (!pattern.test(value)) throw wrong(option, value, `of the form ${pattern.source}`)
  return value
}
function count(option: Option, value: string): number {
  if (!/^\d+$/.test(value)) throw wrong(option, value, 'a number')
  return Number(value)
}
function oneOf(option: Option, value: string, values: readonly string[]): string {
  if (!values.includes(value)) throw wrong(option, value, `one of ${values.join(', ')}`)
  return value
}
/** The name of a kernel setting, or the beginning of names and a `*`, that pods have to themselves. */
function namespaced(pattern: string): string {
  if (!namespaceOf(dottedSysctl(pattern))) throw wrong('allowed-unsafe-sysctls', pattern, 'known to be namespaced')
  return pattern
}
/** `a=b,c=d`. */
function pairs(option: Option, value: string): Record<string, string> {
  const entries = value
    .split(',')
    .filter(Boolean)
    .map(pair => /^([^=]+)=(.*)$/.exec(pair) ?? [])
  if (entries.some(([, key]) => key === undefined)) throw wrong(option, value, 'of the form name=value,…')
  return Object.fromEntries(entries.map(([, key = '', text = '']) => [key, text]))
}
/** `key=value:Effect` or `key:Effect`. */
function taint(text: string): Taint {
  const [, key, value, effect] = /^([^=:]+)(?:=([^:]*))?:(NoSchedule|PreferNoSchedule|NoExecute)$/.exec(text) ?? []
  if (!key || !effect) throw wrong('taints', text, 'of the form key=value:Effect')
  return { key, ...(value ? { value } : {}), effect: effect as Taint['effect'] }
}
/** `10s-300s`: the first delay and the longest. */
function delays(option: Option, value: string): DelayRange {
  const [, initial, max] = /^(\d+(?:\.\d+)?)s-(\d+(?:\.\d+)?)s$/.exec(value) ?? []
  if (!initial || !max) throw wrong(option, value, 'of the form 10s-300s')
  return { initialMs: Number(initial) * 1000, maxMs: Number(max) * 1000 }
}
/** `90s`. */
function duration(option: Option, value: string): number {
  const [, seconds] = /^(\d+(?:\.\d+)?)s$/.exec(value) ?? []
  if (!seconds) throw wrong(option, value, 'of the form 90s')
  return Number(seconds) * 1000
}
/** Percent, the low one not above the high one. */
function thresholds(high: string, low: string) {
  const highThresholdPercent = count('image-gc-high-threshold', high)
  const lowThresholdPercent = count('image-gc-low-threshold', low)
  if (highThresholdPercent > 100) throw wrong('image-gc-high-threshold', high, 'in range [0-100]')
  if (lowThresholdPercent > highThresholdPercent) throw wrong('image-gc-low-threshold', low, `below the high threshold, ${high}`)
  return { highThresholdPercent, lowThresholdPercent }
}
