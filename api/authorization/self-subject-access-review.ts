import { defineKind } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import { embedded, message, optional, stored, string, type Static } from '../schema/schema.ts'
import { NonResourceAttributes, ResourceAttributes, SubjectAccessReviewStatus } from './access-attributes.ts'
import { validateAttributes } from './access-review-validation.ts'

export const SelfSubjectAccessReviewSpec = message(
  'io.k8s.api.authorization.v1.SelfSubjectAccessReviewSpec',
  'What the caller would like to do.',
  {
    resourceAttributes: optional(1, ResourceAttributes, 'The resource in question.'),
    nonResourceAttributes: optional(2, NonResourceAttributes, 'The path in question.'),
  },
)

export const SelfSubjectAccessReviewSchema = message('io.k8s.api.authorization.v1.SelfSubjectAccessReview', 'Asks: may I?', {
  apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
  kind: stored(0, string(), 'What the object is: SelfSubjectAccessReview.'),
  metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
  spec: { ...embedded(2, SelfSubjectAccessReviewSpec, 'What the caller would like to do.'), required: true },
  status: embedded(3, SubjectAccessReviewStatus, 'The answer.'),
})
export type SelfSubjectAccessReview = Static<typeof SelfSubjectAccessReviewSchema>

/** `kubectl auth can-i`. */
export const SelfSubjectAccessReview = defineKind(SelfSubjectAccessReviewSchema, {
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectAccessReview',
  plural: 'selfsubjectaccessreviews',
  namespaced: false,
  verbs: ['create'],
  validate: ({ spec }) => validateAttributes(spec),
  columns: [],
})
