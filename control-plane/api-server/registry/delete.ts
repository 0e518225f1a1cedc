import { conflict, invalid, notFound } from '../../../api/errors.ts'
import type { Kind, KubernetesObject } from '../../../api/kind.ts'
import { fieldInvalid, fieldNotSupported } from '../../../api/schema/field-error.ts'
import { prepareViews, storedForm } from './conversions.ts'
import { keyOf } from './keys.ts'
import { planDeletion } from './deletion-plan.ts'
import type { Registry } from './registry.ts'
import type { ObjectName, RequestContext } from './request-context.ts'
import { serialize, StoredObject, viewOf } from './stored-object.ts'

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number
  readonly propagationPolicy?: string
  readonly orphanDependents?: boolean
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string }
}

export interface DeleteRequest extends ObjectName {
  readonly kind: Kind
  readonly options: DeleteOptions
  readonly context: RequestContext
}

/** `gone`: the object is no more; otherwise it is on its way and `stored` shows how far. */
export interface DeleteResult {
  readonly stored: StoredObject
  readonly gone: boolean
}

const policies = ['Foreground', 'Background', 'Orphan']

function checkDeleteOptions({ propagationPolicy, orphanDependents }: DeleteOptions): void {
  const kind = { group: 'meta.k8s.io', kind: 'DeleteOptions' }
  if (propagationPolicy === undefined) return
  if (orphanDependents !== undefined) {
    const detail = 'orphanDependents and deletionPropagation cannot be both set'
    throw invalid(kind, '', [fieldInvalid('propagationPolicy', propagationPolicy, detail)])
  }
  if (policies.includes(propagationPolicy)) return
  throw invalid(kind, '', [fieldNotSupported('propagationPolicy', propagationPolicy, [...policies, 'nil'])])
}

/** Deletes an object, or marks it for deletion where grace or finalizers make it wait. */
export async function remove(registry: Registry, request: DeleteRequest): Promise<DeleteResult> {
  checkDeleteOptions(request.options)
  for (;;) {
    const result = await tryRemove(registry, request)
    if (result) return result
  }
}

/** Undefined: the object changed meanwhile, look again. */
async function tryRemove(
  registry: Registry,
  { kind, namespace, name, options, context }: DeleteRequest,
): Promise<DeleteResult | undefined> {
  const key = keyOf(kind, namespace, name)
  const entry = registry.store.get(key)
  if (!entry) throw notFound(kind, name)
  const expected = registry.cache.of(entry)
  await prepareViews(registry, kind, [expected])
  const current = viewOf(kind, expected)
  checkPreconditions(kind, current, options)
  await registry.admission.validate({ kind, verb: 'delete', namespace, name, current, ...context })

  const plan = planDeletion(kind, current, { ...options, now: registry.clock.now() })
  if (plan.type === 'wait' && plan.object === current) return { stored: expected, gone: false }
  const object = plan.type === 'wait' ? await storedForm(registry, kind, plan.object) : expected.object
  if (context.dryRun) return { stored: StoredObject.unsaved(key, object, expected.revision), gone: plan.type === 'now' }
  const value = plan.type === 'wait' ? serialize(object) : ''
  let revision = 0
  const written = await registry.store.mutate(key, (now, next) => {
    if (now?.revision !== expected.revision) return { keep: true }
    revision = next
    return plan.type === 'wait' ? { put: value, parsed: object } : { delete: true }
  })
  if (revision === 0) return undefined
  if (plan.type === 'now' || !written) {
    if (kind.allocates) await registry.allocators[kind.allocates].freed(current, undefined)
    return { stored: expected.at(revision), gone: true }
  }
  return { stored: registry.cache.put(written, object), gone: false }
}

function checkPreconditions(kind: Kind, { metadata }: KubernetesObject, { preconditions }: DeleteOptions): void {
  const { uid, resourceVersion } = preconditions ?? {}
  if (uid !== undefined && uid !== metadata.uid) {
    const why = `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid})`
    throw conflict(kind, metadata.name, `${why}. The object might have been deleted and then recreated`)
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    const why = `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion})`
    throw conflict(kind, metadata.name, `${why}. The object might have been modified`)
  }
}
