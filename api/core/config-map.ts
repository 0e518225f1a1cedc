import { ageColumn, nameColumn } from '../columns.ts'
import { defineKind } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import { boolean, bytes, embedded, map, message, optional, stored, string, type Static } from '../schema/schema.ts'

export const ConfigMapSchema = message('io.k8s.api.core.v1.ConfigMap', '', {
  apiVersion: stored(0, string(), ''),
  kind: stored(0, string(), ''),
  metadata: embedded(1, ObjectMeta, ''),
  data: optional(2, map(string()), ''),
  binaryData: optional(3, map(bytes()), ''),
  immutable: optional(4, boolean(), ''),
})
export type ConfigMap = Static<typeof ConfigMapSchema>

export const ConfigMap = defineKind(ConfigMapSchema, {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  shortNames: ['cm'],
  namespaced: true,
  columns: [nameColumn, ageColumn],
})
