import { SubjectAccessReviewSpec, SubjectAccessReviewStatus } from './access-attributes.ts'
import { validateSubject } from './access-review-validation.ts'
import { defineKind } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import { fieldInvalid } from '../schema/field-error.ts'
import { embedded, message, required, stored, string, type Static } from '../schema/schema.ts'

export const LocalSubjectAccessReviewSchema = message(
  'io.k8s.api.authorization.v1.LocalSubjectAccessReview',
  'Asks: may somebody do something in this namespace?',
  {
    apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
    kind: stored(0, string(), 'What the object is: LocalSubjectAccessReview.'),
    metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
    spec: required(2, SubjectAccessReviewSpec, 'Who wants to do what.'),
    status: embedded(3, SubjectAccessReviewStatus, 'The answer.'),
  },
)
export type LocalSubjectAccessReview = Static<typeof LocalSubjectAccessReviewSchema>

export const LocalSubjectAccessReview = defineKind(LocalSubjectAccessReviewSchema, {
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'LocalSubjectAccessReview',
  plural: 'localsubjectaccessreviews',
  namespaced: true,
  verbs: ['create'],
  validate: ({ metadata, spec }) => {
    const namespace = spec.resourceAttributes?.namespace ?? ''
    const errors = validateSubject(spec)
    if (spec.resourceAttributes && namespace !== metadata.namespace)
      errors.push(fieldInvalid('spec.resourceAttributes.namespace', namespace, 'must match metadata.namespace'))
    if (spec.nonResourceAttributes)
      errors.push(fieldInvalid('spec.nonResourceAttributes', spec.nonResourceAttributes, 'disallowed on this kind of request'))
    return errors
  },
  columns: [],
})
