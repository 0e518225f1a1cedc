import { apiError, ApiError, badRequest, isAlreadyExists, isNotFound, notFound } from '../../../api/errors.ts'
import { apiVersionOf, type Kind, type KubernetesObject } from '../../../api/kind.ts'
import {
  applyConfiguration,
  ApplyConflicts,
  coversConflicts,
  type ApplyConflict,
  type Application,
} from '../../../api/managed-fields/apply.ts'
import { checkApplied } from '../../../api/managed-fields/check-applied.ts'
import type { FieldSet } from '../../../api/managed-fields/field-set.ts'
import { decodeManagers, type Managed } from '../../../api/managed-fields/managers.ts'
import { printPath } from '../../../api/managed-fields/path-element.ts'
import { patchFailed } from '../../../api/patch/patch-errors.ts'
import { isRecord } from '../../../api/schema/records.ts'
import { create } from './create.ts'
import { decodeObject } from './decode-object.ts'
import { actorOf, versionsOf, withManagers, withoutManagers, type Tracking } from './field-managers.ts'
import { keyOf } from './keys.ts'
import type { Registry } from './registry.ts'
import type { ObjectName, RequestContext } from './request-context.ts'
import type { StoredObject } from './stored-object.ts'
import { update } from './update.ts'

/** What kubectl's client-side apply leaves on an object. */
const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration'
/** Its server-side apply: the one manager that takes over from client-side apply without a conflict. */
const kubectl = 'kubectl'

export interface ApplyRequest extends ObjectName {
  readonly kind: Kind
  readonly subresource: string
  /** Parsed YAML. */
  readonly body: unknown
  /** Take fields from other managers instead of refusing. */
  readonly force: boolean
  readonly context: RequestContext
}

type Configuration = Readonly<Record<string, unknown>> & { readonly metadata: Readonly<Record<string, unknown>> }

/** Server-side apply: makes the object have what the configuration says, and the manager own that. Creates it where it is not there. */
export async function apply(
  registry: Registry,
  request: ApplyRequest,
): Promise<{ readonly stored: StoredObject; readonly created: boolean }> {
  const { kind, namespace, name, subresource, context } = request
  const configuration = configurationOf(request)
  const { uid, resourceVersion } = configuration.metadata as { uid?: string; resourceVersion?: string }
  const applied = (current: KubernetesObject) => appliedTo(current, configuration, { ...request, now: registry.clock.now() })
  for (;;) {
    try {
      if (!subresource && !registry.store.get(keyOf(kind, namespace, name))) {
        if (resourceVersion || uid) throw notFound(kind, name)
        const object = applied(emptyObject(request))
        return { stored: await create(registry, { kind, namespace, object, context, managed: true }), created: true }
      }
      const stored = await update(registry, {
        ...request,
        preconditions: { uid, resourceVersion },
        next: applied,
        managed: true,
      })
      return { stored, created: false }
    } catch (error) {
      // Somebody else created or deleted it meanwhile: look again.
      const raced = isAlreadyExists(error) || (isNotFound(error) && !subresource && !resourceVersion && !uid)
      if (!raced || isLookedUpElsewhere(error, name)) throw error
    }
  }
}

/** The error is about another object, such as the namespace. */
const isLookedUpElsewhere = (error: unknown, name: string): boolean => error instanceof ApiError && error.status.details?.name !== name

const emptyObject = ({ kind, namespace, name }: ApplyRequest): KubernetesObject =>
  ({
    apiVersion: apiVersionOf(kind),
    kind: kind.kind,
    metadata: { name, ...(namespace ? { namespace } : {}) },
  }) as KubernetesObject

/** The body, checked as upstream's field manager does. */
function configurationOf({ kind, body, namespace, name }: ApplyRequest): Configuration {
  if (!isRecord(body)) throw badRequest('error decoding YAML: json: cannot unmarshal into Go value of type map[string]interface {}')
  const [apiVersion, kindName] = [body['apiVersion'] ?? '', body['kind'] ?? '']
  if (!kindName) throw badRequest(`Object 'Kind' is missing in '${JSON.stringify(body)}'`)
  if (apiVersion !== apiVersionOf(kind))
    throw badRequest(
      `Incorrect version specified in apply patch. Specified patch version: ${String(apiVersion)}, expected: ${apiVersionOf(kind)}`,
    )
  if (kindName !== kind.kind) throw badRequest(`invalid object type: ${groupVersion(kind)}, Kind=${String(kindName)}`)
  const metadata = isRecord(body['metadata']) ? body['metadata'] : {}
  if (metadata['managedFields'] !== undefined && metadata['managedFields'] !== null) throw badRequest('metadata.managedFields must be nil')
  const problems = checkApplied(kind.schema, body)
  if (problems.length > 0)
    throw patchFailed(
      `failed to create typed patch object (${namespace}/${name}; ${groupVersion(kind)}, Kind=${kind.kind}): ${joined(problems)}`,
    )
  return { ...body, metadata }
}

