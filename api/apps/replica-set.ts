import { ageColumn, nameColumn } from '../columns.ts'
import { defineKind } from '../kind.ts'
import { PodTemplateSpec } from '../core/pod-spec.ts'
import { LabelSelector, ObjectMeta } from '../meta.ts'
import { embedded, int32, int64, listMap, message, optional, required, stored, string, time, type Static } from '../schema/schema.ts'

export const ReplicaSetSpec = message('io.k8s.api.apps.v1.ReplicaSetSpec', '', {
  replicas: optional(1, int32(), ''),
  selector: required(2, LabelSelector, ''),
  template: optional(3, PodTemplateSpec, ''),
  minReadySeconds: optional(4, int32(), ''),
})
export type ReplicaSetSpec = Static<typeof ReplicaSetSpec>

export const ReplicaSetCondition = message('io.k8s.api.apps.v1.ReplicaSetCondition', '', {
  type: required(1, string(), ''),
  status: required(2, string(), ''),
  lastTransitionTime: optional(3, time(), ''),
  reason: optional(4, string(), ''),
  message: optional(5, string(), ''),
})
export type ReplicaSetCondition = Static<typeof ReplicaSetCondition>

export const ReplicaSetStatus = message('io.k8s.api.apps.v1.ReplicaSetStatus', '', {
  replicas: required(1, int32(), ''),
  fullyLabeledReplicas: optional(2, int32(), ''),
  observedGeneration: optional(3, int64(), ''),
  readyReplicas: optional(4, int32(), ''),
  availableReplicas: optional(5, int32(), ''),
  conditions: optional(6, listMap(ReplicaSetCondition, ['type']), ''),
  terminatingReplicas: optional(7, int32(), ''),
})
export type ReplicaSetStatus = Static<typeof ReplicaSetStatus>

export const ReplicaSetSchema = message('io.k8s.api.apps.v1.ReplicaSet', '', {
  apiVersion: stored(0, string(), ''),
  kind: stored(0, string(), ''),
  metadata: embedded(1, ObjectMeta, ''),
  spec: embedded(2, ReplicaSetSpec, ''),
  status: embedded(3, ReplicaSetStatus, ''),
})
export type ReplicaSet = Static<typeof ReplicaSetSchema>

export const ReplicaSet = defineKind(ReplicaSetSchema, {
  group: 'apps',
  version: 'v1',
  kind: 'ReplicaSet',
  plural: 'replicasets',
  shortNames: ['rs'],
  categories: ['all'],
  namespaced: true,
  generation: true,
  subresources: {
    status: { type: 'status', verbs: ['get', 'patch', 'update'] },
    scale: { type: 'scale', kind: 'Scale', group: 'autoscaling', version: 'v1', verbs: ['get', 'patch', 'update'] },
  },
  columns: [nameColumn, ageColumn],
})
