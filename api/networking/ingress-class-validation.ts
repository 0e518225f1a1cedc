import type { IngressClass, IngressClassParametersReference } from './ingress-class.ts'
import { validateLocalReference } from './reference-validation.ts'
import { invalidAll } from '../core/pod-field-checks.ts'
import { dns1123LabelErrors, domainPrefixedPathErrors } from '../names.ts'
import { validateImmutableField } from '../object-meta-validation.ts'
import { fieldForbidden, fieldNotSupported, fieldRequired, fieldTooLong, type FieldError } from '../schema/field-error.ts'

const longestController = 250

export function validateIngressClass({ spec: { controller = '', parameters } }: IngressClass): FieldError[] {
  return [
    ...(controller.length > longestController ? [fieldTooLong('spec.controller', longestController)] : []),
    ...domainPrefixedPathErrors(controller, 'spec.controller'),
    ...(parameters ? validateParameters(parameters, 'spec.parameters') : []),
  ]
}

function validateParameters(parameters: IngressClassParametersReference, path: string): FieldError[] {
  const { scope, namespace } = parameters
  const errors = validateLocalReference(parameters, path)
  if (!scope) return [...errors, fieldRequired(`${path}.scope`)]
  if (scope === 'Namespace')
    return [
      ...errors,
      ...(namespace === undefined
        ? [fieldRequired(`${path}.namespace`, "`parameters.scope` is set to 'Namespace'")]
        : invalidAll(`${path}.namespace`, namespace, dns1123LabelErrors(namespace))),
    ]
  if (scope !== 'Cluster') return [...errors, fieldNotSupported(`${path}.scope`, scope, ['Cluster', 'Namespace'])]
  return namespace === undefined ? errors : [...errors, fieldForbidden(`${path}.namespace`, "`parameters.scope` is set to 'Cluster'")]
}

export const validateIngressClassUpdate = (next: IngressClass, current: IngressClass): FieldError[] => [
  ...validateImmutableField(next.spec.controller ?? '', current.spec.controller ?? '', 'spec.controller'),
  ...validateIngressClass(next),
]
