import { isNotFound } from '../../../api/errors.ts'
import { Service } from '../../../api/core/service.ts'
import type { Kind, KubernetesObject } from '../../../api/kind.ts'
import { IPAddress } from '../../../api/networking/ip-address.ts'
import { clusterIPsOf, isServiceAddress, isServiceReference, serviceAddress } from '../../../api/networking/service-address.ts'
import { ServiceCIDR } from '../../../api/networking/service-cidr.ts'
import { keyOf } from '../../../client/cache.ts'
import type { Client, ObjectKey } from '../../../client/client.ts'
import { watching, type Controller } from '../../../client/controller.ts'
import type { ControllerContext } from '../context.ts'
import { planOrphan, serviceFaults, type AddressFault } from './plan-address-repair.ts'

/** How often what only a user can put right is said again. */
const RESYNC_MILLISECONDS = 3 * 60_000

const name = 'ipallocator-repair-controller'

/**
 * Keeps services and IPAddresses one to one, whatever happened to either (upstream's RepairIPAddress): IPAddresses that are missing,
 * or say that they are another's, are made anew. Caches may lag behind each other, so that what they say is wrong is looked at again
 * in the store before anything is done.
 */
export function serviceAddressRepair({ client, informers, events }: ControllerContext): Controller {
  const services = () => informers.for(Service).cache
  const warn = (service: Service, { reason, message }: NonNullable<AddressFault['event']>) =>
    events.event(service, { type: 'Warning', reason, message, action: 'ClusterIPAllocation' })
  return {
    name,
    watches: [
      watching(Service),
      watching(ServiceCIDR, () => []),
      watching(IPAddress, ({ spec: { parentRef } }) =>
        parentRef && isServiceReference(parentRef) ? [`${parentRef.namespace ?? ''}/${parentRef.name}`] : [],
      ),
    ],
    async reconcile(key): Promise<number | undefined> {
      const cached = services().get(key)
      if (!cached || clusterIPsOf(cached).length === 0) return undefined
      const view = {
        ranges: informers.for(ServiceCIDR).cache.list(),
        serviceOf: (namespace: string, name: string) => services().get(`${namespace}/${name}`),
      }
      const known = (address: string) => informers.for(IPAddress).cache.get(address)
      if (serviceFaults(cached, { ...view, addressOf: known }).length === 0) return undefined
      const service = await found(client, Service, cached.metadata)
      if (!service) return undefined
      const stored = new Map<string, IPAddress | undefined>()
      for (const address of clusterIPsOf(service)) stored.set(address, await found(client, IPAddress, { name: address }))
      const faults = serviceFaults(service, { ...view, addressOf: address => stored.get(address) })
      for (const { address, event, repair } of faults) {
        if (event) warn(service, event)
        if (repair === 'recreate') await gone(client, address)
        if (repair) await client.create(IPAddress, serviceAddress(address, service))
      }
      return faults.some(({ repair }) => !repair) ? RESYNC_MILLISECONDS : undefined
    },
  }
}

/** Clears away IPAddresses that the allocator made and no service has. */
export function orphanedAddressRepair({ client, informers, events, clock }: ControllerContext): Controller {
  return {
    name,
    watches: [
      watching(IPAddress, address => (isServiceAddress(address) ? [keyOf(address)] : [])),
      // Upstream looks again every three minutes; a service that changes says when there is something to see.
      watching(Service, clusterIPsOf),
    ],
    async reconcile(key): Promise<number | undefined> {
      const cached = informers.for(IPAddress).cache.get(key)
      if (!cached) return undefined
      const serviceOf = (namespace: string, name: string) => informers.for(Service).cache.get(`${namespace}/${name}`)
      const first = planOrphan(cached, { serviceOf, now: clock.now() })
      if (first.type === 'nothing') return undefined
      if (first.type === 'wait') return first.milliseconds
      const { parentRef } = cached.spec
      const service = parentRef && isServiceReference(parentRef) ? await found(client, Service, parentRef) : undefined
      const step = planOrphan(cached, { serviceOf: () => service, now: clock.now() })
      if (step.type === 'nothing') return undefined
      if (step.type === 'wait') return step.milliseconds
      const { reason, message } = step
      events.event(cached, { type: 'Warning', reason, message, action: 'IPAddressAllocation' })
      await gone(client, key, cached.metadata.uid)
      return undefined
    },
  }
}

async function found<O extends KubernetesObject>(client: Client, kind: Kind<O>, key: ObjectKey): Promise<O | undefined> {
  try {
    return await client.get(kind, key)
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

async function gone(client: Client, address: string, uid?: string): Promise<void> {
  try {
    await client.delete(IPAddress, { name: address }, uid ? { preconditions: { uid } } : {})
  } catch (error) {
    if (!isNotFound(error)) throw error
  }
}
