import { validateDeployment, validateDeploymentStatus, validateDeploymentUpdate } from './deployment-validation.ts'
import { templateColumns, templateWarnings, withTemplateDefaults } from './pod-template.ts'
import { ageColumn, nameColumn } from '../columns.ts'
import { defineKind } from '../kind.ts'
import { PodTemplateSpec } from '../core/pod-spec.ts'
import { formatSelector, selectorFromObject } from '../label-selector.ts'
import { LabelSelector, ObjectMeta } from '../meta.ts'
import { dns1123SubdomainErrors, nameCheck } from '../names.ts'
import {
  boolean,
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

export const RollingUpdateDeployment = message('io.k8s.api.apps.v1.RollingUpdateDeployment', 'How fast a rolling update may go.', {
  maxUnavailable: optional(
    1,
    intOrString({ presence: 'pointer' }),
    'How many of the wanted pods may be missing meanwhile, as a number or a percentage.',
  ),
  maxSurge: optional(
    2,
    intOrString({ presence: 'pointer' }),
    'How many pods there may be beyond the wanted ones, as a number or a percentage.',
  ),
})
export type RollingUpdateDeployment = Static<typeof RollingUpdateDeployment>

export const DeploymentStrategy = message('io.k8s.api.apps.v1.DeploymentStrategy', 'How pods are replaced by new ones.', {
  type: optional(
    1,
    oneOf(['Recreate', 'RollingUpdate'], { default: 'RollingUpdate' }),
    'RollingUpdate replaces a few at a time, Recreate ends all before it starts new ones.',
  ),
  rollingUpdate: optional(2, RollingUpdateDeployment, 'How fast a rolling update may go.'),
})
export type DeploymentStrategy = Static<typeof DeploymentStrategy>

export const DeploymentSpec = message(
  'io.k8s.api.apps.v1.DeploymentSpec',
  'How many pods there should be, which, and how they are replaced.',
  {
    replicas: optional(1, int32({ default: 1, presence: 'pointer' }), 'How many pods there should be.'),
    selector: requiredPointer(2, LabelSelector, 'Which pods belong to it; must match the labels of the template and never changes.'),
    template: required(3, PodTemplateSpec, 'What its pods look like; a change starts a rollout.'),
    strategy: embedded(4, { ...DeploymentStrategy, 'x-kubernetes-patch-strategy': 'retainKeys' }, 'How pods are replaced by new ones.'),
    minReadySeconds: optional(5, int32(), 'Seconds a pod must have been ready before it counts as available.'),
    revisionHistoryLimit: optional(6, int32({ default: 10, presence: 'pointer' }), 'How many old replica sets are kept to roll back to.'),
    paused: optional(7, boolean(), 'When true changes of the template wait.'),
    progressDeadlineSeconds: optional(
      9,
      int32({ default: 600, presence: 'pointer' }),
      'Seconds without progress after which a rollout counts as failed.',
    ),
  },
)
export type DeploymentSpec = Static<typeof DeploymentSpec>

export const DeploymentCondition = message('io.k8s.api.apps.v1.DeploymentCondition', 'One aspect of the state of a deployment.', {
  type: required(1, string(), 'Which aspect this is about.'),
  status: required(2, string(), 'True, False or Unknown.'),
  reason: optional(4, string(), 'A word for programs that says why.'),
  message: optional(5, string(), 'A sentence for people that says why.'),
  lastUpdateTime: optional(6, time(), 'When this was last confirmed.'),
  lastTransitionTime: optional(7, time(), 'When the status last changed.'),
})
export type DeploymentCondition = Static<typeof DeploymentCondition>

export const DeploymentStatus = message('io.k8s.api.apps.v1.DeploymentStatus', 'How many pods there are and how a rollout goes.', {
  observedGeneration: optional(1, int64(), 'Generation of the spec that this status is about.'),
  replicas: optional(2, int32(), 'How many pods there are.'),
  updatedReplicas: optional(3, int32(), 'How many have the current template.'),
  availableReplicas: optional(4, int32(), 'How many have been ready for minReadySeconds.'),
  unavailableReplicas: optional(5, int32(), 'How many are still missing.'),
  conditions: optional(6, listMap(DeploymentCondition, ['type']), 'Aspects of the state: Available, Progressing, ReplicaFailure.'),
  readyReplicas: optional(7, int32(), 'How many are ready.'),
  collisionCount: optional(8, int32({ presence: 'pointer' }), 'How often a name for a new replica set was taken.'),
  terminatingReplicas: optional(9, int32({ presence: 'pointer' }), 'How many are ending.'),
})
export type DeploymentStatus = Static<typeof DeploymentStatus>

export const DeploymentSchema = message(
  'io.k8s.api.apps.v1.Deployment',
  'Keeps a number of like pods running and replaces them in steps when their template changes.',
  {
    apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
    kind: stored(0, string(), 'What the object is: Deployment.'),
    metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
    spec: embedded(2, DeploymentSpec, 'How many pods there should be, which, and how they are replaced.'),
    status: embedded(3, DeploymentStatus, 'How many pods there are and how a rollout goes.'),
  },
)
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
  statusKeeps: 'labels',
  subresources: {
    status: { type: 'status', verbs: ['get', 'patch', 'update'] },
    scale: { type: 'scale', kind: 'Scale', group: 'autoscaling', version: 'v1', verbs: ['get', 'patch', 'update'] },
  },
  validateName: nameCheck(dns1123SubdomainErrors),
  applyDefaults: applyDeploymentDefaults,
  prepareForCreate: deployment => ({ ...deployment, status: {} }),
  prepareForUpdate: (next, current) => ({ ...next, status: current.status }),
  validate: validateDeployment,
  validateUpdate: validateDeploymentUpdate,
  validateStatusUpdate: validateDeploymentStatus,
  warnings: templateWarnings,
  columns: [
    nameColumn,
    {
      name: 'Ready',
      type: 'string',
      description: 'Pods that are ready, of those that there should be.',
      cell: ({ spec, status }) => `${status.readyReplicas ?? 0}/${spec.replicas ?? 0}`,
    },
    {
      name: 'Up-to-date',
      type: 'string',
      description: 'Pods with the current template.',
      cell: deployment => deployment.status.updatedReplicas ?? 0,
    },
    {
      name: 'Available',
      type: 'string',
      description: 'Pods that have been ready for long enough.',
      cell: deployment => deployment.status.availableReplicas ?? 0,
    },
    ageColumn,
    ...templateColumns,
    {
      name: 'Selector',
      type: 'string',
      priority: 1,
      description: 'Which pods belong to it.',
      cell: deployment => formatSelector(selectorFromObject(deployment.spec.selector)),
    },
  ],
})

/** A rolling update replaces a quarter at a time unless told otherwise. */
function applyDeploymentDefaults(deployment: Deployment): Deployment {
  const { strategy, template } = deployment.spec
  const rollingUpdate = { ...strategy.rollingUpdate }
  rollingUpdate.maxUnavailable ??= '25%'
  rollingUpdate.maxSurge ??= '25%'
  return {
    ...deployment,
    spec: {
      ...deployment.spec,
      template: withTemplateDefaults(template),
      strategy: strategy.type === 'RollingUpdate' ? { ...strategy, rollingUpdate } : strategy,
    },
  }
}
