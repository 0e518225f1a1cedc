import { validateDaemonSet, validateDaemonSetStatus, validateDaemonSetUpdate } from './daemon-set-validation.ts'
import { templateColumns, templateWarnings, withTemplateDefaults } from './pod-template.ts'
import { ageColumn, nameColumn } from '../columns.ts'
import { PodTemplateSpec } from '../core/pod-spec.ts'
import { defineKind, statusSubresource } from '../kind.ts'
import { formatLabels, formatLabelSelector } from '../label-selector.ts'
import { LabelSelector, ObjectMeta } from '../meta.ts'
import {
  embedded,
  int32,
  int64,
  intOrString,
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
import { isEqual } from '../../common/equal.ts'

export const RollingUpdateDaemonSet = message('io.k8s.api.apps.v1.RollingUpdateDaemonSet', 'How fast a rolling update may go.', {
  maxUnavailable: optional(
    1,
    intOrString({ presence: 'pointer' }),
    'On how many nodes the pod may be missing meanwhile, as a number or a percentage.',
  ),
  maxSurge: optional(
    2,
    intOrString({ presence: 'pointer' }),
    'On how many nodes a new pod may run beside the old one, as a number or a percentage.',
  ),
})
export type RollingUpdateDaemonSet = Static<typeof RollingUpdateDaemonSet>

export const DaemonSetUpdateStrategy = message('io.k8s.api.apps.v1.DaemonSetUpdateStrategy', 'How pods get a changed template.', {
  type: optional(
    1,
    oneOf(['OnDelete', 'RollingUpdate'], { default: 'RollingUpdate' }),
    'RollingUpdate replaces pods a few nodes at a time, OnDelete waits until somebody deletes them.',
  ),
  rollingUpdate: optional(2, RollingUpdateDaemonSet, 'How fast a rolling update may go.'),
})
export type DaemonSetUpdateStrategy = Static<typeof DaemonSetUpdateStrategy>

export const DaemonSetSpec = message('io.k8s.api.apps.v1.DaemonSetSpec', 'What runs on every node.', {
  selector: requiredPointer(1, LabelSelector, 'Which pods belong to it; must match the labels of the template and never changes.'),
  template: required(2, PodTemplateSpec, 'What its pods look like, and on which nodes they run.'),
  updateStrategy: embedded(3, DaemonSetUpdateStrategy, 'How pods get a changed template.'),
  minReadySeconds: optional(4, int32(), 'Seconds a pod must have been ready before it counts as available.'),
  revisionHistoryLimit: optional(6, int32({ default: 10, presence: 'pointer' }), 'How many old revisions are kept to roll back to.'),
})
export type DaemonSetSpec = Static<typeof DaemonSetSpec>

export const DaemonSetCondition = message('io.k8s.api.apps.v1.DaemonSetCondition', 'One aspect of the state of a daemon set.', {
  type: required(1, string(), 'Which aspect this is about.'),
  status: required(2, string(), 'True, False or Unknown.'),
  lastTransitionTime: optional(3, time(), 'When the status last changed.'),
  reason: optional(4, string(), 'A word for programs that says why.'),
  message: optional(5, string(), 'A sentence for people that says why.'),
})
export type DaemonSetCondition = Static<typeof DaemonSetCondition>

export const DaemonSetStatus = message('io.k8s.api.apps.v1.DaemonSetStatus', 'On how many nodes the pod runs.', {
  currentNumberScheduled: required(1, int32(), 'How many of the nodes that should run the pod do.'),
  numberMisscheduled: required(2, int32(), 'How many nodes run the pod though they should not.'),
  desiredNumberScheduled: required(3, int32(), 'How many nodes should run the pod.'),
  numberReady: required(4, int32(), 'How many nodes have a pod that is ready.'),
  observedGeneration: optional(5, int64(), 'Generation of the spec that this status is about.'),
  updatedNumberScheduled: optional(6, int32(), 'How many nodes run a pod with the current template.'),
  numberAvailable: optional(7, int32(), 'How many nodes have a pod that has been ready for minReadySeconds.'),
  numberUnavailable: optional(8, int32(), 'How many nodes that should have such a pod have none.'),
  collisionCount: optional(9, int32({ presence: 'pointer' }), 'How often a name for a new revision was taken.'),
  conditions: optional(10, listMap(DaemonSetCondition, ['type']), 'Aspects of the state.'),
})
export type DaemonSetStatus = Static<typeof DaemonSetStatus>

export const DaemonSetSchema = message('io.k8s.api.apps.v1.DaemonSet', 'Runs one like pod on every node, or on some.', {
  apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
  kind: stored(0, string(), 'What the object is: DaemonSet.'),
  metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
  spec: embedded(2, DaemonSetSpec, 'What runs on every node.'),
  status: embedded(3, DaemonSetStatus, 'On how many nodes the pod runs.'),
})
export type DaemonSet = Static<typeof DaemonSetSchema>

export const DaemonSet = defineKind(DaemonSetSchema, {
  group: 'apps',
  version: 'v1',
  kind: 'DaemonSet',
  plural: 'daemonsets',
  shortNames: ['ds'],
  categories: ['all'],
  namespaced: true,
  generation: true,
  subresources: { status: statusSubresource },
  applyDefaults: applyDaemonSetDefaults,
  prepareForCreate: set => withTemplateGeneration(set, 1),
  prepareForUpdate: (next, current) =>
    withTemplateGeneration(next, templateGenerationOf(current) + (isEqual(next.spec.template, current.spec.template) ? 0 : 1)),
  validate: validateDaemonSet,
  validateUpdate: validateDaemonSetUpdate,
  validateStatusUpdate: validateDaemonSetStatus,
  warnings: templateWarnings,
  columns: [
    nameColumn,
    { name: 'Desired', type: 'integer', description: 'Nodes that should run the pod.', cell: set => set.status.desiredNumberScheduled },
    { name: 'Current', type: 'integer', description: 'Nodes that run it.', cell: set => set.status.currentNumberScheduled },
    { name: 'Ready', type: 'integer', description: 'Nodes where it is ready.', cell: set => set.status.numberReady },
    {
      name: 'Up-to-date',
      type: 'integer',
      description: 'Nodes where it has the current template.',
      cell: set => set.status.updatedNumberScheduled ?? 0,
    },
    {
      name: 'Available',
      type: 'integer',
      description: 'Nodes where it has been ready for long enough.',
      cell: set => set.status.numberAvailable ?? 0,
    },
    {
      name: 'Node Selector',
      type: 'string',
      description: 'Labels of the nodes that run it.',
      cell: set => formatLabels(set.spec.template.spec.nodeSelector),
    },
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

/** Counts changes of the template, as old clients look for it. */
const templateGeneration = 'deprecated.daemonset.template.generation'
const templateGenerationOf = ({ metadata }: DaemonSet): number => Number(metadata.annotations?.[templateGeneration] ?? 0)
const withTemplateGeneration = (set: DaemonSet, generation: number): DaemonSet => ({
  ...set,
  metadata: { ...set.metadata, annotations: { ...set.metadata.annotations, [templateGeneration]: String(generation) } },
})

/** One node at a time, the old pod before the new one, unless told otherwise. */
function applyDaemonSetDefaults(set: DaemonSet): DaemonSet {
  const { updateStrategy, template } = set.spec
  const { maxUnavailable = 1, maxSurge = 0 } = updateStrategy.rollingUpdate ?? {}
  return {
    ...set,
    spec: {
      ...set.spec,
      template: withTemplateDefaults(template),
      updateStrategy:
        updateStrategy.type === 'RollingUpdate' ? { ...updateStrategy, rollingUpdate: { maxUnavailable, maxSurge } } : updateStrategy,
    },
  }
}
