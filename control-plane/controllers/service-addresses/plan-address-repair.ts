import type { Service } from '../../../api/core/service.ts'
import type { IPAddress } from '../../../api/networking/ip-address.ts'
import {
  clusterIPsOf,
  hasAllocatorLabels,
  isAddressOf,
  isServiceAddress,
  isServiceReference,
  rangesOf,
} from '../../../api/networking/service-address.ts'
import type { ServiceCIDR } from '../../../api/networking/service-cidr.ts'

/** What is wrong with an address, in upstream's words, and what is to be done: nothing where only a user can. */
export interface AddressFault {
  readonly address: string
  readonly event?: { readonly reason: string; readonly message: string }
  readonly repair?: 'create' | 'recreate'
}

interface View {
  readonly ranges: readonly ServiceCIDR[]
  readonly addressOf: (name: string) => IPAddress | undefined
  readonly serviceOf: (namespace: string, name: string) => Service | undefined
}

/** What is wrong with the addresses of a service: each has to have an IPAddress that says that it is this service's (upstream's syncService). */
export function serviceFaults(service: Service, view: View): AddressFault[] {
  return clusterIPsOf(service).flatMap(address => {
    const faults = faultsOf(service, { address, ...view })
    return faults.map(fault => ({ address, ...fault }))
  })
}

function faultsOf(
  service: Service,
  { address, ranges, addressOf, serviceOf }: View & { address: string },
): Omit<AddressFault, 'address'>[] {
  const { namespace = '', name } = service.metadata
  const family = address.includes(':') ? 'IPv6' : 'IPv4'
  if (rangesOf(ranges, address).length === 0) {
    const message = `Cluster IP [${family}]: ${address} is not within any configured Service CIDR; please recreate service`
    return [{ event: { reason: 'ClusterIPOutOfRange', message } }]
  }
  const object = addressOf(address)
  if (!object) {
    const message = `Cluster IP [${family}]: ${address} is not allocated; repairing`
    return [{ event: { reason: 'ClusterIPNotAllocated', message }, repair: 'create' }]
  }
  const reference = object.spec.parentRef
  const other =
    reference && isServiceReference(reference) && !isAddressOf(object, service)
      ? serviceOf(reference.namespace ?? '', reference.name)
      : undefined
  if (!isAddressOf(object, service) && !other) {
    const message = `the ClusterIP [${family}]: ${address} for Service ${namespace}/${name} has a wrong reference; repairing`
    return [{ event: { reason: 'ClusterIPNotAllocated', message }, repair: 'recreate' }]
  }
  const faults: Omit<AddressFault, 'address'>[] = []
  if (other && clusterIPsOf(other).includes(address)) {
    const message = `Cluster IP [${family}]:${address} was assigned to multiple services; please recreate service`
    faults.push({ event: { reason: 'ClusterIPAlreadyAllocated', message } })
  }
  if (!hasAllocatorLabels(object)) faults.push({ repair: 'recreate' })
  return faults
}

/** A service's address may be there before the service is. */
const graceMilliseconds = 60_000

export type OrphanStep =
  | { readonly type: 'nothing' }
  | { readonly type: 'wait'; readonly milliseconds: number }
  | { readonly type: 'delete'; readonly reason: string; readonly message: string }

/** Whether an IPAddress of the allocator's has lost its service (upstream's syncIPAddress). */
export function planOrphan(object: IPAddress, { serviceOf, now }: Pick<View, 'serviceOf'> & { now: Date }): OrphanStep {
  const { name, creationTimestamp = '' } = object.metadata
  const reference = object.spec.parentRef
  if (!isServiceAddress(object)) return { type: 'nothing' }
  if (!reference || !isServiceReference(reference)) {
    const shown = `&ParentReference{Group:${reference?.group ?? ''},Resource:${reference?.resource ?? ''},Namespace:${reference?.namespace ?? ''},Name:${reference?.name ?? ''},}`
    const message = `IPAddress ${name} appears to have been modified, not referencing a Service ${shown}: cleaning up`
    return { type: 'delete', reason: 'IPAddressNotAllocated', message }
  }
  const of = `${reference.namespace ?? ''}/${reference.name}`
  const service = serviceOf(reference.namespace ?? '', reference.name)
  if (service) {
    if (clusterIPsOf(service).includes(name)) return { type: 'nothing' }
    const message = `IPAddress: ${name} for Service ${of} has a wrong reference; cleaning up`
    return { type: 'delete', reason: 'IPAddressWrongReference', message }
  }
  const left = graceMilliseconds - (now.getTime() - Date.parse(creationTimestamp))
  if (left > 0) return { type: 'wait', milliseconds: left }
  return {
    type: 'delete',
    reason: 'IPAddressNotAllocated',
    message: `IPAddress: ${name} for Service ${of} appears to have leaked: cleaning up`,
  }
}
