import { defineKind } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import { boolean, embedded, list, message, optional, stored, string, type Static } from '../schema/schema.ts'
import { UserInfo } from './self-subject-review.ts'

const TokenReviewSpec = message('io.k8s.api.authentication.v1.TokenReviewSpec', 'The token in question.', {
  token: optional(1, string(), 'What the bearer presented.'),
  audiences: optional(2, list(string()), 'Whom the token has to be for; absent: the API server.'),
})
const TokenReviewStatus = message('io.k8s.api.authentication.v1.TokenReviewStatus', 'Whose token it is.', {
  authenticated: optional(1, boolean(), 'True when the token is good.'),
  user: optional(2, UserInfo, 'The bearer.'),
  error: optional(3, string(), 'Why it could not be found out.'),
  audiences: optional(4, list(string()), 'Those of the audiences asked for that the token is for.'),
})

export const TokenReviewSchema = message('io.k8s.api.authentication.v1.TokenReview', 'Asks: whose token is this?', {
  apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
  kind: stored(0, string(), 'What the object is: TokenReview.'),
  metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
  spec: { ...embedded(2, TokenReviewSpec, 'The token in question.'), required: true },
  status: embedded(3, TokenReviewStatus, 'The answer.'),
})
export type TokenReview = Static<typeof TokenReviewSchema>

/** What programs with an API of their own ask about the tokens that they are shown. */
export const TokenReview = defineKind(TokenReviewSchema, {
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'TokenReview',
  plural: 'tokenreviews',
  namespaced: false,
  verbs: ['create'],
  columns: [],
})
