import { validateReplicaSet, validateReplicaSetStatus, validateReplicaSetUpdate } from './replica-set-validation.ts'
import { templateColumns, templateWarnings, withTemplateDefaults } from './pod-template.ts'
import { ageColumn, nameColumn } from '../columns.ts'
import { defineKind } from '../kind.ts'
import { PodTemplateSpec } from '../core/pod-spec.ts'
import { formatLabelSelector } from '../label-selector.ts'
import { LabelSelector, ObjectMeta } from '../meta.ts'
import { dns1123SubdomainErrors, nameCheck } from '../names.ts'
import {
  embedded,
  int32,
  int64,
  listMap,
  message,
  optional,
  required,
  requiredPointer,
  stored,
  string,
  time,
  type Static,
} from '../schema/schema.ts'

export const ReplicaSetSpec = message('io.k8s.api.apps.v1.ReplicaSetSpec', 'How many pods there should be, and which.', {
  replicas: optional(1, int32({ default: 1, presence: 'pointer' }), 'How many pods there should be.'),
  selector: requiredPointer(2, LabelSelector, 'Which pods belong to it; must match the labels of the template.'),
  template: embedded(3, PodTemplateSpec, 'What its pods look like.'),
  minReadySeconds: optional(4, int32(), 'Seconds a pod must have been ready before it counts as available.'),
})
export type ReplicaSetSpec = Static<typeof ReplicaSetSpec>

export const ReplicaSetCondition = message('io.k8s.api.apps.v1.ReplicaSetCondition', 'One aspect of the state of a replica set.', {
  type: required(1, string(), 'Which aspect this is about.'),
  status: required(2, string(), 'True, False or Unknown.'),
  lastTransitionTime: optional(3, time(), 'When the status last changed.'),
  reason: optional(4, string(), 'A word for programs that says why.'),
  message: optional(5, string(), 'A sentence for people that says why.'),
})
export type ReplicaSetCondition = Static<typeof ReplicaSetCondition>

export const ReplicaSetStatus = message('io.k8s.api.apps.v1.ReplicaSetStatus', 'How many pods there are.', {
  replicas: required(1, int32(), 'How many there are.'),
  fullyLabeledReplicas: optional(2, int32(), 'How many have all labels of the template.'),
  observedGeneration: optional(3, int64(), 'Generation of the spec that this status is about.'),
  readyReplicas: optional(4, int32(), 'How many are ready.'),
  availableReplicas: optional(5, int32(), 'How many have been ready for minReadySeconds.'),
  conditions: optional(6, listMap(ReplicaSetCondition, ['type']), 'Aspects of the state.'),
  terminatingReplicas: optional(7, int32({ presence: 'pointer' }), 'How many are ending.'),
})
export type ReplicaSetStatus = Static<typeof ReplicaSetStatus>

export const ReplicaSetSchema = message(
  'io.k8s.api.apps.v1.ReplicaSet',
  'Keeps a number of like pods running; Deployments make and manage them.',
  {
    apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
    kind: stored(0, string(), 'What the object is: ReplicaSet.'),
    metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
    spec: embedded(2, ReplicaSetSpec, 'How many pods there should be, and which.'),
    status: embedded(3, ReplicaSetStatus, 'How many pods there are.'),
  },
)
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
  selectableFields: { 'status.replicas': set => String(set.status.replicas) },
  validateName: nameCheck(dns1123SubdomainErrors),
  applyDefaults: set => ({ ...set, spec: { ...set.spec, template: withTemplateDefaults(set.spec.template) } }),
  prepareForCreate: set => ({ ...set, status: { replicas: 0 } }),
  prepareForUpdate: (next, current) => ({ ...next, status: current.status }),
  validate: validateReplicaSet,
  validateUpdate: validateReplicaSetUpdate,
  validateStatusUpdate: validateReplicaSetStatus,
  warnings: templateWarnings,
  columns: [
    nameColumn,
    { name: 'Desired', type: 'integer', description: 'Pods that there should be.', cell: set => set.spec.replicas ?? 0 },
    { name: 'Current', type: 'integer', description: 'Pods that there are.', cell: set => set.status.replicas },
    { name: 'Ready', type: 'integer', description: 'Pods that are ready.', cell: set => set.status.readyReplicas ?? 0 },
    ageColumn,
    ...templateColumns,
    {
      name: 'Selector',
      type: 'string',
      priority: 1,
      description: 'Which pods belong to it.',
      cell: set => formatLabelSelector(set.spec.selector),
    },
  ],
})
