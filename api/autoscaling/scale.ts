import { ageColumn, nameColumn } from '../columns.ts'
import { defineKind } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import { embedded, int32, message, optional, required, stored, string, type Static } from '../schema/schema.ts'

export const ScaleSpec = message('io.k8s.api.autoscaling.v1.ScaleSpec', '', {
  replicas: optional(1, int32(), ''),
})
export type ScaleSpec = Static<typeof ScaleSpec>

export const ScaleStatus = message('io.k8s.api.autoscaling.v1.ScaleStatus', '', {
  replicas: required(1, int32(), ''),
  selector: optional(2, string(), ''),
})
export type ScaleStatus = Static<typeof ScaleStatus>

export const ScaleSchema = message('io.k8s.api.autoscaling.v1.Scale', '', {
  apiVersion: stored(0, string(), ''),
  kind: stored(0, string(), ''),
  metadata: embedded(1, ObjectMeta, ''),
  spec: embedded(2, ScaleSpec, ''),
  status: embedded(3, ScaleStatus, ''),
})
export type Scale = Static<typeof ScaleSchema>

export const Scale = defineKind(ScaleSchema, {
  group: 'autoscaling',
  version: 'v1',
  kind: 'Scale',
  plural: 'scales',
  namespaced: true,
  verbs: ['get', 'patch', 'update'],
  columns: [nameColumn, ageColumn],
})
