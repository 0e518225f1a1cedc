import { badRequest, conflict, invalid, notFound, objectModified } from '../../../api/errors.ts'
import type { Kind, KubernetesObject } from '../../../api/kind.ts'
import { fieldInvalid } from '../../../api/schema/field-error.ts'
import { isEqual } from '../../../common/equal.ts'
import { prepareViews, storedForm } from './conversions.ts'
import { create, inNamespace } from './create.ts'
import { differOnlyInTimes, trackedUpdate } from './field-managers.ts'
import { keyOf } from './keys.ts'
import { complete } from './life-cycle.ts'
import type { Registry } from './registry.ts'
import type { ObjectName, RequestContext } from './request-context.ts'
import { serialize, StoredObject, viewOf } from './stored-object.ts'
import { updatedMetadata, withGeneration } from './system-fields.ts'
import { strategyOf } from './update-strategy.ts'

export interface UpdateRequest extends ObjectName {
  readonly kind: Kind
  /** '' for the object itself. */
  readonly subresource: string
  /** Computes the wanted object from the current one; called again when somebody else was faster and no version was asked for. */
  next(current: KubernetesObject): KubernetesObject
  /** Only with this uid, and only from this version. */
  readonly preconditions: { readonly uid?: string | undefined; readonly resourceVersion?: string | undefined }
  readonly context: RequestContext
  /** `next` says whose the object's fields are: it comes from server-side apply. */
  readonly managed?: boolean
  /** Binding goes past the rule that a changed spec is a new generation. */
  readonly keepsGeneration?: boolean
}

const conflictRetries = 5

