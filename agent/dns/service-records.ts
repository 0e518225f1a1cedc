import type { Answer } from 'dns-packet'
import type { Service } from '../../api/core/service.ts'
import type { Endpoint } from '../../api/discovery/endpoint-slice.ts'
import type { ServiceEndpoints } from './cluster-view.ts'
import { ttl, type Found } from './records.ts'

export interface AskedService {
  /** The name that was asked for, which answers repeat. */
  readonly name: string
  readonly service: Service
  readonly endpoints: readonly ServiceEndpoints[]
  /** `service.namespace.svc.cluster.local`. */
  readonly suffix: string
}

/** A port by name and protocol, as SRV names have them. */
interface PortName {
  readonly name: string
  readonly protocol: string
}
interface Target {
  readonly host: string
  readonly address: string
  readonly port: number
}

/** Records of a service's own name, or of one of its ports. Undefined: there is no such name, as that of a headless service without endpoints. */
export function serviceRecords(asked: AskedService, port?: PortName): Found | undefined {
  const { name, service, suffix } = asked
  const { type, externalName = '', clusterIP = '', ports = [] } = service.spec
  if (type === 'ExternalName') return port ? undefined : { records: [{ type: 'CNAME', name, ttl, data: externalName.toLowerCase() }] }
  if (clusterIP === 'None' || clusterIP === '') return endpointRecords(asked, port)
  const targets = ports.filter(each => isPort(each, port)).map(each => ({ host: suffix, address: clusterIP, port: each.port }))
  return targets.length > 0 ? recordsOf(name, targets) : undefined
}

/** Records of one endpoint: by its host name, or its address with dashes. */
export function hostRecords(asked: AskedService, host: string): Found | undefined {
  const endpoints = asked.endpoints.map(slice => ({ ...slice, endpoints: slice.endpoints.filter(endpoint => hostOf(endpoint) === host) }))
  return endpointRecords({ ...asked, endpoints })
}

function endpointRecords({ name, endpoints, suffix }: AskedService, port?: PortName): Found | undefined {
  const targets = endpointTargets(endpoints, suffix, port)
  if (targets.length > 0) return recordsOf(name, targets)
  // Without ports there are addresses all the same.
  const addresses = port ? [] : addressesOf(name, endpoints)
  return addresses.length > 0 ? { records: addresses } : undefined
}

const hostOf = ({ hostname, addresses }: Endpoint): string => hostname || (addresses[0] ?? '').replaceAll('.', '-')

const isPort = ({ name = '', protocol = 'TCP' }: { name?: string; protocol?: string }, wanted: PortName | undefined): boolean =>
  wanted === undefined || (name.toLowerCase() === wanted.name && protocol.toLowerCase() === wanted.protocol)

const endpointTargets = (slices: readonly ServiceEndpoints[], suffix: string, port?: PortName): Target[] =>
  slices.flatMap(({ endpoints, ports = [] }) =>
    ports
      .filter(each => isPort(each, port))
      .flatMap(each =>
        endpoints.map(endpoint => ({
          host: `${hostOf(endpoint)}.${suffix}`,
          address: endpoint.addresses[0] ?? '',
          port: each.port ?? 0,
        })),
      ),
  )

const addressesOf = (name: string, slices: readonly ServiceEndpoints[]): Answer[] =>
  aRecords(slices.flatMap(({ endpoints }) => endpoints.map(({ addresses }) => ({ host: name, address: addresses[0] ?? '' }))))

/** Each address once. */
const aRecords = (targets: readonly Pick<Target, 'host' | 'address'>[]): Answer[] => [
  ...new Map(targets.map(({ host, address }) => [`${host} ${address}`, { type: 'A' as const, name: host, ttl, data: address }])).values(),
]

/** Addresses under the name, and services that lead to hosts, whose addresses come along. All have the same weight. */
function recordsOf(name: string, targets: readonly Target[]): Found {
  const weight = Math.floor(100 / targets.length)
  const srv = targets.map(({ host, port }) => ({ type: 'SRV' as const, name, ttl, data: { priority: 0, weight, port, target: host } }))
  return { records: [...aRecords(targets.map(target => ({ ...target, host: name }))), ...srv], additional: aRecords(targets) }
}
