import { PodTemplateSpec } from './pod-spec.ts'
import { warningsForPodTemplate } from './pod-warnings.ts'
import { validateReplicationController, validateReplicationControllerStatus } from './replication-controller-validation.ts'
import { templateColumns, withTemplateDefaults } from '../apps/pod-template.ts'
import { ageColumn, nameColumn } from '../columns.ts'
import { defineKind, scaleSubresource, statusSubresource } from '../kind.ts'
import { formatLabels } from '../label-selector.ts'
import { ObjectMeta } from '../meta.ts'
import { embedded, int32, int64, listMap, map, message, optional, required, stored, string, time, type Static } from '../schema/schema.ts'

export const ReplicationControllerSpec = message(
  'io.k8s.api.core.v1.ReplicationControllerSpec',
  'How many pods there should be, and which.',
  {
    replicas: optional(1, int32({ default: 1, presence: 'pointer' }), 'How many pods there should be.'),
    selector: optional(
      2,
      map(string(), { atomic: true }),
      'Labels of the pods that belong to it; those of the template unless told otherwise.',
    ),
    template: optional(3, PodTemplateSpec, 'What its pods look like.'),
    minReadySeconds: optional(4, int32(), 'Seconds a pod must have been ready before it counts as available.'),
  },
)
export type ReplicationControllerSpec = Static<typeof ReplicationControllerSpec>

export const ReplicationControllerCondition = message(
  'io.k8s.api.core.v1.ReplicationControllerCondition',
  'One aspect of the state of a replication controller.',
  {
    type: required(1, string(), 'Which aspect this is about.'),
    status: required(2, string(), 'True, False or Unknown.'),
    lastTransitionTime: optional(3, time(), 'When the status last changed.'),
    reason: optional(4, string(), 'A word for programs that says why.'),
    message: optional(5, string(), 'A sentence for people that says why.'),
  },
)
export type ReplicationControllerCondition = Static<typeof ReplicationControllerCondition>

export const ReplicationControllerStatus = message('io.k8s.api.core.v1.ReplicationControllerStatus', 'How many pods there are.', {
  replicas: required(1, int32(), 'How many there are.'),
  fullyLabeledReplicas: optional(2, int32(), 'How many have all labels of the template.'),
  observedGeneration: optional(3, int64(), 'Generation of the spec that this status is about.'),
  readyReplicas: optional(4, int32(), 'How many are ready.'),
  availableReplicas: optional(5, int32(), 'How many have been ready for minReadySeconds.'),
  conditions: optional(6, listMap(ReplicationControllerCondition, ['type']), 'Aspects of the state.'),
})
export type ReplicationControllerStatus = Static<typeof ReplicationControllerStatus>

export const ReplicationControllerSchema = message(
  'io.k8s.api.core.v1.ReplicationController',
  'Keeps a number of like pods running; replica sets and deployments have taken its place.',
  {
    apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
    kind: stored(0, string(), 'What the object is: ReplicationController.'),
    metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
    spec: embedded(2, ReplicationControllerSpec, 'How many pods there should be, and which.'),
    status: embedded(3, ReplicationControllerStatus, 'How many pods there are.'),
  },
)
export type ReplicationController = Static<typeof ReplicationControllerSchema>

export const ReplicationController = defineKind(ReplicationControllerSchema, {
  group: '',
  version: 'v1',
  kind: 'ReplicationController',
  plural: 'replicationcontrollers',
  shortNames: ['rc'],
  categories: ['all'],
  namespaced: true,
  generation: true,
  subresources: { status: statusSubresource, scale: scaleSubresource },
  selectableFields: { 'status.replicas': controller => String(controller.status.replicas) },
  applyDefaults: applyReplicationControllerDefaults,
  validate: validateReplicationController,
  validateStatusUpdate: validateReplicationControllerStatus,
  warnings: ({ spec }) => (spec.template ? warningsForPodTemplate(spec.template, 'spec.template') : []),
  columns: [
    nameColumn,
    { name: 'Desired', type: 'integer', description: 'Pods that there should be.', cell: ({ spec }) => spec.replicas ?? 0 },
    { name: 'Current', type: 'integer', description: 'Pods that there are.', cell: ({ status }) => status.replicas },
    { name: 'Ready', type: 'integer', description: 'Pods that are ready.', cell: ({ status }) => status.readyReplicas ?? 0 },
    ageColumn,
    ...templateColumns,
    {
      name: 'Selector',
      type: 'string',
      priority: 1,
      description: 'Which pods belong to it.',
      cell: ({ spec }) => formatLabels(spec.selector),
    },
  ],
})

/** The labels of the template stand in for a selector and for labels that were not given. */
function applyReplicationControllerDefaults(controller: ReplicationController): ReplicationController {
  const { metadata, spec } = controller
  if (!spec.template) return controller
  const template = withTemplateDefaults(spec.template)
  const { labels } = template.metadata
  const none = (given: Readonly<Record<string, string>> | undefined) => labels !== undefined && Object.keys(given ?? {}).length === 0
  return {
    ...controller,
    metadata: none(metadata.labels) ? { ...metadata, labels: { ...labels } } : metadata,
    spec: { ...spec, template, ...(none(spec.selector) ? { selector: { ...labels } } : {}) },
  }
}