/** PUT: the body replaces the object (or the part that the subresource covers). */
export async function replace(
  registry: Registry,
  request: Omit<UpdateRequest, 'next' | 'preconditions'> & { readonly object: KubernetesObject },
): Promise<{ readonly stored: StoredObject; readonly created: boolean }> {
  const { kind, namespace, name, subresource, context } = request
  const object = inNamespace(request)
  if (!object.metadata.name) throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`)
  if (object.metadata.name !== name) {
    throw badRequest(`the name of the object (${object.metadata.name}) does not match the name on the URL (${name})`)
  }
  const { uid, resourceVersion } = object.metadata
  if (kind.createOnUpdate && !subresource && !resourceVersion && !uid && !registry.store.get(keyOf(kind, namespace, name))) {
    return { stored: await create(registry, { kind, namespace, object, context }), created: true }
  }
  if (kind.needsVersionOnUpdate && (resourceVersion ?? '0') === '0') throw versionMissing(kind, name)
  const preconditions = { uid, resourceVersion }
  return { stored: await update(registry, { ...request, preconditions, next: () => object }), created: false }
}

/** Upstream names the resource where it otherwise names the kind. */
const versionMissing = ({ group, plural }: Kind, name: string) =>
  invalid({ group, kind: plural }, name, [fieldInvalid('metadata.resourceVersion', 0, 'must be specified for an update')])

/** Changes an object; a change that changes nothing is not written. */
export async function update(registry: Registry, request: UpdateRequest): Promise<StoredObject> {
  for (let attempt = 0; ; attempt++) {
    const stored = await tryUpdate(registry, request)
    if (stored) return stored
    if (request.preconditions.resourceVersion || attempt === conflictRetries) throw objectModified(request.kind, request.name)
  }
}

/** 1 read, 2 compute, 3 ascribe, 4 mutate, 5 prepare, 6 validate, 7 allocate, 8 admit, 9 store. Undefined: somebody else was faster. */
async function tryUpdate(registry: Registry, request: UpdateRequest): Promise<StoredObject | undefined> {
  const { kind, namespace, name, subresource, context } = request
  const key = keyOf(kind, namespace, name)
  const entry = registry.store.get(key)
  if (!entry) throw notFound(kind, name)
  const storedNow = registry.cache.of(entry)
  await prepareViews(registry, kind, [storedNow])
  const current = viewOf(kind, storedNow)
  checkPreconditions(request, current)
  const strategy = strategyOf(kind, subresource)
  const admit = { kind, verb: 'update', namespace, name, current, ...(subresource ? { subresource } : {}), ...context } as const

  const wanted = request.next(current)
  const owned = strategy.take(complete(kind, { ...wanted, metadata: updatedMetadata(wanted.metadata, current.metadata) }), current)
  const tracking = { kind, subresource, context, now: registry.clock.now() }
  const ascribed = request.managed ? owned : trackedUpdate(owned, current, tracking)
  const mutated = (await registry.admission.mutate({ ...admit, object: ascribed })) as KubernetesObject
  const changed = strategy.prepare(mutated, current)
  const prepared = request.keepsGeneration ? changed : withGeneration(kind, changed, current)
  const errors = strategy.validate(prepared, current)
  if (errors.length > 0) throw invalid(kind, name, errors)
  if (!subresource) for (const warning of kind.warnings?.(prepared) ?? []) context.warn(warning)
  const allocation = kind.allocates ? registry.allocators[kind.allocates].allocate(prepared, current, context) : undefined
  const final = allocation?.object ?? prepared
  try {
    await registry.admission.validate({ ...admit, object: final })
    if (isEqual(final, current) || (request.managed && differOnlyInTimes(final, current))) return storedNow
    if (!context.dryRun) await allocation?.reserve()
    const stored = await write(registry, {
      kind,
      expected: storedNow,
      object: await storedForm(registry, kind, final),
      dryRun: context.dryRun,
    })
    if (!stored || context.dryRun) await allocation?.release()
    else if (kind.allocates) await registry.allocators[kind.allocates].freed(current, isDeletionFinished(kind, final) ? undefined : final)
    return stored
  } catch (error) {
    await allocation?.release()
    throw error
  }
}

function checkPreconditions({ kind, name, namespace, preconditions }: UpdateRequest, current: KubernetesObject): void {
  const { uid, resourceVersion } = preconditions
  if (uid && uid !== current.metadata.uid) {
    const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${current.metadata.uid}`
    const key = `/registry/${kind.plural}/${namespace ? `${namespace}/` : ''}${name}`
    throw conflict(kind, name, `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${why}`)
  }
  if (resourceVersion && resourceVersion !== '0' && resourceVersion !== current.metadata.resourceVersion) throw objectModified(kind, name)
}

interface Write {
  readonly kind: Kind
  readonly expected: StoredObject
  readonly object: KubernetesObject
  readonly dryRun: boolean
}

/**
 * Writes `object` where `expected` still stands; undefined when it does not. An object that was only waiting for its last
 * finalizer goes with it (upstream's deletion during update).
 */
async function write(registry: Registry, { kind, expected, object, dryRun }: Write): Promise<StoredObject | undefined> {
  const { key } = expected
  if (dryRun) return StoredObject.unsaved(key, object, expected.revision)
  const finished = isDeletionFinished(kind, object)
  const value = finished ? '' : serialize(object)
  let revision = 0
  const entry = await registry.store.mutate(key, (current, next) => {
    if (current?.revision !== expected.revision) return { keep: true }
    revision = next
    return finished ? { delete: true } : { put: value, parsed: object }
  })
  if (revision === 0) return undefined
  if (finished) return StoredObject.unsaved(key, object, revision)
  if (!entry) throw notFound(kind, object.metadata.name)
  return registry.cache.put(entry, object)
}

/** Marked for deletion, nothing left to wait for. */
export function isDeletionFinished(kind: Kind, object: KubernetesObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, finalizers = [] } = object.metadata
  if (!deletionTimestamp || deletionGracePeriodSeconds > 0 || finalizers.length > 0) return false
  return (kind.blockers?.(object) ?? []).length === 0
}
