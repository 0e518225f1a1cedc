import { defineKind } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import { embedded, list, map, message, optional, stored, string, type Static } from '../schema/schema.ts'

export const UserInfo = message('io.k8s.api.authentication.v1.UserInfo', 'A user, as the API server sees it.', {
  username: optional(1, string(), 'The name.'),
  uid: optional(2, string(), 'What stays the same when somebody else gets the name.'),
  groups: optional(3, list(string()), 'The groups the user is in.'),
  extra: optional(4, map(list(string())), 'What else the authenticator knows.'),
})
export type UserInfo = Static<typeof UserInfo>

export const SelfSubjectReviewStatus = message('io.k8s.api.authentication.v1.SelfSubjectReviewStatus', 'Who the caller is.', {
  userInfo: embedded(1, UserInfo, 'The user who asks.'),
})

export const SelfSubjectReviewSchema = message('io.k8s.api.authentication.v1.SelfSubjectReview', 'Asks: who am I?', {
  apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
  kind: stored(0, string(), 'What the object is: SelfSubjectReview.'),
  metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
  status: embedded(2, SelfSubjectReviewStatus, 'The answer.'),
})
export type SelfSubjectReview = Static<typeof SelfSubjectReviewSchema>

/** `kubectl auth whoami`. */
export const SelfSubjectReview = defineKind(SelfSubjectReviewSchema, {
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectReview',
  plural: 'selfsubjectreviews',
  namespaced: false,
  verbs: ['create'],
  columns: [],
})
