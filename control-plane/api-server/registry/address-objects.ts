import { isNotFound } from '../../../api/errors.ts'
import type { Service } from '../../../api/core/service.ts'
import { apiVersionOf, type Kind, type KubernetesObject } from '../../../api/kind.ts'
import type { IPAddress } from '../../../api/networking/ip-address.ts'
import { isAddressOf, isServiceAddress, serviceAddress } from '../../../api/networking/service-address.ts'
import type { Logger } from '../../../common/log.ts'
import { create } from './create.ts'
import { remove } from './delete.ts'
import { getObject, type Registry } from './registry.ts'
import type { RequestContext } from './request-context.ts'

/** Writes down which service has which address. */
export interface AddressObjects {
  /** Throws AlreadyExists when another has it. */
  write(address: string, service: Service): Promise<void>
  /** Never throws: what stays is cleared away by the repair controller. */
  erase(address: string, service: Service): Promise<void>
}

interface Options {
  /** Absent: the server does not serve IPAddresses. */
  readonly kind: Kind | undefined
  /** Asked when there is something to write; the registry is made of what writes here. */
  readonly registry: () => Registry
  readonly log: Logger
}

const context: RequestContext = {
  user: { name: 'system:apiserver', groups: ['system:masters', 'system:authenticated'] },
  dryRun: false,
  fieldValidation: 'Ignore',
  warn: () => undefined,
}

/** IPAddresses, as requests of the API server to itself: admission sees them as it does upstream. */
export const addressObjects = ({ kind, registry, log }: Options): AddressObjects => ({
  async write(address, service) {
    if (!kind) return
    const object = { apiVersion: apiVersionOf(kind), kind: kind.kind, ...serviceAddress(address, service) }
    await create(registry(), { kind, namespace: '', object: object as unknown as KubernetesObject, context })
  },
  async erase(address, service) {
    if (!kind) return
    const name = { namespace: '', name: address }
    try {
      const object = getObject(registry(), kind, name) as unknown as IPAddress
      if (!isServiceAddress(object) || !isAddressOf(object, service)) return
      const { uid } = object.metadata
      await remove(registry(), { kind, ...name, options: { preconditions: { uid } }, context })
    } catch (error) {
      if (!isNotFound(error)) log.warn('the address of a service could not be given back', { address, error })
    }
  },
})
