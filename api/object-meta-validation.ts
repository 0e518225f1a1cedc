import { validateLabels } from './label-selector.ts'
import type { ObjectMeta, OwnerReference } from './meta.ts'
import { dns1123LabelErrors, dns1123SubdomainErrors, nameCheck, qualifiedNameErrors } from './names.ts'
import { isEqual } from '../common/equal.ts'
import { fieldForbidden, fieldInvalid, fieldRequired, fieldTooLong, type FieldError } from './schema/field-error.ts'

const immutable = 'field is immutable'
const annotationLimit = 256 * 1024

export interface ObjectMetaRules {
  readonly namespaced: boolean
  /** How names are checked; by default as DNS subdomains. `prefix` is true for generateName. */
  readonly validateName?: ((name: string, prefix: boolean) => readonly string[]) | undefined
  /** The group of the kind, and whether it came with a definition: custom resources are freer in their finalizers. */
  readonly group?: string
  readonly untyped?: true
  /** `metadata` unless it is a template's. */
  readonly path?: string
}

const subdomainName = nameCheck(dns1123SubdomainErrors)

/** Metadata of an object about to be stored, its name already generated. */
export function validateObjectMeta(meta: ObjectMeta, rules: ObjectMetaRules): FieldError[] {
  const path = rules.path ?? 'metadata'
  const check = rules.validateName ?? subdomainName
  const errors: FieldError[] = []
  if (meta.generateName) {
    errors.push(...check(meta.generateName, true).map(error => fieldInvalid(`${path}.generateName`, meta.generateName, error)))
  }
  if (!meta.name) errors.push(fieldRequired(`${path}.name`, 'name or generateName is required'))
  else errors.push(...check(meta.name, false).map(error => fieldInvalid(`${path}.name`, meta.name, error)))
  return [...errors, ...validateNamespace(meta, rules.namespaced, path), ...validateCommon(meta, { ...rules, path })]
}

function validateNamespace(meta: ObjectMeta, namespaced: boolean, path: string): FieldError[] {
  const field = `${path}.namespace`
  if (!namespaced) return meta.namespace ? [fieldForbidden(field, 'not allowed on this type')] : []
  if (!meta.namespace) return [fieldRequired(field)]
  return dns1123LabelErrors(meta.namespace).map(error => fieldInvalid(field, meta.namespace, error))
}

function validateCommon(meta: ObjectMeta, rules: FinalizerRules & { readonly path: string }): FieldError[] {
  const { path } = rules
  const generation = meta.generation ?? 0
  return [
    ...(generation < 0 ? [fieldInvalid(`${path}.generation`, generation, 'must be greater than or equal to 0')] : []),
    ...validateLabels(meta.labels, `${path}.labels`),
    ...validateAnnotations(meta.annotations, `${path}.annotations`),
    ...validateOwnerReferences(meta.ownerReferences ?? [], `${path}.ownerReferences`),
    ...validateFinalizers(meta.finalizers ?? [], `${path}.finalizers`),
    ...(freeFinalizers(rules) ? [] : validateOwnFinalizers(meta.finalizers ?? [], `${path}.finalizers`)),
  ]
}

type FinalizerRules = Pick<ObjectMetaRules, 'group' | 'untyped'>

/** Kinds of upstream's servers beside the main one, and those that they define, take any finalizer. */
const freeFinalizers = ({ group = '', untyped }: FinalizerRules): boolean =>
  untyped === true || group === 'apiextensions.k8s.io' || group === 'apiregistration.k8s.io'

/** Finalizers that need no domain. */
const standardFinalizers = ['kubernetes', 'orphan', 'foregroundDeletion']

/** Upstream's validateKubeFinalizerName: what is not the garbage collector's has to say whose it is. */
function validateOwnFinalizers(finalizers: readonly string[], path: string): FieldError[] {
  return finalizers.flatMap((name, index) =>
    name.includes('/') || standardFinalizers.includes(name)
      ? []
      : [fieldInvalid(`${path}[${index}]`, name, 'name is neither a standard finalizer name nor is it fully qualified')],
  )
}

