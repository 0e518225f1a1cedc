import { ObjectReference } from './references.ts'
import { defineKind } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import { fieldNotSupported, fieldRequired, type FieldError } from '../schema/field-error.ts'
import { embedded, message, required, stored, string, type Static } from '../schema/schema.ts'

export const BindingSchema = message('io.k8s.api.core.v1.Binding', '', {
  apiVersion: stored(0, string(), ''),
  kind: stored(0, string(), ''),
  metadata: embedded(1, ObjectMeta, ''),
  target: required(2, ObjectReference, ''),
})
export type Binding = Static<typeof BindingSchema>

/** A pod can only be bound to a node, and the node must have a name. */
function validateBinding({ target }: Binding): readonly FieldError[] {
  const kindErrors = target.kind && target.kind !== 'Node' ? [fieldNotSupported('target.kind', target.kind, ['Node', '<empty>'])] : []
  return target.name ? kindErrors : [...kindErrors, fieldRequired('target.name')]
}

export const Binding = defineKind(BindingSchema, {
  group: '',
  version: 'v1',
  kind: 'Binding',
  plural: 'bindings',
  namespaced: true,
  verbs: ['create'],
  columns: [],
  validate: validateBinding,
})
