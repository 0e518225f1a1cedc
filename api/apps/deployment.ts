import { ageColumn, nameColumn } from '../columns.ts'
import { defineKind } from '../kind.ts'
import { PodTemplateSpec } from '../core/pod-spec.ts'
import { LabelSelector, ObjectMeta } from '../meta.ts'
import {
  boolean,
  embedded,
  int32,
  int64,
  intOrString,
  listMap,
  message,
  optional,
  required,
  stored,
  string,
  time,
  type Static,
} from '../schema/schema.ts'

export const RollingUpdateDeployment = message('io.k8s.api.apps.v1.RollingUpdateDeployment', '', {
  maxUnavailable: optional(1, intOrString(), ''),
  maxSurge: optional(2, intOrString(), ''),
})
export type RollingUpdateDeployment = Static<typeof RollingUpdateDeployment>

export const DeploymentStrategy = message('io.k8s.api.apps.v1.DeploymentStrategy', '', {
  type: optional(1, string(), ''),
  rollingUpdate: optional(2, RollingUpdateDeployment, ''),
})
export type DeploymentStrategy = Static<typeof DeploymentStrategy>

export const DeploymentSpec = message('io.k8s.api.apps.v1.DeploymentSpec', '', {
  replicas: optional(1, int32(), ''),
  selector: required(2, LabelSelector, ''),
  template: required(3, PodTemplateSpec, ''),
  strategy: optional(4, DeploymentStrategy, ''),
  minReadySeconds: optional(5, int32(), ''),
  revisionHistoryLimit: optional(6, int32(), ''),
  paused: optional(7, boolean(), ''),
  progressDeadlineSeconds: optional(9, int32(), ''),
})
export type DeploymentSpec = Static<typeof DeploymentSpec>

export const DeploymentCondition = message('io.k8s.api.apps.v1.DeploymentCondition', '', {
  type: required(1, string(), ''),
  status: required(2, string(), ''),
  reason: optional(4, string(), ''),
  message: optional(5, string(), ''),
  lastUpdateTime: optional(6, time(), ''),
  lastTransitionTime: optional(7, time(), ''),
})
export type DeploymentCondition = Static<typeof DeploymentCondition>

export const DeploymentStatus = message('io.k8s.api.apps.v1.DeploymentStatus', '', {
  observedGeneration: optional(1, int64(), ''),
  replicas: optional(2, int32(), ''),
  updatedReplicas: optional(3, int32(), ''),
  availableReplicas: optional(4, int32(), ''),
  unavailableReplicas: optional(5, int32(), ''),
  conditions: optional(6, listMap(DeploymentCondition, ['type']), ''),
  readyReplicas: optional(7, int32(), ''),
  collisionCount: optional(8, int32(), ''),
  terminatingReplicas: optional(9, int32(), ''),
})
export type DeploymentStatus = Static<typeof DeploymentStatus>

export const DeploymentSchema = message('io.k8s.api.apps.v1.Deployment', '', {
  apiVersion: stored(0, string(), ''),
  kind: stored(0, string(), ''),
  metadata: embedded(1, ObjectMeta, ''),
  spec: embedded(2, DeploymentSpec, ''),
  status: embedded(3, DeploymentStatus, ''),
})
export type Deployment = Static<typeof DeploymentSchema>

export const Deployment = defineKind(DeploymentSchema, {
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  plural: 'deployments',
  shortNames: ['deploy'],
  categories: ['all'],
  namespaced: true,
  generation: true,
  subresources: {
    status: { type: 'status', verbs: ['get', 'patch', 'update'] },
    scale: { type: 'scale', kind: 'Scale', group: 'autoscaling', version: 'v1', verbs: ['get', 'patch', 'update'] },
  },
  columns: [nameColumn, ageColumn],
})
