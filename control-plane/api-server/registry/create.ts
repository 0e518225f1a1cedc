import { alreadyExists, ApiError, badRequest, invalid, isAlreadyExists } from '../../../api/errors.ts'
import type { Kind, KubernetesObject } from '../../../api/kind.ts'
import { generateName } from '../../../api/names.ts'
import { zeroValue } from '../../../api/schema/zero.ts'
import { storedForm } from './conversions.ts'
import { trackedCreation } from './field-managers.ts'
import { keyOf } from './keys.ts'
import { complete, validationErrors } from './life-cycle.ts'
import type { Registry } from './registry.ts'
import type { RequestContext } from './request-context.ts'
import { serialize, StoredObject } from './stored-object.ts'
import { newMetadata } from './system-fields.ts'

export interface CreateRequest {
  readonly kind: Kind
  /** From the URL; '' for cluster-wide kinds. */
  readonly namespace: string
  readonly object: KubernetesObject
  readonly context: RequestContext
  /** The object says itself whose its fields are: it comes from server-side apply. */
  readonly managed?: boolean
}

const generateNameAttempts = 8

/** Creates an object. A generated name that is taken is tried again with other characters. */
export async function create(registry: Registry, request: CreateRequest): Promise<StoredObject> {
  const object = inNamespace(request)
  if (object.metadata.resourceVersion && !request.context.dryRun)
    throw badRequest('resourceVersion should not be set on objects to be created')
  const { name, generateName: prefix } = object.metadata
  for (let attempt = 1; ; attempt++) {
    const named = name || !prefix ? object : { ...object, metadata: { ...object.metadata, name: generateName(prefix) } }
    try {
      return await createNamed(registry, { ...request, object: named })
    } catch (error) {
      if (named === object || attempt === generateNameAttempts || !isAlreadyExists(error)) throw error
    }
  }
}

/** The namespace of body and URL must agree; upstream's words. */
export function inNamespace({ kind, namespace, object }: Pick<CreateRequest, 'kind' | 'namespace' | 'object'>): KubernetesObject {
  const given = object.metadata.namespace ?? ''
  if (given === namespace) return object
  if (kind.namespaced && given) throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  const { namespace: _, ...metadata } = object.metadata
  return { ...object, metadata: (namespace ? { ...metadata, namespace } : metadata) as KubernetesObject['metadata'] }
}

/** 1 fill in, 2 ascribe, 3 mutate, 4 prepare, 5 validate, 6 allocate, 7 admit, 8 store. */
async function createNamed(
  registry: Registry,
  { kind, namespace, object, context, managed = false }: CreateRequest,
): Promise<StoredObject> {
  const admit = { kind, verb: 'create', namespace, name: object.metadata.name ?? '', ...context } as const
  const now = registry.clock.now()
  const metadata = newMetadata(object.metadata, { namespace, generation: kind.generation ?? false, now })
  const completed = complete(kind, { ...withoutStatus(kind, object), metadata })
  const ascribed = managed ? completed : trackedCreation(completed, { kind, subresource: '', context, now })
  const mutated = (await registry.admission.mutate({ ...admit, object: ascribed })) as KubernetesObject
  const prepared = kind.prepareForCreate?.(mutated) ?? mutated
  const errors = validationErrors(kind, prepared)
  if (errors.length > 0) throw invalid(kind, prepared.metadata.name ?? '', errors)
  for (const warning of [...(kind.warnings?.(prepared) ?? []), ...inertWarning(kind)]) context.warn(warning)
  const allocation = kind.allocates ? registry.allocators[kind.allocates].allocate(prepared, undefined, context) : undefined
  const final = allocation?.object ?? prepared
  try {
    await registry.admission.validate({ ...admit, object: final })
    if (!context.dryRun) await allocation?.reserve()
    const stored = await insert(registry, { kind, namespace, object: final, context })
    if (context.dryRun) await allocation?.release()
    return stored
  } catch (error) {
    await allocation?.release()
    throw error
  }
}

/** Nobody should wait for what will not happen. */
const inertWarning = ({ inert, group, plural }: Kind): string[] =>
  inert ? [`${plural}${group && `.${group}`} are kept, but nothing in this cluster acts on them yet`] : []

/** Status belongs to those who write it; a new object has an empty one. */
function withoutStatus(kind: Kind, object: KubernetesObject): KubernetesObject {
  if (kind.subresources?.['status']?.type !== 'status' || kind.keepsStatusAtCreation) return object
  const schema = kind.schema.properties?.['status']
  const { status: _, ...rest } = object as KubernetesObject & { status?: unknown }
  const empty: object = schema?.presence === 'always' ? { status: zeroValue(schema) } : {}
  return { ...rest, ...empty }
}

async function insert(registry: Registry, { kind, namespace, object, context }: CreateRequest): Promise<StoredObject> {
  const name = object.metadata.name
  const key = keyOf(kind, namespace, name)
  const stored = await storedForm(registry, kind, object)
  const value = serialize(stored)
  const existing = registry.store.get(key)
  if (existing) throw taken(kind, name, registry.cache.of(existing).object)
  if (context.dryRun) return StoredObject.unsaved(key, stored)
  let revision = 0
  const entry = await registry.store.mutate(key, (current, next) => {
    if (current) return { keep: true }
    revision = next
    return { put: value, parsed: stored }
  })
  if (!entry || entry.revision !== revision) throw alreadyExists(kind, name)
  return registry.cache.put(entry, stored)
}

/** Upstream adds why when the one in the way is about to go. */
function taken(kind: Kind, name: string, existing: KubernetesObject): ApiError {
  const error = alreadyExists(kind, name)
  if (!existing.metadata.deletionTimestamp) return error
  return new ApiError({ ...error.status, message: `object is being deleted: ${error.message}` })
}
