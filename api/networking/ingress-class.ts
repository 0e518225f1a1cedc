import { validateIngressClass, validateIngressClassUpdate } from './ingress-class-validation.ts'
import { ageColumn, nameColumn } from '../columns.ts'
import { defineKind } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import { embedded, message, optional, required, stored, string, type Static } from '../schema/schema.ts'

export const IngressClassParametersReference = message(
  'io.k8s.api.networking.v1.IngressClassParametersReference',
  'An object with settings of the controller.',
  {
    apiGroup: optional(0, string({ presence: 'pointer' }), 'Group of the object; the core group when empty.'),
    kind: required(2, string(), 'Kind of the object.'),
    name: required(3, string(), 'Name of the object.'),
    scope: optional(
      4,
      string({ default: 'Cluster', presence: 'pointer' }),
      'Whether it is in a Namespace or belongs to the whole Cluster.',
    ),
    namespace: optional(5, string({ presence: 'pointer' }), 'Namespace of the object, when it is in one.'),
  },
)
export type IngressClassParametersReference = Static<typeof IngressClassParametersReference>

export const IngressClassSpec = message('io.k8s.api.networking.v1.IngressClassSpec', 'Who serves ingresses of the class, and how.', {
  controller: optional(1, string(), 'The controller, such as example.com/ingress; it cannot be changed.'),
  parameters: optional(2, IngressClassParametersReference, 'An object with settings of the controller.'),
})
export type IngressClassSpec = Static<typeof IngressClassSpec>

export const IngressClassSchema = message('io.k8s.api.networking.v1.IngressClass', 'A class of ingresses, served by one controller.', {
  apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
  kind: stored(0, string(), 'What the object is: IngressClass.'),
  metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
  spec: embedded(2, IngressClassSpec, 'Who serves ingresses of the class, and how.'),
})
export type IngressClass = Static<typeof IngressClassSchema>

export const IngressClass = defineKind(IngressClassSchema, {
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IngressClass',
  plural: 'ingressclasses',
  namespaced: false,
  generation: true,
  validate: validateIngressClass,
  validateUpdate: validateIngressClassUpdate,
  columns: [
    nameColumn,
    { name: 'Controller', type: 'string', description: 'Who serves it.', cell: ({ spec }) => spec.controller ?? '' },
    { name: 'Parameters', type: 'string', description: 'Where its settings are.', cell: parametersOf },
    ageColumn,
  ],
})

function parametersOf({ spec: { parameters } }: IngressClass): string {
  if (!parameters) return '<none>'
  const { apiGroup, kind, name } = parameters
  return `${kind}${apiGroup === undefined ? '' : `.${apiGroup}`}/${name}`
}
