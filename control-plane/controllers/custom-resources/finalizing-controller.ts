import { CustomResourceDefinition, type CustomResourceDefinitionCondition } from '../../../api/apiextensions/custom-resource-definition.ts'
import { cleanupFinalizer } from '../../../api/apiextensions/definition-strategy.ts'
import { customKinds } from '../../../api/apiextensions/custom-kind.ts'
import { setCondition } from '../../../api/conditions.ts'
import { isConflict, isNotFound } from '../../../api/errors.ts'
import type { Kind } from '../../../api/kind.ts'
import type { Client } from '../../../client/client.ts'
import { watching, type Controller } from '../../../client/controller.ts'
import { messageOf } from '../../../common/error-message.ts'
import type { ControllerContext } from '../context.ts'

type Outcome = Pick<CustomResourceDefinitionCondition, 'status' | 'reason' | 'message'>

/** How soon instances are looked at again that wait for their own finalizers. */
const lookAgain = 2_000

/** Deletes the instances of a definition that is being deleted, and then lets it go (upstream's CRDFinalizer). */
export const finalizingController = ({ client, informers, clock }: ControllerContext): Controller => {
  const say = (definition: CustomResourceDefinition, outcome: Outcome): Promise<CustomResourceDefinition> => {
    const conditions = setCondition(definition.status.conditions, { type: 'Terminating', ...outcome }, clock.now())
    if (conditions === definition.status.conditions) return Promise.resolve(definition)
    return client.updateStatus(CustomResourceDefinition, { ...definition, status: { ...definition.status, conditions } })
  }
  return {
    name: 'crd-finalizer',
    watches: [watching(CustomResourceDefinition)],
    workers: 2,
    async reconcile(key) {
      const definition = informers.for(CustomResourceDefinition).cache.get(key)
      const { deletionTimestamp, finalizers = [] } = definition?.metadata ?? {}
      if (!definition || !deletionTimestamp || !finalizers.includes(cleanupFinalizer)) return undefined
      try {
        const current = await say(definition, {
          status: 'True',
          reason: 'InstanceDeletionInProgress',
          message: 'CustomResource deletion is in progress',
        })
        const outcome = await emptied(client, definition)
        const told = await say(current, outcome)
        if (outcome.status !== 'False') return lookAgain
        const metadata = { ...told.metadata, finalizers: finalizers.filter(name => name !== cleanupFinalizer) }
        await client.update(CustomResourceDefinition, { ...told, metadata })
      } catch (error) {
        // Somebody else wrote to it: the watch brings us back.
        if (!isConflict(error) && !isNotFound(error)) throw error
      }
      return undefined
    },
  }
}

/** What became of the instances after they were asked to go. */
async function emptied(client: Client, definition: CustomResourceDefinition): Promise<Outcome> {
  const [kind] = customKinds(definition)
  // Never served: nothing can be there.
  if (!kind) return { status: 'False', reason: 'NeverEstablished', message: 'resource was never established' }
  const failed = (what: string, error: unknown): Outcome => ({
    status: 'True',
    reason: 'InstanceDeletionFailed',
    message: `could not ${what} instances: ${messageOf(error)}`,
  })
  try {
    const errors = await deleteAll(client, kind)
    if (errors.length > 0)
      return { status: 'True', reason: 'InstanceDeletionFailed', message: `could not issue all deletes: [${errors.join(', ')}]` }
  } catch (error) {
    return failed('list', error)
  }
  const { items } = await client.list(kind, { limit: 1 })
  return items.length === 0
    ? { status: 'False', reason: 'InstanceDeletionCompleted', message: 'removed all instances' }
    : { status: 'True', reason: 'InstanceDeletionInProgress', message: 'CustomResource deletion is in progress' }
}

async function deleteAll(client: Client, kind: Kind): Promise<string[]> {
  const { items } = await client.list(kind, { metadataOnly: true })
  const namespaces = new Set(items.filter(({ metadata }) => !metadata.deletionTimestamp).map(({ metadata }) => metadata.namespace))
  const errors: string[] = []
  for (const namespace of namespaces) {
    try {
      await client.deleteCollection(kind, namespace === undefined ? {} : { namespace })
    } catch (error) {
      errors.push(messageOf(error))
    }
  }
  return errors
}
