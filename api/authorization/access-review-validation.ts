import { fieldInvalid, type FieldError } from '../schema/field-error.ts'
import type { NonResourceAttributes, ResourceAttributes, SubjectAccessReviewSpec } from './access-attributes.ts'

interface Attributes {
  readonly resourceAttributes?: ResourceAttributes
  readonly nonResourceAttributes?: NonResourceAttributes
}

/** Exactly one of the two may be asked about. */
export function validateAttributes({ resourceAttributes, nonResourceAttributes }: Attributes): FieldError[] {
  if (resourceAttributes && nonResourceAttributes)
    return [fieldInvalid('spec.nonResourceAttributes', nonResourceAttributes, 'cannot be specified in combination with resourceAttributes')]
  if (!resourceAttributes && !nonResourceAttributes)
    return [fieldInvalid('spec.resourceAttributes', null, 'exactly one of nonResourceAttributes or resourceAttributes must be specified')]
  return []
}

export function validateSubject(spec: SubjectAccessReviewSpec): FieldError[] {
  const nobody = !spec.user && !spec.groups?.length
  return [
    ...validateAttributes(spec),
    ...(nobody ? [fieldInvalid('spec.user', spec.user ?? '', 'at least one of user or group must be specified')] : []),
  ]
}
