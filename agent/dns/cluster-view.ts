import { Service } from '../../api/core/service.ts'
import { EndpointSlice, type Endpoint } from '../../api/discovery/endpoint-slice.ts'
import type { Informers } from '../../client/informers.ts'

export interface ServiceEndpoints {
  /** Ready ones only. */
  readonly endpoints: readonly Endpoint[]
  readonly ports: EndpointSlice['ports']
}

/** What names are made from. It shows the present; nothing is copied. */
export interface ClusterView {
  service(namespace: string, name: string): Service | undefined
  /** One entry for each EndpointSlice. */
  endpoints(namespace: string, name: string): readonly ServiceEndpoints[]
  hasNamespace(namespace: string): boolean
  servicesAt(address: string): readonly Service[]
  /** Endpoints with a host name of their own, as `hostname.service.namespace`. */
  hostsAt(address: string): readonly string[]
}

const serviceName = 'kubernetes.io/service-name'
/** Unknown counts as yes. */
const isReady = ({ conditions }: Endpoint) => conditions?.ready ?? true

/** The view of what informers know, which the service proxy of this node follows as well. */
export function informedView(informers: Pick<Informers, 'for'>): ClusterView {
  const services = informers.for(Service).cache
  const slices = informers.for(EndpointSlice).cache
  const servicesAt = services.index('cluster-ip', ({ spec }) => spec.clusterIPs ?? [])
  const slicesOf = slices.index('service', ({ metadata }) => [`${metadata.namespace ?? ''}/${metadata.labels?.[serviceName] ?? ''}`])
  const slicesAt = slices.index('address-with-hostname', ({ endpoints }) =>
    (endpoints ?? []).flatMap(endpoint => (endpoint.hostname && isReady(endpoint) ? endpoint.addresses : [])),
  )
  return {
    service: (namespace, name) => services.get(`${namespace}/${name}`),
    endpoints: (namespace, name) =>
      slicesOf(`${namespace}/${name}`)
        .filter(({ addressType }) => addressType === 'IPv4')
        .map(({ endpoints = [], ports }) => ({ endpoints: endpoints.filter(isReady), ports })),
    hasNamespace: namespace => services.inNamespace(namespace).length > 0,
    servicesAt,
    hostsAt: address =>
      slicesAt(address).flatMap(({ metadata, endpoints = [] }) =>
        endpoints
          .filter(endpoint => endpoint.hostname && isReady(endpoint) && endpoint.addresses.includes(address))
          .map(({ hostname = '' }) => `${hostname}.${metadata.labels?.[serviceName] ?? ''}.${metadata.namespace ?? ''}`),
      ),
  }
}
