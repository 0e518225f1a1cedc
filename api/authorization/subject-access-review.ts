import { defineKind } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import { embedded, message, stored, string, type Static } from '../schema/schema.ts'
import { SubjectAccessReviewSpec, SubjectAccessReviewStatus } from './access-attributes.ts'
import { validateSubject } from './access-review-validation.ts'

export const SubjectAccessReviewSchema = message('io.k8s.api.authorization.v1.SubjectAccessReview', 'Asks: may somebody?', {
  apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
  kind: stored(0, string(), 'What the object is: SubjectAccessReview.'),
  metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
  spec: { ...embedded(2, SubjectAccessReviewSpec, 'Who wants to do what.'), required: true },
  status: embedded(3, SubjectAccessReviewStatus, 'The answer.'),
})
export type SubjectAccessReview = Static<typeof SubjectAccessReviewSchema>

/** What authorization by webhook asks, and every program that has users of its own. */
export const SubjectAccessReview = defineKind(SubjectAccessReviewSchema, {
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SubjectAccessReview',
  plural: 'subjectaccessreviews',
  namespaced: false,
  verbs: ['create'],
  validate: ({ spec }) => validateSubject(spec),
  columns: [],
})
