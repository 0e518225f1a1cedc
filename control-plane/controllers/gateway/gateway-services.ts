import type { Service, ServicePort } from '../../../api/core/service.ts'
import { hashJson } from '../../../common/hash.ts'
import { publishedAddresses } from '../ingress/ingress-status.ts'
import type { Gateway } from './gateway-types.ts'

/** Ports of the proxy's pods that lead to Gateways. */
const [firstPort, lastPort] = [20_000, 20_999]
/** On the Services in front of Gateways: whose they are. */
export const gatewayLabels = { name: 'gateway.networking.k8s.io/gateway-name', namespace: 'kubeling.io/gateway-namespace' }
export const proxySelector = { 'app.kubernetes.io/name': 'ingress-proxy' }

export interface GatewayService {
  readonly name: string
  readonly gateway: Gateway
  readonly ports: readonly ServicePort[]
  /** As it is; undefined when it has to be made. */
  readonly current: Service | undefined
}
export interface ServicesPlan {
  readonly services: readonly GatewayService[]
  readonly surplus: readonly Service[]
}

/**
 * The Services in front of the Gateways, which come oldest first: each has a port for every port of its listeners. Which port of the
 * proxy that leads to is kept in the Service itself, so that it never changes while the Gateway is there.
 */
export function planServices(gateways: readonly Gateway[], existing: readonly Service[]): ServicesPlan {
  const byName = new Map(existing.map(service => [service.metadata.name, service]))
  const names = new Set(gateways.map(serviceName))
  const kept = gateways.flatMap(gateway => byName.get(serviceName(gateway))?.spec.ports ?? [])
  const taken = new Set(kept.map(({ targetPort }) => targetPort))
  const nextFree = () => {
    for (let port = firstPort; port <= lastPort; port++) if (!taken.has(port)) return port
    return undefined
  }
  const services = gateways.map(gateway => {
    const current = byName.get(serviceName(gateway))
    const ports = [...new Set(gateway.spec.listeners.map(({ port }) => port))].flatMap((port): ServicePort[] => {
      const known = current?.spec.ports?.find(each => each.port === port)
      if (known) return [known]
      const targetPort = nextFree()
      if (targetPort === undefined) return []
      taken.add(targetPort)
      return [{ name: `port-${port}`, port, targetPort, protocol: 'TCP' }]
    })
    return { name: serviceName(gateway), gateway, ports, current }
  })
  return { services, surplus: existing.filter(({ metadata }) => !names.has(metadata.name)) }
}

/** Names that end in a hash cannot meet, however Gateway and namespace are called. */
export function serviceName({ metadata: { name, namespace = '' } }: Gateway): string {
  return `gateway-${`${namespace}-${name}`.replaceAll('.', '-').slice(0, 44)}-${hashJson([namespace, name]).slice(0, 8)}`
}

/** Where a Gateway is reached: at its Service's addresses outside, or within the cluster as long as it has none. */
export function gatewayAddresses(service: Service | undefined): { type: string; value: string }[] {
  const outside = publishedAddresses(service)
  const clusterIp = service?.spec.clusterIP
  const all = outside.length > 0 || !clusterIp ? outside : [{ ip: clusterIp }]
  return all.map(({ ip, hostname }) => (ip ? { type: 'IPAddress', value: ip } : { type: 'Hostname', value: hostname ?? '' }))
}
