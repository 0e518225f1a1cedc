import { LabelSelector } from '../meta.ts'
import { atomicMessage, optional, required, string, type Static } from '../schema/schema.ts'

export const ParamKind = atomicMessage('io.k8s.api.admissionregistration.v1.ParamKind', 'A kind of objects with parameters.', {
  apiVersion: optional(1, string(), 'API version of the kind.'),
  kind: optional(2, string(), 'The kind.'),
})
export type ParamKind = Static<typeof ParamKind>

export const Variable = atomicMessage('io.k8s.api.admissionregistration.v1.Variable', 'An expression with a name that others can use.', {
  expression: required(0, string(), 'The expression, in CEL.'),
  name: required(0, string(), 'Its name.'),
})
export type Variable = Static<typeof Variable>

export const ParamRef = atomicMessage('io.k8s.api.admissionregistration.v1.ParamRef', 'Which parameters are used.', {
  name: optional(1, string(), 'Name of the object with the parameters.'),
  namespace: optional(2, string(), 'Namespace of the object.'),
  selector: optional(3, LabelSelector, 'Labels of the objects, instead of a name.'),
  parameterNotFoundAction: optional(4, string({ presence: 'pointer' }), 'What happens when there are none: Allow or Deny.'),
})
export type ParamRef = Static<typeof ParamRef>
