import { templateColumns, templateWarnings, withTemplateDefaults } from './pod-template.ts'
import { validateStatefulSet, validateStatefulSetStatus, validateStatefulSetUpdate } from './stateful-set-validation.ts'
import { ageColumn, nameColumn } from '../columns.ts'
import { PersistentVolumeClaimSchema, withClaimDefaults } from '../core/persistent-volume-claim.ts'
import { PodTemplateSpec } from '../core/pod-spec.ts'
import { defineKind, scaleSubresource, statusSubresource } from '../kind.ts'
import { LabelSelector, ObjectMeta } from '../meta.ts'
import {
  embedded,
  int32,
  int64,
  intOrString,
  list,
  listMap,
  message,
  oneOf,
  optional,
  required,
  requiredPointer,
  stored,
  string,
  time,
  type Static,
} from '../schema/schema.ts'

export const RollingUpdateStatefulSetStrategy = message(
  'io.k8s.api.apps.v1.RollingUpdateStatefulSetStrategy',
  'How a rolling update goes.',
  {
    partition: optional(1, int32({ presence: 'pointer' }), 'Pods with a lower number than this keep their old template.'),
    maxUnavailable: optional(
      2,
      intOrString({ presence: 'pointer' }),
      'How many pods may be missing meanwhile, as a number or a percentage.',
    ),
  },
)
export type RollingUpdateStatefulSetStrategy = Static<typeof RollingUpdateStatefulSetStrategy>

export const StatefulSetUpdateStrategy = message('io.k8s.api.apps.v1.StatefulSetUpdateStrategy', 'How pods get a changed template.', {
  type: optional(
    1,
    oneOf(['OnDelete', 'RollingUpdate'], { default: 'RollingUpdate' }),
    'RollingUpdate replaces pods one by one, OnDelete waits until somebody deletes them.',
  ),
  rollingUpdate: optional(2, RollingUpdateStatefulSetStrategy, 'How a rolling update goes.'),
})
export type StatefulSetUpdateStrategy = Static<typeof StatefulSetUpdateStrategy>

export const StatefulSetOrdinals = message('io.k8s.api.apps.v1.StatefulSetOrdinals', 'How pods are numbered.', {
  start: embedded(1, int32(), 'The number of the first pod.'),
})
export type StatefulSetOrdinals = Static<typeof StatefulSetOrdinals>

export const StatefulSetPersistentVolumeClaimRetentionPolicy = message(
  'io.k8s.api.apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy',
  'What becomes of the claims of pods that are no longer wanted.',
  {
    whenDeleted: optional(1, oneOf(['Delete', 'Retain'], { default: 'Retain' }), 'What happens to them when the set is deleted.'),
    whenScaled: optional(2, oneOf(['Delete', 'Retain'], { default: 'Retain' }), 'What happens to them when the set becomes smaller.'),
  },
)
export type StatefulSetPersistentVolumeClaimRetentionPolicy = Static<typeof StatefulSetPersistentVolumeClaimRetentionPolicy>

export const StatefulSetSpec = message(
  'io.k8s.api.apps.v1.StatefulSetSpec',
  'How many pods there should be, what they look like, and what storage each has.',
  {
    replicas: optional(1, int32({ default: 1, presence: 'pointer' }), 'How many pods there should be.'),
    selector: requiredPointer(2, LabelSelector, 'Which pods belong to it; must match the labels of the template and never changes.'),
    template: required(3, PodTemplateSpec, 'What its pods look like; each is named after the set, a dash and its number.'),
    volumeClaimTemplates: optional(
      4,
      list(PersistentVolumeClaimSchema),
      'Claims that every pod gets for itself and finds again when it is replaced.',
    ),
    serviceName: optional(5, string(), 'The service that gives each pod a name in DNS.'),
    podManagementPolicy: optional(
      6,
      oneOf(['OrderedReady', 'Parallel'], { default: 'OrderedReady' }),
      'OrderedReady starts and ends pods one after the other, Parallel all at once.',
    ),
    updateStrategy: embedded(7, StatefulSetUpdateStrategy, 'How pods get a changed template.'),
    revisionHistoryLimit: optional(8, int32({ default: 10, presence: 'pointer' }), 'How many old revisions are kept to roll back to.'),
    minReadySeconds: optional(9, int32(), 'Seconds a pod must have been ready before it counts as available.'),
    persistentVolumeClaimRetentionPolicy: optional(
      10,
      StatefulSetPersistentVolumeClaimRetentionPolicy,
      'What becomes of the claims of pods that are no longer wanted; they are kept by default.',
    ),
    ordinals: optional(11, StatefulSetOrdinals, 'How pods are numbered; from 0 by default.'),
  },
)
export type StatefulSetSpec = Static<typeof StatefulSetSpec>

