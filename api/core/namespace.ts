import { prepareNamespaceForCreate, validateNamespace, validateNamespaceStatus, withNameLabel } from './namespace-strategy.ts'
import { ageColumn, nameColumn } from '../columns.ts'
import { defineKind } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import { dns1123LabelErrors, nameCheck } from '../names.ts'
import { embedded, list, listMap, message, oneOf, optional, required, stored, string, time, type Static } from '../schema/schema.ts'

export const NamespaceSpec = message('io.k8s.api.core.v1.NamespaceSpec', 'What keeps a namespace from going away.', {
  finalizers: optional(1, list(string()), 'Names of those who must clean up in the namespace before it may disappear.'),
})
export type NamespaceSpec = Static<typeof NamespaceSpec>

export const NamespaceCondition = message('io.k8s.api.core.v1.NamespaceCondition', 'One aspect of how the deletion of a namespace goes.', {
  type: required(1, string(), 'Which aspect this is about.'),
  status: required(2, string(), 'True, False or Unknown.'),
  lastTransitionTime: optional(4, time(), 'When the status last changed.'),
  reason: optional(5, string(), 'A word for programs that says why.'),
  message: optional(6, string(), 'A sentence for people that says why.'),
})
export type NamespaceCondition = Static<typeof NamespaceCondition>

export const NamespaceStatus = message('io.k8s.api.core.v1.NamespaceStatus', 'Whether a namespace is in use or on its way out.', {
  phase: optional(1, oneOf(['Active', 'Terminating']), 'Active until it is deleted, Terminating while its contents are removed.'),
  conditions: optional(2, listMap(NamespaceCondition, ['type']), 'What still stands in the way of the deletion.'),
})
export type NamespaceStatus = Static<typeof NamespaceStatus>

export const NamespaceSchema = message(
  'io.k8s.api.core.v1.Namespace',
  'A scope for names: objects in different namespaces may be called alike.',
  {
    apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
    kind: stored(0, string(), 'What the object is: Namespace.'),
    metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
    spec: embedded(2, NamespaceSpec, 'How the namespace should behave.'),
    status: embedded(3, NamespaceStatus, 'What state the namespace is in.'),
  },
)
export type Namespace = Static<typeof NamespaceSchema>

export const Namespace = defineKind(NamespaceSchema, {
  group: '',
  version: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  shortNames: ['ns'],
  namespaced: false,
  verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
  subresources: {
    status: { type: 'status', verbs: ['get', 'patch', 'update'] },
    finalize: { type: 'update', verbs: ['update'] },
  },
  selectableFields: { 'status.phase': namespace => namespace.status.phase ?? '' },
  validateName: nameCheck(dns1123LabelErrors),
  applyDefaults: withNameLabel,
  prepareForCreate: prepareNamespaceForCreate,
  blockers: namespace => namespace.spec.finalizers ?? [],
  prepareForDelete: namespace => ({ ...namespace, status: { ...namespace.status, phase: 'Terminating' } }),
  prepareForUpdate: (next, current) => ({ ...next, spec: current.spec, status: current.status }),
  validate: validateNamespace,
  validateStatusUpdate: validateNamespaceStatus,
  prepareSubresource: { finalize: (next, current) => ({ ...next, status: current.status }) },
  validateSubresource: { finalize: validateNamespace },
  columns: [
    nameColumn,
    {
      name: 'Status',
      type: 'string',
      description: 'Active, or Terminating while the namespace is being deleted.',
      cell: namespace => namespace.status.phase ?? '',
    },
    ageColumn,
  ],
})
