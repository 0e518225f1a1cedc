import type { Service } from '../../api/core/service.ts'
import { keyOf } from '../../client/cache.ts'
import { cidrContains, parseCidr } from '../../common/cidr.ts'
import type { PublishedPort } from '../runtime/port-publisher.ts'

/** One port of a service that is, or should be, open on the machine. */
export interface WantedPort extends PublishedPort {
  /** Where packets go from there: a node port, or the service's own where it has none. */
  readonly nodePort: number | undefined
  readonly servicePort: number
}

export interface Wanted {
  readonly service: Service
  readonly ports: readonly WantedPort[]
  /** Ports that an older service of the cluster has. */
  readonly clashes: readonly (PublishedPort & { readonly owner: string })[]
}

const protocolOf = (protocol: string | undefined) => (protocol ?? 'TCP').toLowerCase() as PublishedPort['protocol']
/** `80/tcp`. */
export const slot = ({ protocol, port }: PublishedPort) => `${port}/${protocol}`

/** Services with ports on the machine: those with node ports, and load balancers that nobody else sees to. */
export const isPublished = ({ metadata, spec }: Service): boolean =>
  !metadata.deletionTimestamp && (spec.type === 'NodePort' || isBalanced(spec)) && letsTheMachineIn(spec)

/** Whether the service's load balancer is this one. */
export const isBalanced = (spec: Service['spec']): boolean => spec.type === 'LoadBalancer' && !spec.loadBalancerClass

/** Clients of published ports come from the machine itself, whatever their address. */
const letsTheMachineIn = ({ type, loadBalancerSourceRanges = [] }: Service['spec']): boolean => {
  const ranges = loadBalancerSourceRanges.map(range => range.trim()).filter(range => !range.includes(':'))
  return (
    type !== 'LoadBalancer' || loadBalancerSourceRanges.length === 0 || ranges.some(range => cidrContains(parseCidr(range), '127.0.0.1'))
  )
}

/**
 * What is to be open on the machine for each service. Of several that want a port, the one that has it keeps it (`held`, by slot);
 * otherwise the oldest gets it.
 */
export function planPublications(services: readonly Service[], held: ReadonlyMap<string, string> = new Map()): ReadonlyMap<string, Wanted> {
  const plan = new Map<string, Wanted>()
  const published = services.filter(isPublished).sort(byAge)
  const owners = new Map(
    published.flatMap(service =>
      wantedPorts(service)
        .filter(port => held.get(slot(port)) === keyOf(service))
        .map(port => [slot(port), keyOf(service)]),
    ),
  )
  for (const service of published) {
    const key = keyOf(service)
    const ports: WantedPort[] = []
    const clashes: Wanted['clashes'][number][] = []
    for (const port of wantedPorts(service)) {
      const owner = owners.get(slot(port))
      if (owner === undefined || owner === key) {
        owners.set(slot(port), key)
        ports.push(port)
      } else {
        clashes.push({ protocol: port.protocol, port: port.port, owner })
      }
    }
    plan.set(key, { service, ports, clashes })
  }
  return plan
}

/** Each port once, though node ports and service ports may be the same. */
function wantedPorts({ spec }: Service): WantedPort[] {
  const ports = (spec.ports ?? []).flatMap(({ port, protocol, nodePort }): WantedPort[] => {
    const common = { protocol: protocolOf(protocol), nodePort: nodePort || undefined, servicePort: port }
    return [...(spec.type === 'LoadBalancer' ? [{ ...common, port }] : []), ...(nodePort ? [{ ...common, port: nodePort }] : [])]
  })
  return [...new Map(ports.map(port => [slot(port), port])).values()]
}

const byAge = (a: Service, b: Service) => {
  const [first, second] = [a, b].map(({ metadata }) => `${metadata.creationTimestamp} ${metadata.uid}`)
  return (first ?? '') < (second ?? '') ? -1 : 1
}
