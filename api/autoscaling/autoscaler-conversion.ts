import { withAutoscalerDefaults } from './autoscaler-defaults.ts'
import { metricFromV1, metricToV1, statusFromV1, statusToV1 } from './metric-conversion.ts'
import type { HorizontalPodAutoscaler as V1 } from './horizontal-pod-autoscaler-v1.ts'
import type { HorizontalPodAutoscaler as V2 } from './horizontal-pod-autoscaler.ts'
import type { MetricSpec, MetricStatus } from './metrics.ts'
import { parseJson } from '../schema/json-text.ts'

const annotations = {
  metrics: 'autoscaling.alpha.kubernetes.io/metrics',
  current: 'autoscaling.alpha.kubernetes.io/current-metrics',
  conditions: 'autoscaling.alpha.kubernetes.io/conditions',
  behavior: 'autoscaling.alpha.kubernetes.io/behavior',
} as const

const isCpu = ({ resource }: MetricSpec): boolean => resource?.name === 'cpu' && resource.target.averageUtilization !== undefined
const isCpuStatus = ({ resource }: MetricStatus): boolean => resource?.name === 'cpu' && resource.current.averageUtilization !== undefined

/** What an annotation holds; nothing when somebody has broken it. */
function read<T>(object: V1, name: string): T | undefined {
  const text = object.metadata.annotations?.[name]
  return text === undefined ? undefined : (parseJson(text) as T)
}

function withoutAnnotations<M extends V1['metadata']>(metadata: M): M {
  const names: readonly string[] = Object.values(annotations)
  const { annotations: given, ...rest } = metadata
  const kept = Object.entries(given ?? {}).filter(([name]) => !names.includes(name))
  return (kept.length > 0 ? { ...rest, annotations: Object.fromEntries(kept) } : rest) as M
}

/** The stored form; what version 1 keeps in annotations becomes fields. */
export function toV2(object: V1): V2 {
  const { scaleTargetRef, minReplicas, maxReplicas, targetCPUUtilizationPercentage: target } = object.spec
  const { currentCPUUtilizationPercentage: percentage, ...status } = object.status
  const others = (read<Record<string, unknown>[]>(object, annotations.metrics) ?? []).map(metricFromV1)
  const cpu = target === undefined ? [] : [cpuMetric({ type: 'Utilization', averageUtilization: target })]
  const cpuStatus =
    percentage === undefined ? [] : [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: percentage } } }]
  const current = [...cpuStatus, ...(read<Record<string, unknown>[]>(object, annotations.current) ?? []).map(statusFromV1)]
  const behavior = read<V2['spec']['behavior']>(object, annotations.behavior)
  const conditions = read<NonNullable<V2['status']['conditions']>>(object, annotations.conditions)
  return withAutoscalerDefaults({
    ...object,
    apiVersion: 'autoscaling/v2',
    metadata: withoutAnnotations(object.metadata),
    spec: {
      scaleTargetRef,
      ...(minReplicas === undefined ? {} : { minReplicas }),
      maxReplicas,
      metrics: [...cpu, ...others],
      ...(behavior ? { behavior } : {}),
    },
    status: {
      ...status,
      ...(current.length > 0 ? { currentMetrics: current } : {}),
      ...(conditions ? { conditions } : {}),
    },
  })
}

const cpuMetric = (target: NonNullable<MetricSpec['resource']>['target']): MetricSpec => ({
  type: 'Resource',
  resource: { name: 'cpu', target },
})

/** The older form; what it has no fields for goes into annotations. */
export function fromV2(object: V2): V1 {
  const { metrics = [], behavior, ...spec } = object.spec
  const { currentMetrics = [], conditions, ...status } = object.status
  const cpu = metrics.find(isCpu)
  const cpuStatus = currentMetrics.find(isCpuStatus)
  const others = metrics.filter(metric => metric !== cpu).map(metricToV1)
  const current = currentMetrics.filter(metric => metric !== cpuStatus).map(statusToV1)
  const kept = {
    ...(others.length > 0 ? { [annotations.metrics]: JSON.stringify(others) } : {}),
    ...(current.length > 0 ? { [annotations.current]: JSON.stringify(current) } : {}),
    ...(conditions?.length ? { [annotations.conditions]: JSON.stringify(conditions) } : {}),
    ...(behavior ? { [annotations.behavior]: JSON.stringify(behavior) } : {}),
  }
  const target = cpu?.resource?.target.averageUtilization
  const percentage = cpuStatus?.resource?.current.averageUtilization
  const metadata =
    Object.keys(kept).length > 0 ? { ...object.metadata, annotations: { ...object.metadata.annotations, ...kept } } : object.metadata
  return {
    ...object,
    apiVersion: 'autoscaling/v1',
    metadata,
    spec: { ...spec, ...(target === undefined ? {} : { targetCPUUtilizationPercentage: target }) },
    status: {
      ...status,
      currentReplicas: status.currentReplicas ?? 0,
      ...(percentage === undefined ? {} : { currentCPUUtilizationPercentage: percentage }),
    },
  }
}
