import type { Namespace } from './namespace.ts'
import { qualifiedNameErrors } from '../names.ts'
import { fieldInvalid, type FieldError } from '../schema/field-error.ts'

const nameLabel = 'kubernetes.io/metadata.name'
const standardFinalizers = ['kubernetes', 'foregroundDeletion', 'orphan']

/** Every namespace carries its name as a label, so that selectors can pick it, whatever its writer says. */
export function withNameLabel(namespace: Namespace): Namespace {
  const { name, labels } = namespace.metadata
  const active = namespace.status?.phase ? namespace : { ...namespace, status: { ...namespace.status, phase: 'Active' as const } }
  if (!name || labels?.[nameLabel] === name) return active
  return { ...active, metadata: { ...active.metadata, labels: { ...labels, [nameLabel]: name } } }
}

/** A new namespace is Active and waits, when deleted, for its contents to be removed. */
export function prepareNamespaceForCreate(namespace: Namespace): Namespace {
  const finalizers = namespace.spec.finalizers ?? []
  return withNameLabel({
    ...namespace,
    spec: { ...namespace.spec, finalizers: finalizers.includes('kubernetes') ? finalizers : [...finalizers, 'kubernetes'] },
    status: { phase: 'Active' },
  })
}

export const validateNamespace = (namespace: Namespace): FieldError[] =>
  (namespace.spec.finalizers ?? []).flatMap((finalizer, index) => validateFinalizer(finalizer, `spec.finalizers[${index}]`))

function validateFinalizer(finalizer: string, path: string): FieldError[] {
  const errors = qualifiedNameErrors(finalizer).map(error => fieldInvalid(path, finalizer, error))
  if (errors.length > 0 || finalizer.includes('/') || standardFinalizers.includes(finalizer)) return errors
  return [fieldInvalid(path, finalizer, 'name is neither a standard finalizer name nor is it fully qualified')]
}

/** The phase follows from whether the namespace is being deleted. */
export function validateNamespaceStatus(next: Namespace): FieldError[] {
  const phase = next.status.phase ?? ''
  if (!next.metadata.deletionTimestamp) {
    return phase === 'Active' ? [] : [fieldInvalid('status.Phase', phase, "may only be 'Active' if `deletionTimestamp` is empty")]
  }
  return phase === 'Terminating'
    ? []
    : [fieldInvalid('status.Phase', phase, "may only be 'Terminating' if `deletionTimestamp` is not empty")]
}
