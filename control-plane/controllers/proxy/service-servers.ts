import type { Service, ServicePort } from '../../../api/core/service.ts'
import type { EndpointSlice } from '../../../api/discovery/endpoint-slice.ts'

/** What routes refer to, as it is now. */
export interface ServiceView {
  service(namespace: string, name: string): Service | undefined
  slices(namespace: string, service: string): readonly EndpointSlice[]
}

/** Where requests for a port of a Service go; none when nobody is ready to take them. */
export type Resolved = { readonly servers: readonly string[] } | { readonly missing: string; readonly kind: 'service' | 'port' }

export interface ServicePortReference {
  readonly namespace: string
  readonly name: string
  readonly port: { readonly name?: string | undefined; readonly number?: number | undefined }
}

/**
 * To the Service's own address, so that pods come and go without the proxy being told: the nodes do the balancing, and the proxy
 * only has to know whether there is anybody. Where there is no such address it is the pods' own, or the external name.
 */
export function serviceServers({ namespace, name, port: wanted }: ServicePortReference, view: ServiceView): Resolved {
  const service = view.service(namespace, name)
  if (!service) return { missing: `service "${namespace}/${name}" not found`, kind: 'service' }
  const port = findPort(service, wanted)
  const { type, externalName = '', clusterIP } = service.spec
  if (type === 'ExternalName' && (port || wanted.number)) return { servers: [`${externalName}:${port?.port ?? wanted.number}`] }
  if (!port) return { missing: `service "${namespace}/${name}" has no port ${wanted.name || wanted.number}`, kind: 'port' }
  const pods = readyAddresses(view.slices(namespace, name), port)
  if (clusterIP === undefined || clusterIP === 'None' || clusterIP === '') return { servers: pods }
  return { servers: pods.length > 0 ? [`${clusterIP}:${port.port}`] : [] }
}

const findPort = (service: Service, { name, number }: ServicePortReference['port']): ServicePort | undefined =>
  (service.spec.ports ?? []).find(port => (port.protocol ?? 'TCP') === 'TCP' && (name ? port.name === name : port.port === number))

/** As the service proxy sees them: those that shut down but still serve are better than none. */
function readyAddresses(slices: readonly EndpointSlice[], { name = '' }: ServicePort): string[] {
  const endpoints = slices
    .filter(({ addressType }) => addressType === 'IPv4')
    .flatMap(slice => {
      const number = slice.ports?.find(port => (port.name ?? '') === name)?.port
      return number === undefined
        ? []
        : (slice.endpoints ?? []).map(({ addresses, conditions }) => ({ to: `${addresses[0]}:${number}`, conditions }))
    })
  const ready = endpoints.filter(({ conditions }) => conditions?.ready !== false)
  const ending = endpoints.filter(({ conditions }) => conditions?.serving && conditions.terminating)
  return [...new Set((ready.length > 0 ? ready : ending).map(({ to }) => to))].sort()
}
