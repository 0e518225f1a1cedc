import { hostname } from 'node:os'
import { parseArgs } from 'node:util'
import { parseTunnelEndpoint } from '../api/core/node-tunnel.ts'
import { parseQuantity, quantityToNumber } from '../api/quantity.ts'
import { parseCidr } from '../common/cidr.ts'
import type { LogLevel } from '../common/log.ts'
import { imageDefaults, readImageConfig, type ImageConfig } from './config-images.ts'
import { readNodeConfig, nodeDefaults, type NodeConfig } from './config-node.ts'
import { address, count, delays, matching, oneOf, pairs, wrong, type DelayRange } from './config-values.ts'
import { dottedSysctl, namespaceOf } from './pods/sysctls.ts'

export interface AgentConfig extends NodeConfig, ImageConfig {
  readonly cluster: string
  readonly nodeName: string
  readonly server: string
  /** The CA certificate of the API server and the token to join with, as files; each wins over the bootstrap directory's. */
  readonly caFile: string
  /** The certificate itself, where there is no file: on another machine than the control plane's. */
  readonly ca: string | undefined
  readonly tokenFile: string
  readonly bootstrapToken: string | undefined
  /** The node's keys; must survive a restart. */
  readonly dataDirectory: string
  readonly dockerSocket: string
  /** The container that is this node: id or name. */
  readonly nodeContainer: string
  readonly nodeIp: string | undefined
  /** Where the API server reaches the agent when it is on another machine, whose address this is. */
  readonly externalIp: string | undefined
  /** `192.168.1.11:8472`: where other machines reach the node's end of the tunnel between nodes; undefined: the cluster has one machine. */
  readonly tunnelEndpoint: string | undefined
  readonly port: number
  readonly clusterCidr: string
  readonly serviceCidr: string
  readonly clusterDns: string
  readonly clusterDomain: string
  readonly pauseImage: string
  /** The machine's address where services with ports for outsiders are open; undefined: nowhere. */
  readonly publishAddress: string | undefined
  readonly hostPathRoot: string | undefined
  /** Whether containers without a seccomp profile get the runtime's instead of none. */
  readonly seccompDefault: boolean
  readonly allowedUnsafeSysctls: readonly string[]
  readonly cpus: number | undefined
  readonly memoryBytes: number | undefined
  readonly maxPods: number
  /** Processes that a pod may have; undefined: as many as it likes. */
  readonly podPidsLimit: number | undefined
  readonly extendedResources: Readonly<Record<string, string>>
  readonly crashBackoff: DelayRange
  readonly housekeepingMs: number
  readonly relistMs: number
  readonly logLevel: LogLevel
  readonly logFormat: 'text' | 'json'
}

type Environment = Readonly<Record<string, string | undefined>>

/** Every option, by flag; the environment has each as `KUBELING_` and its name in capitals. Flags win. */
const defaults = {
  cluster: 'kubeling',
  node: '',
  server: 'https://control-plane:6443',
  'bootstrap-dir': '/var/lib/kubeling-bootstrap',
  'ca-file': '',
  'ca-data': '',
  'token-file': '',
  'bootstrap-token': '',
  'data-dir': '/var/lib/kubeling',
  'docker-socket': '/var/run/docker.sock',
  'node-container': '',
  'node-ip': '',
  'external-ip': '',
  'tunnel-endpoint': '',
  port: '10250',
  'pod-cidr': '10.244.0.0/16',
  'service-cidr': '10.96.0.0/16',
  'cluster-dns': '',
  'cluster-domain': 'cluster.local',
  'pause-image': 'kubeling/pause',
  'publish-address': '127.0.0.1',
  'host-path-root': '',
  'seccomp-default': 'false',
  'allowed-unsafe-sysctls': '',
  cpus: '',
  memory: '',
  'max-pods': '110',
  'pod-pids-limit': '-1',
  'extended-resources': '',
  'crash-backoff': '10s-300s',
  'housekeeping-seconds': '120',
  'relist-seconds': '10',
  'log-level': 'info',
  'log-format': 'text',
  ...imageDefaults,
  ...nodeDefaults,
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
  const own = { ...identity(read), ...network(read), ...capacity(read), ...security(read), ...behaviour(read) }
  return { ...own, ...readImageConfig(read), ...readNodeConfig(read) }
}

function identity(read: Read) {
  const directory = read('bootstrap-dir')
  return {
    cluster: matching('cluster', read('cluster'), /^[a-z0-9][a-z0-9_.-]*$/),
    nodeName: matching('node', read('node') || hostname(), /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/),
    server: matching('server', read('server'), /^https:\/\//),
    caFile: read('ca-file') || `${directory}/ca.crt`,
    ca: read('ca-data') ? Buffer.from(read('ca-data'), 'base64').toString('utf8') : undefined,
    tokenFile: read('token-file') || `${directory}/token`,
    bootstrapToken: read('bootstrap-token') || undefined,
    dataDirectory: read('data-dir'),
    dockerSocket: read('docker-socket'),
    // Docker gives a container the beginning of its id as host name unless told otherwise.
    nodeContainer: read('node-container') || hostname(),
    nodeIp: read('node-ip') || undefined,
    externalIp: read('external-ip') ? address('external-ip', read('external-ip')) : undefined,
    tunnelEndpoint: read('tunnel-endpoint') ? endpoint(read('tunnel-endpoint')) : undefined,
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
    publishAddress: read('publish-address') === 'none' ? undefined : address('publish-address', read('publish-address')),
    hostPathRoot: read('host-path-root') || undefined,
  }
}
function capacity(read: Read) {
  return {
    cpus: read('cpus') ? quantityToNumber(parseQuantity(read('cpus'))) : undefined,
    memoryBytes: read('memory') ? quantityToNumber(parseQuantity(read('memory'))) : undefined,
    maxPods: count('max-pods', read('max-pods')),
    podPidsLimit: read('pod-pids-limit') === '-1' ? undefined : count('pod-pids-limit', read('pod-pids-limit')),
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

function endpoint(text: string): string {
  if (!parseTunnelEndpoint(text)) throw wrong('tunnel-endpoint', text, 'an address and a port, like 192.168.1.11:8472')
  return text
}

/** The address that a cluster's DNS service has by custom. */
function tenthAddress(cidr: string): string {
  const first = parseCidr(cidr).first + 10
  return [24, 16, 8, 0].map(shift => (first >>> shift) & 255).join('.')
}
/** The name of a kernel setting, or the beginning of names and a `*`, that pods have to themselves. */
function namespaced(pattern: string): string {
  if (!namespaceOf(dottedSysctl(pattern))) throw wrong('allowed-unsafe-sysctls', pattern, 'known to be namespaced')
  return pattern
}
