import { ageColumn, nameColumn } from '../columns.ts'
import { Toleration } from '../core/affinity.ts'
import { validateResourceName, validateResourceQuantity } from '../core/container-resources-validation.ts'
import { invalidAll, supported } from '../core/pod-field-checks.ts'
import { defineKind } from '../kind.ts'
import { validateLabels } from '../label-selector.ts'
import { ObjectMeta } from '../meta.ts'
import { dns1123LabelErrors } from '../names.ts'
import { validateImmutableField } from '../object-meta-validation.ts'
import { fieldRequired, type FieldError } from '../schema/field-error.ts'
import { embedded, list, map, message, optional, quantity, required, stored, string, type Static } from '../schema/schema.ts'

export const Overhead = message('io.k8s.api.node.v1.Overhead', 'What a pod uses besides its containers.', {
  podFixed: optional(1, map(quantity()), 'The amounts, by resource.'),
})
export type Overhead = Static<typeof Overhead>

export const Scheduling = message('io.k8s.api.node.v1.Scheduling', 'On which nodes pods of the class can run.', {
  nodeSelector: optional(1, map(string(), { atomic: true }), 'Labels that the nodes have.'),
  tolerations: optional(2, list(Toleration), 'Taints of the nodes that the pods are let past.'),
})
export type Scheduling = Static<typeof Scheduling>

export const RuntimeClassSchema = message('io.k8s.api.node.v1.RuntimeClass', 'A way to run containers that pods can choose.', {
  apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
  kind: stored(0, string(), 'What the object is: RuntimeClass.'),
  metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
  handler: required(2, string(), 'What the container runtime calls it; it cannot be changed.'),
  overhead: optional(3, Overhead, 'What a pod uses besides its containers.'),
  scheduling: optional(4, Scheduling, 'On which nodes its pods can run.'),
})
export type RuntimeClass = Static<typeof RuntimeClassSchema>

export const RuntimeClass = defineKind(RuntimeClassSchema, {
  group: 'node.k8s.io',
  version: 'v1',
  kind: 'RuntimeClass',
  plural: 'runtimeclasses',
  namespaced: false,
  inert: true,
  validate: validateRuntimeClass,
  validateUpdate: (next, current) => [...validateRuntimeClass(next), ...validateImmutableField(next.handler, current.handler, 'handler')],
  columns: [
    nameColumn,
    { name: 'Handler', type: 'string', description: 'What the container runtime calls it.', cell: runtime => runtime.handler },
    ageColumn,
  ],
})

function validateRuntimeClass({ handler, overhead, scheduling }: RuntimeClass): FieldError[] {
  return [
    ...(handler ? invalidAll('handler', handler, dns1123LabelErrors(handler)) : [fieldRequired('handler')]),
    ...Object.entries(overhead?.podFixed ?? {}).flatMap(([name, quantity]) => [
      ...validateResourceName(name, `overhead.podFixed[${name}]`),
      ...validateResourceQuantity(name, quantity, `overhead.podFixed[${name}]`),
    ]),
    ...validateLabels(scheduling?.nodeSelector, 'scheduling.nodeSelector'),
    ...(scheduling?.tolerations ?? []).flatMap(({ operator }, index) =>
      supported(`scheduling.tolerations[${index}].operator`, operator || 'Equal', ['Equal', 'Exists', 'Lt', 'Gt']),
    ),
  ]
}
