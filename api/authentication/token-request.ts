import { ageColumn, nameColumn } from '../columns.ts'
import { defineKind } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import { embedded, int64, list, message, optional, stored, string, time, type Static } from '../schema/schema.ts'

export const BoundObjectReference = message('io.k8s.api.authentication.v1.BoundObjectReference', '', {
  apiVersion: optional(2, string(), ''),
  kind: optional(1, string(), ''),
  uid: optional(0, string(), ''),
  name: optional(3, string(), ''),
})
export type BoundObjectReference = Static<typeof BoundObjectReference>

export const TokenRequestSpec = message('io.k8s.api.authentication.v1.TokenRequestSpec', '', {
  audiences: optional(1, list(string()), ''),
  boundObjectRef: optional(3, BoundObjectReference, ''),
  expirationSeconds: optional(4, int64(), ''),
})
export type TokenRequestSpec = Static<typeof TokenRequestSpec>

export const TokenRequestStatus = message('io.k8s.api.authentication.v1.TokenRequestStatus', '', {
  token: optional(1, string(), ''),
  expirationTimestamp: optional(2, time(), ''),
})
export type TokenRequestStatus = Static<typeof TokenRequestStatus>

export const TokenRequestSchema = message('io.k8s.api.authentication.v1.TokenRequest', '', {
  apiVersion: stored(0, string(), ''),
  kind: stored(0, string(), ''),
  metadata: embedded(1, ObjectMeta, ''),
  spec: embedded(2, TokenRequestSpec, ''),
  status: embedded(3, TokenRequestStatus, ''),
})
export type TokenRequest = Static<typeof TokenRequestSchema>

export const TokenRequest = defineKind(TokenRequestSchema, {
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'TokenRequest',
  plural: 'tokenrequests',
  namespaced: true,
  verbs: ['create'],
  columns: [nameColumn, ageColumn],
})
