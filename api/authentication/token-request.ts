import { ageColumn, nameColumn } from '../columns.ts'
import { fieldInvalid, type FieldError } from '../schema/field-error.ts'
import { defineKind } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import { embedded, int64, list, message, optional, stored, string, time, type Static } from '../schema/schema.ts'

export const BoundObjectReference = message('io.k8s.api.authentication.v1.BoundObjectReference', 'An object that a token is bound to.', {
  apiVersion: optional(2, string(), 'Version of its schema.'),
  kind: optional(1, string(), 'Pod, Secret or Node.'),
  uid: optional(0, string(), 'Its UID.'),
  name: optional(3, string(), 'Its name.'),
})
export type BoundObjectReference = Static<typeof BoundObjectReference>

export const TokenRequestSpec = message('io.k8s.api.authentication.v1.TokenRequestSpec', 'What token is asked for.', {
  audiences: optional(1, list(string()), 'Who the token is for; whoever is not among them must refuse it.'),
  boundObjectRef: optional(3, BoundObjectReference, 'The token ends together with this object.'),
  expirationSeconds: optional(4, int64({ default: 3600, presence: 'pointer' }), 'For how long it should hold.'),
})
export type TokenRequestSpec = Static<typeof TokenRequestSpec>

export const TokenRequestStatus = message('io.k8s.api.authentication.v1.TokenRequestStatus', 'The token.', {
  token: optional(1, string(), 'The token itself.'),
  expirationTimestamp: optional(2, time(), 'When it stops to hold.'),
})
export type TokenRequestStatus = Static<typeof TokenRequestStatus>

export const TokenRequestSchema = message('io.k8s.api.authentication.v1.TokenRequest', 'Asks for a token of a service account.', {
  apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
  kind: stored(0, string(), 'What the object is: TokenRequest.'),
  metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
  spec: embedded(2, TokenRequestSpec, 'What token is asked for.'),
  status: embedded(3, TokenRequestStatus, 'The token.'),
})
export type TokenRequest = Static<typeof TokenRequestSchema>

export const TokenRequest = defineKind(TokenRequestSchema, {
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'TokenRequest',
  plural: 'tokenrequests',
  namespaced: true,
  verbs: ['create'],
  validate: validateTokenRequest,
  columns: [nameColumn, ageColumn],
})

function validateTokenRequest({ spec }: TokenRequest): FieldError[] {
  const path = 'spec.expirationSeconds'
  const seconds = spec.expirationSeconds ?? 3600
  if (seconds < 600) return [fieldInvalid(path, seconds, 'may not specify a duration less than 10 minutes')]
  return seconds > 2 ** 32 ? [fieldInvalid(path, seconds, 'may not specify a duration larger than 2^32 seconds')] : []
}
