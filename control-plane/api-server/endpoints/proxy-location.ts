import { Pod } from '../../../api/core/pod.ts'
import { Service } from '../../../api/core/service.ts'
import { EndpointSlice } from '../../../api/discovery/endpoint-slice.ts'
import { apiError, badRequest, notFound } from '../../../api/errors.ts'
import type { Lookup } from '../interfaces.ts'
import { hasAddress, portNumbered, readyEndpoints } from './service-endpoints.ts'

export interface Location {
  readonly scheme: 'http' | 'https'
  readonly host: string
  readonly port: number
}

/** Where the `proxy` subresource of an object leads; `id` is `[scheme:]name[:port]`. */
export type Locate = (lookup: Lookup, namespace: string, id: string) => Location

interface Id {
  readonly scheme: 'http' | 'https'
  readonly name: string
  readonly port: string
}

/** `web`, `web:80`, `https:web:`, `https:web:443`; undefined when it is none of them (upstream's SplitSchemeNamePort). */
export function splitSchemeNamePort(id: string): Id | undefined {
  const parts = id.split(':')
  const [scheme = '', name = '', port = ''] = parts.length === 3 ? parts : ['', ...parts]
  if (parts.length > 3 || !name || !['', 'http', 'https'].includes(scheme)) return undefined
  return { scheme: scheme === 'https' ? 'https' : 'http', name, port }
}

/** The pod's address and, unless one is given, the first port of its containers. */
export const locatePod: Locate = (lookup, namespace, id) => {
  const parts = splitSchemeNamePort(id)
  if (!parts) throw badRequest(`invalid pod request ${JSON.stringify(id)}`)
  const pod = lookup.get(Pod, { namespace, name: parts.name })
  if (!pod) throw notFound(Pod, parts.name)
  const declared = pod.spec.containers.find(({ ports = [] }) => ports.length > 0)?.ports?.[0]?.containerPort
  const host = pod.status.podIPs?.[0]?.ip
  if (!host) throw badRequest('address not allowed')
  const usual = parts.scheme === 'https' ? 443 : 80
  return { scheme: parts.scheme, host, port: parts.port ? numberOf(parts.port) : (declared ?? usual) }
}

/** One of the pods that are ready behind the service's port, by its name or number. */
export const locateService: Locate = (lookup, namespace, id) => {
  const parts = splitSchemeNamePort(id)
  if (!parts) throw badRequest(`invalid service request ${JSON.stringify(id)}`)
  const { scheme, name } = parts
  const service = lookup.get(Service, { namespace, name })
  if (!service) throw notFound(Service, name)
  const slices = lookup.list(EndpointSlice, namespace).filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === name)
  const endpoints = readyEndpoints(slices, portNameOf(service, parts.port)).filter(
    ({ ip, pod }) => pod !== undefined && hasAddress(lookup.get(Pod, { namespace, name: pod }), ip),
  )
  const chosen = endpoints[Math.floor(Math.random() * endpoints.length)]
  if (!chosen) throw apiError('ServiceUnavailable', `no endpoints available for service ${JSON.stringify(name)}`, {})
  return { scheme, host: chosen.ip, port: chosen.port }
}

/** Slices have the names of ports only. */
function portNameOf(service: Service, port: string): string {
  if (!/^\d+$/.test(port)) return port
  const found = portNumbered(service, Number(port))
  if (found) return found.name ?? ''
  throw apiError('ServiceUnavailable', `no service port ${port} found for service ${JSON.stringify(service.metadata.name)}`, {})
}

function numberOf(port: string): number {
  const number = Number(port)
  if (!/^\d+$/.test(port) || number < 1 || number > 65_535) throw badRequest(`invalid port ${JSON.stringify(port)}`)
  return number
}
