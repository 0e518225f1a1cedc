import { ObjectReference } from './references.ts'
import { defineKind } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import { fieldNotSupported, fieldRequired, type FieldError } from '../schema/field-error.ts'
import { embedded, message, required, stored, string, type Static } from '../schema/schema.ts'

export const BindingSchema = message('io.k8s.api.core.v1.Binding', 'Assigns a pod to a node.', {
  apiVersion: stored(0, string(), 'Version of the API that the object follows, such as `v1`.'),
  kind: stored(0, string(), 'What the object is.'),
  metadata: embedded(1, ObjectMeta, 'Name, labels and everything else that all objects have.'),
  target: required(2, ObjectReference, 'The node.'),
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
