import { UserInfo } from './self-subject-review.ts'
import { defineKind } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import { fieldRequired } from '../schema/field-error.ts'
import { boolean, embedded, list, message, optional, required, stored, string, type Static } from '../schema/schema.ts'

export const TokenReviewSpec = message('io.k8s.api.authentication.v1.TokenReviewSpec', 'The token in question.', {
  token: required(1, string(), 'The token.'),
  audiences: optional(2, list(string()), 'Who it should be for; the API server by default.'),
})
export type TokenReviewSpec = Static<typeof TokenReviewSpec>

export const TokenReviewStatus = message('io.k8s.api.authentication.v1.TokenReviewStatus', 'Whose token it is.', {
  authenticated: optional(1, boolean(), 'True when it is good.'),
  user: optional(2, UserInfo, 'Whose it is.'),
  error: optional(3, string(), 'Why it is not good.'),
  audiences: optional(4, list(string()), 'For whom of those asked about it is good.'),
})
export type TokenReviewStatus = Static<typeof TokenReviewStatus>

export const TokenReviewSchema = message('io.k8s.api.authentication.v1.TokenReview', 'Asks: whose token is this?', {
  apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
  kind: stored(0, string(), 'What the object is: TokenReview.'),
  metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
  spec: required(2, TokenReviewSpec, 'The token in question.'),
  status: embedded(3, TokenReviewStatus, 'The answer.'),
})
export type TokenReview = Static<typeof TokenReviewSchema>

export const TokenReview = defineKind(TokenReviewSchema, {
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'TokenReview',
  plural: 'tokenreviews',
  namespaced: false,
  verbs: ['create'],
  validate: ({ spec }) => (spec.token ? [] : [fieldRequired('spec.token')]),
  columns: [],
})
