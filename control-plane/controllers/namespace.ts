import { Namespace } from '../../api/core/namespace.ts'
import { Pod } from '../../api/core/pod.ts'
import { isConflict, isNotFound } from '../../api/errors.ts'
import type { Kind } from '../../api/kind.ts'
import { watching, type Controller } from '../../client/controller.ts'
import { discoverKinds } from '../../client/discovery.ts'
import { isEqual } from '../../common/equal.ts'
import { messageOf } from '../../common/error-message.ts'
import type { ControllerContext } from './context.ts'
import { namespaceConditions, type Leftovers } from './namespace-conditions.ts'

const finalizer = 'kubernetes'
/** Pods wake us when they are gone; what other finalizers keep is looked at again so often. */
const lookAgain = 5_000

/** Empties a namespace that is being deleted, pods first, and then lets it go. */
export const namespaceController = (context: ControllerContext): Controller => {
  const { client, informers, clock } = context
  const isTerminating = (name: string) => informers.for(Namespace).cache.get(name)?.metadata.deletionTimestamp !== undefined

  return {
    name: 'namespace-controller',
    watches: [watching(Namespace), watching(Pod, ({ metadata: { namespace = '' } }) => (isTerminating(namespace) ? [namespace] : []))],
    workers: 5,
    async reconcile(key) {
      const namespace = informers.for(Namespace).cache.get(key)
      if (!namespace?.metadata.deletionTimestamp || !namespace.spec.finalizers?.includes(finalizer)) return undefined
      const leftovers = await empty(context, key)
      const status = {
        ...namespace.status,
        phase: 'Terminating' as const,
        conditions: namespaceConditions(namespace.status.conditions, leftovers, clock.now()),
      }
      try {
        const current = isEqual(status, namespace.status) ? namespace : await client.updateStatus(Namespace, { ...namespace, status })
        if (leftovers.remaining.size > 0 || leftovers.deletionErrors.length > 0 || leftovers.discoveryError !== undefined) return lookAgain
        const finalizers = namespace.spec.finalizers.filter(each => each !== finalizer)
        await client.update(Namespace, { ...current, spec: { ...current.spec, finalizers } }, 'finalize')
      } catch (error) {
        // Somebody else wrote to it: the watch brings us back.
        if (!isNotFound(error) && !isConflict(error)) throw error
      }
      return undefined
    },
  }
}

async function empty(context: ControllerContext, namespace: string): Promise<Leftovers> {
  const found = { remaining: new Map<string, number>(), finalizers: new Map<string, number>(), deletionErrors: [] as string[] }
  let kinds: readonly Kind[]
  try {
    kinds = (await discoverKinds(context.client)).filter(
      kind => kind.namespaced && ['list', 'delete'].every(verb => kind.verbs?.includes(verb)),
    )
  } catch (error) {
    return { ...found, discoveryError: messageOf(error) }
  }
  // Pods may still need what else is in the namespace while they end.
  const isPods = (kind: Kind) => kind.group === Pod.group && kind.plural === Pod.plural
  await Promise.all(kinds.filter(isPods).map(kind => emptyOf(context, { kind, namespace }, found)))
  if (found.remaining.size === 0)
    await Promise.all(kinds.filter(kind => !isPods(kind)).map(kind => emptyOf(context, { kind, namespace }, found)))
  return found
}

async function emptyOf(
  { client }: ControllerContext,
  { kind, namespace }: { kind: Kind; namespace: string },
  found: { remaining: Map<string, number>; finalizers: Map<string, number>; deletionErrors: string[] },
): Promise<void> {
  try {
    const { items } = await client.list(kind, { namespace })
    if (items.length === 0) return
    if (items.some(item => !item.metadata.deletionTimestamp)) {
      if (kind.verbs?.includes('deletecollection')) await client.deleteCollection(kind, { namespace })
      else await Promise.all(items.map(item => unlessGone(client.delete(kind, item.metadata))))
    }
    const left = (await client.list(kind, { namespace })).items
    if (left.length > 0) found.remaining.set(`${kind.plural}.${kind.group}`, left.length)
    for (const name of left.flatMap(item => item.metadata.finalizers ?? []))
      found.finalizers.set(name, (found.finalizers.get(name) ?? 0) + 1)
  } catch (error) {
    found.deletionErrors.push(`${kind.plural}: ${messageOf(error)}`)
  }
}

async function unlessGone(deletion: Promise<void>): Promise<void> {
  try {
    await deletion
  } catch (error) {
    if (!isNotFound(error)) throw error
  }
}
