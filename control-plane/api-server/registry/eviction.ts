import type { Eviction } from '../../../api/policy/eviction.ts'
import { badRequest } from '../../../api/errors.ts'
import { success } from './success.ts'
import type { ActionRequest } from '../interfaces.ts'
import { remove, type DeleteOptions } from './delete.ts'
import type { Registry } from './registry.ts'

/** Deletes a pod as kindly as a DELETE would. */
export async function evict(registry: Registry, request: ActionRequest): Promise<object> {
  const { kind, namespace, name, user, dryRun, warn } = request
  const eviction = request.body as unknown as Eviction
  if (eviction.metadata.name && eviction.metadata.name !== name) {
    throw badRequest('name in URL does not match name in Eviction object')
  }
  const options = (eviction.deleteOptions ?? {}) as DeleteOptions & { readonly dryRun?: readonly string[] }
  const context = { user, dryRun: dryRun || (options.dryRun?.length ?? 0) > 0, fieldValidation: 'Ignore', warn } as const
  await remove(registry, { kind, namespace, name, options, context })
  return success(201)
}
