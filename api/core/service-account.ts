import { ageColumn, nameColumn } from '../columns.ts'
import { defineKind } from '../kind.ts'
import { LocalObjectReference, ObjectReference } from './references.ts'
import { ObjectMeta } from '../meta.ts'
import { boolean, embedded, list, listMap, message, optional, stored, string, type Static } from '../schema/schema.ts'

export const ServiceAccountSchema = message('io.k8s.api.core.v1.ServiceAccount', '', {
  apiVersion: stored(0, string(), ''),
  kind: stored(0, string(), ''),
  metadata: embedded(1, ObjectMeta, ''),
  secrets: optional(2, listMap(ObjectReference, ['name']), ''),
  imagePullSecrets: optional(3, list(LocalObjectReference), ''),
  automountServiceAccountToken: optional(4, boolean(), ''),
})
export type ServiceAccount = Static<typeof ServiceAccountSchema>

export const ServiceAccount = defineKind(ServiceAccountSchema, {
  group: '',
  version: 'v1',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  shortNames: ['sa'],
  namespaced: true,
  subresources: { token: { type: 'action', kind: 'TokenRequest', group: 'authentication.k8s.io', version: 'v1', verbs: ['create'] } },
  columns: [nameColumn, ageColumn],
})
