import { ageColumn, nameColumn } from '../columns.ts'
import { defineKind } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import { boolean, bytes, embedded, map, message, optional, stored, string, type Static } from '../schema/schema.ts'

export const SecretSchema = message('io.k8s.api.core.v1.Secret', '', {
  apiVersion: stored(0, string(), ''),
  kind: stored(0, string(), ''),
  metadata: embedded(1, ObjectMeta, ''),
  data: optional(2, map(bytes()), ''),
  type: optional(3, string(), ''),
  stringData: optional(4, map(string()), ''),
  immutable: optional(5, boolean(), ''),
})
export type Secret = Static<typeof SecretSchema>

export const Secret = defineKind(SecretSchema, {
  group: '',
  version: 'v1',
  kind: 'Secret',
  plural: 'secrets',
  namespaced: true,
  columns: [nameColumn, ageColumn],
})