export function validateAnnotations(annotations: Readonly<Record<string, string>> | undefined, path: string): FieldError[] {
  const entries = Object.entries(annotations ?? {})
  // Unlike labels, upper case is fine anywhere in the key.
  const errors = entries.flatMap(([key]) => qualifiedNameErrors(key.toLowerCase()).map(error => fieldInvalid(path, key, error)))
  const size = entries.reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0)
  return size > annotationLimit ? [...errors, fieldTooLong(path, annotationLimit)] : errors
}

/** Metadata of what objects are made from: labels and annotations, and nothing else (upstream's ValidateTemplateObjectMeta). */
export function validateTemplateMetadata(meta: Partial<ObjectMeta>, path: string): FieldError[] {
  const { labels, annotations, ...others } = meta
  const given = Object.entries(others).filter(([, value]) => value !== undefined && value !== null)
  return [
    ...validateAnnotations(annotations, `${path}.annotations`),
    ...validateLabels(labels, `${path}.labels`),
    ...given.map(([name]) => fieldForbidden(`${path}.${name}`, 'cannot be set')),
  ]
}

function validateOwnerReferences(references: readonly OwnerReference[], path: string): FieldError[] {
  const errors = references.flatMap(reference => validateOwnerReference(reference, path))
  const [first, ...others] = references.filter(reference => reference.controller)
  const nameOf = (reference: OwnerReference | undefined) => `${reference?.kind}/${reference?.name}`
  return [
    ...errors,
    ...others.map(other =>
      fieldInvalid(
        path,
        references,
        `Only one reference can have Controller set to true. Found "true" in references for ${nameOf(first)} and ${nameOf(other)}`,
      ),
    ),
  ]
}

function validateOwnerReference(reference: OwnerReference, path: string): FieldError[] {
  const { apiVersion, kind, name, uid } = reference
  const empty = (field: string, value: string) => (value ? [] : [fieldInvalid(`${path}.${field}`, value, 'must not be empty')])
  return [
    ...(apiVersion && !apiVersion.endsWith('/') ? [] : [fieldInvalid(`${path}.apiVersion`, apiVersion, 'version must not be empty')]),
    ...empty('kind', kind),
    ...empty('name', name),
    ...empty('uid', uid),
    // Events come and go by the hour: nothing may live and die with one.
    ...(apiVersion === 'v1' && kind === 'Event'
      ? [fieldInvalid(path, reference, '/v1, Kind=Event is disallowed from being an owner')]
      : []),
  ]
}

function validateFinalizers(finalizers: readonly string[], path: string): FieldError[] {
  const errors = finalizers.flatMap(name => qualifiedNameErrors(name).map(error => fieldInvalid(path, name, error)))
  return finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')
    ? [...errors, fieldInvalid(path, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set')]
    : errors
}

/** What an update may not do to metadata. `next` must carry the resourceVersion it is based on. */
export function validateObjectMetaUpdate(next: ObjectMeta, current: ObjectMeta, rules: FinalizerRules = {}): FieldError[] {
  const path = 'metadata'
  const errors: FieldError[] = []
  if (current.deletionTimestamp) errors.push(...noNewFinalizers(next, current, path))
  if (!next.resourceVersion) errors.push(fieldInvalid(`${path}.resourceVersion`, '', 'must be specified for an update'))
  if ((next.generation ?? 0) < (current.generation ?? 0)) {
    errors.push(fieldInvalid(`${path}.generation`, next.generation ?? 0, 'must not be decremented'))
  }
  const fixed = ['name', 'namespace', 'uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds'] as const
  for (const field of fixed) errors.push(...validateImmutableField(next[field] ?? null, current[field] ?? null, `${path}.${field}`))
  return [...errors, ...validateCommon({ ...next, generation: 0 }, { ...rules, path })]
}

function noNewFinalizers(next: ObjectMeta, current: ObjectMeta, path: string): FieldError[] {
  const added = [...new Set(next.finalizers ?? [])].filter(name => !current.finalizers?.includes(name)).sort()
  if (added.length === 0) return []
  const list = `[]string{${added.map(name => JSON.stringify(name)).join(', ')}}`
  return [
    fieldForbidden(`${path}.finalizers`, `no new finalizers can be added if the object is being deleted, found new finalizers ${list}`),
  ]
}

export const validateImmutableField = (next: unknown, current: unknown, path: string): FieldError[] =>
  isEqual(next, current) ? [] : [fieldInvalid(path, next, immutable)]