const groupVersion = ({ group, version }: Kind): string => `${group}/${version}`
const joined = (problems: readonly string[]): string =>
  problems.length === 1 ? (problems[0] ?? '') : `errors:\n${problems.map(problem => `  ${problem}`).join('\n')}`

/** The object that the configuration makes of the current one, with its managers. */
function appliedTo(current: KubernetesObject, configuration: Configuration, request: ApplyRequest & Tracking): KubernetesObject {
  const { kind, subresource, force, context } = request
  const actor = actorOf(request)
  if (!actor) throw new Error('an apply without a field manager')
  const live = withoutManagers(current)
  const known = decodeManagers(current.metadata.managedFields) ?? new Map<string, Managed>()
  const { object, managers } = settled(
    {
      schema: kind.schema,
      versions: versionsOf(kind),
      live,
      applied: configuration,
      ignored: ignoredFields(kind, subresource),
      managers: known,
      actor,
      force,
    },
    live,
  )
  const merged = { ...(object as KubernetesObject), apiVersion: apiVersionOf(kind), kind: kind.kind }
  const decoded = decodeObject(kind, merged, { ...context, refuse: why => badRequest(why) })
  return withManagers(withLastApplied(decoded, configuration, actor.manager), managers)
}

/** Applies; refuses conflicts, but for those that only take over what client-side apply had left. */
function settled(application: Application, live: KubernetesObject) {
  try {
    return applyConfiguration(application)
  } catch (error) {
    if (!(error instanceof ApplyConflicts)) throw error
    const covered = application.actor.manager === kubectl ? coveredByLastApplied(application, live) : () => false
    const conflicts = error.conflicts.filter(({ path }) => !covered(path))
    if (conflicts.length > 0) throw conflictError(conflicts)
    return applyConfiguration({ ...application, force: true })
  }
}

function coveredByLastApplied({ schema }: Application, live: KubernetesObject): (path: readonly string[]) => boolean {
  const text = live.metadata.annotations?.[lastAppliedAnnotation]
  const lastApplied = text ? parsed(text) : undefined
  if (!isRecord(lastApplied) || lastApplied['apiVersion'] !== live.apiVersion) return () => false
  return coversConflicts(schema, lastApplied, live)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    // Whatever a user may have put there, it is no configuration.
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** An object that client-side apply knows keeps knowing what was applied last, so that one can go back to it. */
function withLastApplied(object: KubernetesObject, configuration: Configuration, manager: string): KubernetesObject {
  const { annotations } = object.metadata
  if (manager !== kubectl || !annotations?.[lastAppliedAnnotation]) return object
  const { [lastAppliedAnnotation]: _, ...others } = isRecord(configuration.metadata['annotations'])
    ? configuration.metadata['annotations']
    : {}
  const { annotations: __, ...metadata } = configuration.metadata
  const last = { ...configuration, metadata: Object.keys(others).length > 0 ? { ...metadata, annotations: others } : metadata }
  return {
    ...object,
    metadata: { ...object.metadata, annotations: { ...annotations, [lastAppliedAnnotation]: `${JSON.stringify(last)}\n` } },
  }
}

/** The object's own path leaves status to the path for it, and that one everything but status and what the kind lets it write of metadata. */
function ignoredFields(kind: Kind, subresource: string): FieldSet {
  if (kind.subresources?.['status']?.type !== 'status') return {}
  if (subresource === '') return { 'f:status': {} }
  if (subresource !== 'status') return {}
  const others = Object.keys(kind.schema.properties ?? {}).filter(field => !['status', 'metadata', 'apiVersion', 'kind'].includes(field))
  const metadata = kind.statusKeeps && { 'f:metadata': kind.statusKeeps === 'labels' ? { 'f:labels': {} } : {} }
  return { ...Object.fromEntries(others.map(field => [`f:${field}`, {}])), ...metadata }
}

const describe = ({ manager, subresource, operation, apiVersion }: Managed): string =>
  `${JSON.stringify(manager)}${subresource ? ` with subresource ${JSON.stringify(subresource)}` : ''}${operation === 'Update' ? ` using ${apiVersion}` : ''}`

/** Upstream's NewConflictError. */
function conflictError(conflicts: readonly ApplyConflict[]): ApiError {
  const causes = conflicts.map(({ manager, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${describe(manager)}`,
    field: printPath(path),
  }))
  const [first] = causes
  if (first && causes.length === 1)
    return apiError('Conflict', `Apply failed with 1 conflict: ${first.message}: ${first.field}`, { causes })
  const managers = [...new Set(conflicts.map(({ manager }) => describe(manager)))].sort()
  const lines = managers.flatMap(name => [
    `conflicts with ${name}:`,
    ...conflicts.filter(({ manager }) => describe(manager) === name).map(({ path }) => `- ${printPath(path)}`),
  ])
  return apiError('Conflict', `Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}`, { causes })
}
