import type { HorizontalPodAutoscaler } from './horizontal-pod-autoscaler.ts'
import type { MetricSpec, MetricStatus, MetricTarget, MetricValueStatus } from './metrics.ts'
import { ageColumn, nameColumn } from '../columns.ts'
import type { Column } from '../kind.ts'

const unknown = '<unknown>'
const shownMetrics = 2

/** What a metric is called in the table, what it should be, and what it is. */
interface Shown {
  readonly label: string
  readonly target: MetricTarget
  readonly current: MetricValueStatus | undefined
}

function shownOf(spec: MetricSpec, status: MetricStatus | undefined): Shown | undefined {
  if (spec.resource) return { label: spec.resource.name, target: spec.resource.target, current: status?.resource?.current }
  if (spec.containerResource)
    return { label: spec.containerResource.name, target: spec.containerResource.target, current: status?.containerResource?.current }
  if (spec.external) return { label: '', target: spec.external.target, current: status?.external?.current }
  if (spec.pods) return { label: '', target: spec.pods.target, current: status?.pods?.current }
  return spec.object ? { label: '', target: spec.object.target, current: status?.object?.current } : undefined
}

function formatMetric({ label, target, current }: Shown): string {
  const prefix = label ? `${label}: ` : ''
  if (target.averageUtilization !== undefined) {
    const now = current?.averageUtilization === undefined ? unknown : `${current.averageUtilization}%`
    return `${prefix}${now}/${target.averageUtilization}%`
  }
  if (target.averageValue !== undefined) {
    const suffix = label ? '' : ' (avg)'
    return `${prefix}${current?.averageValue ?? unknown}/${target.averageValue}${suffix}`
  }
  return `${prefix}${current?.value ?? unknown}/${target.value ?? ''}`
}

function targetsOf({ spec, status }: HorizontalPodAutoscaler): string {
  const { metrics = [] } = spec
  const shown = metrics.map((metric, index) => {
    const parts = shownOf(metric, status.currentMetrics?.[index])
    return parts ? formatMetric(parts) : '<unknown type>'
  })
  if (shown.length === 0) return '<none>'
  const text = shown.slice(0, shownMetrics).join(', ')
  return shown.length > shownMetrics ? `${text} + ${shown.length - shownMetrics} more...` : text
}

export const autoscalerColumns: readonly Column<HorizontalPodAutoscaler>[] = [
  nameColumn,
  {
    name: 'Reference',
    type: 'string',
    description: 'What is scaled.',
    cell: ({ spec: { scaleTargetRef } }) => `${scaleTargetRef.kind}/${scaleTargetRef.name}`,
  },
  { name: 'Targets', type: 'string', description: 'Metrics as they are, and as they should be.', cell: targetsOf },
  { name: 'MinPods', type: 'string', description: 'The fewest pods.', cell: ({ spec }) => String(spec.minReplicas ?? '<unset>') },
  { name: 'MaxPods', type: 'string', description: 'The most pods.', cell: ({ spec }) => spec.maxReplicas },
  { name: 'Replicas', type: 'string', description: 'Pods that there are.', cell: ({ status }) => status.currentReplicas ?? 0 },
  ageColumn,
]
