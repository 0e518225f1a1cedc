import type { APIService, APIServiceCondition } from '../../../api/apiregistration/api-service.ts'
import type { Service } from '../../../api/core/service.ts'
import type { EndpointSlice } from '../../../api/discovery/endpoint-slice.ts'
import { portNumbered, readyEndpoints, type EndpointAddress } from '../endpoints/service-endpoints.ts'

export type Availability = Pick<APIServiceCondition, 'type' | 'status' | 'reason' | 'message'>

const available = (status: 'True' | 'False', reason: string, message: string): Availability => ({
  type: 'Available',
  status,
  reason,
  message,
})

export const local = available('True', 'Local', 'Local APIServices are always available')
export const passed = available('True', 'Passed', 'all checks passed')
export const failedCheck = (message: string): Availability => available('False', 'FailedDiscoveryCheck', message)

/** What objects say about a version served elsewhere: that it cannot be available, or where it would have to be asked. */
export type Judgement = { readonly condition: Availability } | { readonly ask: readonly Pick<EndpointAddress, 'ip' | 'port'>[] }

interface Seen {
  readonly reference: NonNullable<APIService['spec']['service']>
  readonly service: Service | undefined
  /** Of the service. */
  readonly slices: readonly EndpointSlice[]
}

/** Upstream's remote available controller up to the point where it asks the server. */
export function judge({ reference, service, slices }: Seen): Judgement {
  const { name = '', namespace = '', port: number = 443 } = reference
  const where = `service/${name} in ${JSON.stringify(namespace)}`
  const no = (reason: string, message: string): Judgement => ({ condition: available('False', reason, message) })
  if (!service) return no('ServiceNotFound', `${where} is not present`)
  if (service.spec.type === 'ExternalName') return { ask: [{ ip: service.spec.externalName ?? '', port: number }] }
  const port = portNumbered(service, number)
  if (!port) return no('ServicePortError', `${where} is not listening on port ${number}`)
  if (slices.length === 0) return no('EndpointsNotFound', `cannot find endpointslices for ${where}`)
  const endpoints = readyEndpoints(slices, port.name ?? '')
  if (endpoints.length > 0) return { ask: endpoints }
  const portName = JSON.stringify(port.name ?? '')
  return no('MissingEndpoints', `endpointslices for ${where} have no addresses with port name ${portName}`)
}
