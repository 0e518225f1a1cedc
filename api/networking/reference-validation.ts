import { invalidAll } from '../core/pod-field-checks.ts'
import { dns1123SubdomainErrors, pathSegmentNameErrors } from '../names.ts'
import { fieldRequired, type FieldError } from '../schema/field-error.ts'

interface Reference {
  readonly apiGroup?: string
  readonly kind: string
  readonly name: string
}

/** An object of any kind, named by group, kind and name. */
export function validateLocalReference(reference: Reference, path: string): FieldError[] {
  const { apiGroup } = reference
  return [
    ...(apiGroup === undefined ? [] : invalidAll(`${path}.apiGroup`, apiGroup, dns1123SubdomainErrors(apiGroup))),
    ...(['kind', 'name'] as const).flatMap(field => {
      const value = reference[field]
      return value ? invalidAll(`${path}.${field}`, value, pathSegmentNameErrors(value)) : [fieldRequired(`${path}.${field}`)]
    }),
  ]
}
