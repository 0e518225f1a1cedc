import { withAutoscalerDefaults } from './autoscaler-defaults.ts'
import { autoscalerColumns } from './autoscaler-printer.ts'
import { validateAutoscaler, validateAutoscalerStatus } from './autoscaler-validation.ts'
import { CrossVersionObjectReference, MetricSpec, MetricStatus } from './metrics.ts'
import { defineKind, statusSubresource } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import {
  embedded,
  int32,
  int64,
  list,
  listMap,
  message,
  optional,
  quantity,
  required,
  stored,
  string,
  time,
  type Static,
} from '../schema/schema.ts'

export const HPAScalingPolicy = message('io.k8s.api.autoscaling.v2.HPAScalingPolicy', 'How much may change within a time.', {
  type: required(1, string(), 'What is counted: Pods or Percent.'),
  value: required(2, int32(), 'How much.'),
  periodSeconds: required(3, int32(), 'Within how many seconds.'),
})
export type HPAScalingPolicy = Static<typeof HPAScalingPolicy>

export const HPAScalingRules = message('io.k8s.api.autoscaling.v2.HPAScalingRules', 'How scaling goes in one direction.', {
  selectPolicy: optional(1, string({ presence: 'pointer' }), 'Which policy counts: Max, Min, or Disabled for no scaling.'),
  policies: optional(2, list(HPAScalingPolicy), 'How much may change within a time.'),
  stabilizationWindowSeconds: optional(3, int32({ presence: 'pointer' }), 'For how many seconds past wishes are taken into account.'),
  tolerance: optional(4, quantity({ presence: 'pointer' }), 'How far a metric may be off before anything changes, such as 0.1.'),
})
export type HPAScalingRules = Static<typeof HPAScalingRules>

export const HorizontalPodAutoscalerBehavior = message('io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerBehavior', 'How scaling goes.', {
  scaleUp: optional(1, HPAScalingRules, 'How it goes up.'),
  scaleDown: optional(2, HPAScalingRules, 'How it goes down.'),
})
export type HorizontalPodAutoscalerBehavior = Static<typeof HorizontalPodAutoscalerBehavior>

export const HorizontalPodAutoscalerSpec = message(
  'io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerSpec',
  'What to scale, between which limits, and by what.',
  {
    scaleTargetRef: required(1, CrossVersionObjectReference, 'What to scale; it must have the scale subresource.'),
    minReplicas: optional(2, int32({ default: 1, presence: 'pointer' }), 'The fewest pods.'),
    maxReplicas: required(3, int32(), 'The most pods.'),
    metrics: optional(4, list(MetricSpec), 'The metrics to scale by; the one that wants most pods counts.'),
    behavior: optional(5, HorizontalPodAutoscalerBehavior, 'How scaling goes in each direction.'),
  },
)
export type HorizontalPodAutoscalerSpec = Static<typeof HorizontalPodAutoscalerSpec>

export const HorizontalPodAutoscalerCondition = message(
  'io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerCondition',
  'One aspect of the state of an autoscaler.',
  {
    type: required(1, string(), 'Which aspect this is about.'),
    status: required(2, string(), 'True, False or Unknown.'),
    lastTransitionTime: optional(3, time(), 'When the status last changed.'),
    reason: optional(4, string(), 'A word for programs that says why.'),
    message: optional(5, string(), 'A sentence for people that says why.'),
  },
)
export type HorizontalPodAutoscalerCondition = Static<typeof HorizontalPodAutoscalerCondition>

export const HorizontalPodAutoscalerStatus = message(
  'io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerStatus',
  'What the autoscaler sees and wants.',
  {
    observedGeneration: optional(1, int64({ presence: 'pointer' }), 'Generation of the spec that this status is about.'),
    lastScaleTime: optional(2, time(), 'When it last changed the number of pods.'),
    currentReplicas: optional(3, int32(), 'How many pods there are.'),
    desiredReplicas: required(4, int32(), 'How many pods it wants.'),
    currentMetrics: optional(5, list(MetricStatus), 'The values of the metrics.'),
    conditions: optional(
      6,
      listMap(HorizontalPodAutoscalerCondition, ['type']),
      'Aspects of the state: AbleToScale, ScalingActive, ScalingLimited.',
    ),
  },
)
export type HorizontalPodAutoscalerStatus = Static<typeof HorizontalPodAutoscalerStatus>

export const HorizontalPodAutoscalerSchema = message(
  'io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler',
  'Changes the number of pods so that metrics have certain values.',
  {
    apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
    kind: stored(0, string(), 'What the object is: HorizontalPodAutoscaler.'),
    metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
    spec: required(2, HorizontalPodAutoscalerSpec, 'What to scale, between which limits, and by what.'),
    status: embedded(3, HorizontalPodAutoscalerStatus, 'What it sees and wants.'),
  },
)
export type HorizontalPodAutoscaler = Static<typeof HorizontalPodAutoscalerSchema>

export const HorizontalPodAutoscaler = defineKind(HorizontalPodAutoscalerSchema, {
  group: 'autoscaling',
  version: 'v2',
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
  shortNames: ['hpa'],
  categories: ['all'],
  namespaced: true,
  subresources: { status: statusSubresource },
  applyDefaults: withAutoscalerDefaults,
  validate: validateAutoscaler,
  validateStatusUpdate: validateAutoscalerStatus,
  columns: autoscalerColumns,
})
