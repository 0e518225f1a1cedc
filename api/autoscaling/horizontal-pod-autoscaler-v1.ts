import { fromV2, toV2 } from './autoscaler-conversion.ts'
import { autoscalerColumns } from './autoscaler-printer.ts'
import { validateAutoscaler, validateAutoscalerStatus } from './autoscaler-validation.ts'
import type { HorizontalPodAutoscaler as V2 } from './horizontal-pod-autoscaler.ts'
import { defineKind, statusSubresource } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import { atomicMessage, embedded, int32, int64, message, optional, required, stored, string, time, type Static } from '../schema/schema.ts'

export const CrossVersionObjectReference = atomicMessage(
  'io.k8s.api.autoscaling.v1.CrossVersionObjectReference',
  'Names an object in the same namespace.',
  {
    kind: required(1, string(), 'Kind of the object.'),
    name: required(2, string(), 'Name of the object.'),
    apiVersion: optional(3, string(), 'API version of the object.'),
  },
)
export type CrossVersionObjectReference = Static<typeof CrossVersionObjectReference>

export const HorizontalPodAutoscalerSpec = message(
  'io.k8s.api.autoscaling.v1.HorizontalPodAutoscalerSpec',
  'What to scale, and between which limits.',
  {
    scaleTargetRef: required(1, CrossVersionObjectReference, 'What to scale; it must have the scale subresource.'),
    minReplicas: optional(2, int32({ default: 1, presence: 'pointer' }), 'The fewest pods.'),
    maxReplicas: required(3, int32(), 'The most pods.'),
    targetCPUUtilizationPercentage: optional(
      4,
      int32({ presence: 'pointer' }),
      'How much of the processor time that they requested pods should use, in percent.',
    ),
  },
)
export type HorizontalPodAutoscalerSpec = Static<typeof HorizontalPodAutoscalerSpec>

export const HorizontalPodAutoscalerStatus = message(
  'io.k8s.api.autoscaling.v1.HorizontalPodAutoscalerStatus',
  'What the autoscaler sees and wants.',
  {
    observedGeneration: optional(1, int64({ presence: 'pointer' }), 'Generation of the spec that this status is about.'),
    lastScaleTime: optional(2, time(), 'When it last changed the number of pods.'),
    currentReplicas: required(3, int32(), 'How many pods there are.'),
    desiredReplicas: required(4, int32(), 'How many pods it wants.'),
    currentCPUUtilizationPercentage: optional(
      5,
      int32({ presence: 'pointer' }),
      'How much of the processor time that they requested pods use, in percent.',
    ),
  },
)
export type HorizontalPodAutoscalerStatus = Static<typeof HorizontalPodAutoscalerStatus>

export const HorizontalPodAutoscalerSchema = message(
  'io.k8s.api.autoscaling.v1.HorizontalPodAutoscaler',
  'Changes the number of pods so that they use their processor time well.',
  {
    apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
    kind: stored(0, string(), 'What the object is: HorizontalPodAutoscaler.'),
    metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
    spec: required(2, HorizontalPodAutoscalerSpec, 'What to scale, and between which limits.'),
    status: embedded(3, HorizontalPodAutoscalerStatus, 'What it sees and wants.'),
  },
)
export type HorizontalPodAutoscaler = Static<typeof HorizontalPodAutoscalerSchema>

/** The older version of the same objects: what it has no fields for is in annotations. */
export const HorizontalPodAutoscaler = defineKind(HorizontalPodAutoscalerSchema, {
  group: 'autoscaling',
  version: 'v1',
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
  shortNames: ['hpa'],
  categories: ['all'],
  namespaced: true,
  subresources: { status: statusSubresource },
  storedAs: { group: 'autoscaling', plural: 'horizontalpodautoscalers', toStored: toV2, fromStored: object => fromV2(object as V2) },
  validate: autoscaler => validateAutoscaler(toV2(autoscaler)),
  validateStatusUpdate: autoscaler => validateAutoscalerStatus(toV2(autoscaler)),
  columns: autoscalerColumns.map(column => ({ ...column, cell: (autoscaler, now) => column.cell(toV2(autoscaler), now) })),
})