export const StatefulSetCondition = message('io.k8s.api.apps.v1.StatefulSetCondition', 'One aspect of the state of a stateful set.', {
  type: required(1, string(), 'Which aspect this is about.'),
  status: required(2, string(), 'True, False or Unknown.'),
  lastTransitionTime: optional(3, time(), 'When the status last changed.'),
  reason: optional(4, string(), 'A word for programs that says why.'),
  message: optional(5, string(), 'A sentence for people that says why.'),
})
export type StatefulSetCondition = Static<typeof StatefulSetCondition>

export const StatefulSetStatus = message('io.k8s.api.apps.v1.StatefulSetStatus', 'How many pods there are and how an update goes.', {
  observedGeneration: optional(1, int64(), 'Generation of the spec that this status is about.'),
  replicas: required(2, int32(), 'How many pods there are.'),
  readyReplicas: optional(3, int32(), 'How many are ready.'),
  currentReplicas: optional(4, int32(), 'How many have the template of currentRevision.'),
  updatedReplicas: optional(5, int32(), 'How many have the template of updateRevision.'),
  currentRevision: optional(6, string(), 'Revision of the pods that have not been updated yet.'),
  updateRevision: optional(7, string(), 'Revision that pods are updated to.'),
  collisionCount: optional(9, int32({ presence: 'pointer' }), 'How often a name for a new revision was taken.'),
  conditions: optional(10, listMap(StatefulSetCondition, ['type']), 'Aspects of the state.'),
  availableReplicas: embedded(11, int32(), 'How many have been ready for minReadySeconds.'),
})
export type StatefulSetStatus = Static<typeof StatefulSetStatus>

export const StatefulSetSchema = message(
  'io.k8s.api.apps.v1.StatefulSet',
  'Keeps a number of pods running that each have a name and storage of their own.',
  {
    apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
    kind: stored(0, string(), 'What the object is: StatefulSet.'),
    metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
    spec: embedded(2, StatefulSetSpec, 'How many pods there should be, what they look like, and what storage each has.'),
    status: embedded(3, StatefulSetStatus, 'How many pods there are and how an update goes.'),
  },
)
export type StatefulSet = Static<typeof StatefulSetSchema>

export const StatefulSet = defineKind(StatefulSetSchema, {
  group: 'apps',
  version: 'v1',
  kind: 'StatefulSet',
  plural: 'statefulsets',
  shortNames: ['sts'],
  categories: ['all'],
  namespaced: true,
  generation: true,
  subresources: { status: statusSubresource, scale: scaleSubresource },
  applyDefaults: applyStatefulSetDefaults,
  validate: validateStatefulSet,
  validateUpdate: validateStatefulSetUpdate,
  validateStatusUpdate: validateStatefulSetStatus,
  warnings: templateWarnings,
  columns: [
    nameColumn,
    {
      name: 'Ready',
      type: 'string',
      description: 'Pods that are ready, of those that there should be.',
      cell: ({ spec, status }) => `${status.readyReplicas ?? 0}/${spec.replicas ?? 0}`,
    },
    ageColumn,
    ...templateColumns,
  ],
})

/** Updates begin at the highest number and end at 0 unless told otherwise. */
function applyStatefulSetDefaults(set: StatefulSet): StatefulSet {
  const { updateStrategy, template, volumeClaimTemplates, persistentVolumeClaimRetentionPolicy: policy } = set.spec
  const { rollingUpdate } = updateStrategy
  const claims = volumeClaimTemplates?.map(claim => withClaimDefaults({ ...claim, apiVersion: 'v1', kind: 'PersistentVolumeClaim' }))
  return {
    ...set,
    spec: {
      ...set.spec,
      template: withTemplateDefaults(template),
      ...(claims ? { volumeClaimTemplates: claims } : {}),
      updateStrategy:
        updateStrategy.type === 'RollingUpdate'
          ? { ...updateStrategy, rollingUpdate: { ...rollingUpdate, partition: rollingUpdate?.partition ?? 0 } }
          : updateStrategy,
      persistentVolumeClaimRetentionPolicy: policy ?? { whenDeleted: 'Retain', whenScaled: 'Retain' },
    },
  }
}
