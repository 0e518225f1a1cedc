import type { MetricSpec, MetricStatus, MetricTarget } from '../../../api/autoscaling/metrics.ts'
import type { Pod } from '../../../api/core/pod.ts'
import { canonicalQuantity, milliValue } from '../../../api/quantity.ts'
import { messageOf } from '../../../common/error-message.ts'
import { planReplicas, type ResourceAnswer, type ResourceQuestion, type Usage } from './plan-replicas.ts'

/** What metrics.k8s.io/v1beta1 says of a pod. */
export interface PodMetrics {
  readonly metadata: { readonly name: string }
  readonly timestamp: string
  readonly window: string
  readonly containers: readonly { readonly name: string; readonly usage: Readonly<Record<string, string>> }[]
}

export interface Measured {
  readonly pods: readonly Pod[]
  /** Or why they could not be read. */
  readonly metrics: readonly PodMetrics[] | Error
  readonly replicas: number
  readonly tolerance: ResourceQuestion['tolerance']
  readonly now: Date
}

export type Proposal = Told | Untold
interface Told {
  readonly replicas: number
  readonly metric: string
  readonly status: MetricStatus
}
interface Untold {
  readonly reason: string
  /** What its condition says. */
  readonly problem: string
  readonly error: string
}

/** What one metric asks for (upstream's computeReplicasForMetric), or why it cannot be told. */
export function proposalOf(spec: MetricSpec, measured: Measured): Proposal {
  const source = spec.resource ?? spec.containerResource
  if (!source || !['Resource', 'ContainerResource'].includes(spec.type)) return unserved(spec)
  const container = spec.type === 'ContainerResource' ? spec.containerResource?.container : undefined
  const { name, target } = source
  const isUtilization = target.averageValue === undefined
  try {
    const answer = resourceReplicas({ name, target, container }, measured)
    const current = {
      averageValue: canonicalQuantity(`${answer.average}m`),
      ...(answer.utilization === undefined ? {} : { averageUtilization: answer.utilization }),
    }
    const status: MetricStatus =
      container === undefined
        ? { type: 'Resource', resource: { name, current } }
        : { type: 'ContainerResource', containerResource: { name, container, current } }
    return { replicas: answer.replicas, metric: `${name} resource${isUtilization ? ' utilization (percentage of request)' : ''}`, status }
  } catch (error) {
    const problem = `failed to get ${name} ${isUtilization ? 'utilization' : 'usage'}: ${messageOf(error)}`
    const kind = container === undefined ? 'resource' : 'container'
    const reason = container === undefined ? 'FailedGetResourceMetric' : 'FailedGetContainerResourceMetric'
    return { reason, problem, error: `failed to get ${name} ${kind} metric value: ${problem}` }
  }
}

function resourceReplicas(
  { name, target, container }: { name: string; target: MetricTarget; container: string | undefined },
  { pods, metrics, replicas, tolerance, now }: Measured,
): ResourceAnswer {
  const usage = usageOf(metrics, name, container)
  const { averageValue, averageUtilization } = target
  if (averageValue === undefined && averageUtilization === undefined) {
    throw new Error('invalid resource metric source: neither an average utilization target nor an average value (usage) target was set')
  }
  const wanted = averageValue === undefined ? { utilization: averageUtilization ?? 0 } : { value: milliValue(averageValue) }
  return planReplicas({ resource: name, container, target: wanted, replicas, pods, usage, tolerance, now })
}

/** Pods of which a container was not measured are left out. */
function usageOf(metrics: Measured['metrics'], resource: string, container: string | undefined): ReadonlyMap<string, Usage> {
  const failed = `unable to get metrics for resource ${resource}: `
  if (metrics instanceof Error) throw new Error(`${failed}unable to fetch metrics from resource metrics API: ${metrics.message}`)
  if (metrics.length === 0) throw new Error(`${failed}no metrics returned from resource metrics API`)
  const usage = new Map<string, Usage>()
  for (const { metadata, timestamp, window, containers } of metrics) {
    const counted = containers.filter(({ name }) => container === undefined || name === container)
    const values = counted.flatMap(each => each.usage[resource] ?? [])
    if (counted.length === 0 || values.length < counted.length) continue
    const value = values.reduce((sum, text) => sum + milliValue(text), 0)
    usage.set(metadata.name, { value, at: new Date(timestamp), window: windowOf(window) })
  }
  return usage
}

/** `30s`, `1m0s`, `10.062s`; a minute where nothing is said. */
function windowOf(text: string): number {
  const [, minutes = '0', seconds = '0'] = /^(?:(\d+)m)?(?:([\d.]+)s)?$/.exec(text) ?? []
  return (Number(minutes) * 60 + Number(seconds)) * 1000 || 60_000
}

/** Metrics that only other APIs have, and nobody serves those here. */
function unserved({ type, pods, object, external }: MetricSpec): Proposal {
  const name = (pods ?? object ?? external)?.metric.name ?? ''
  const problem =
    type === 'External'
      ? `unable to get external metric ${name}: unable to fetch metrics from external metrics API: no external metrics API (external.metrics.k8s.io) registered`
      : `unable to get metric ${name}: unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered`
  return { reason: `FailedGet${type}Metric`, problem, error: `failed to get ${type.toLowerCase()} metric value: ${problem}` }
}

export type Verdict =
  | { readonly replicas: number; readonly metric: string; readonly statuses: readonly MetricStatus[]; readonly error?: string }
  | { readonly failed: Untold; readonly statuses: readonly MetricStatus[]; readonly error: string }

/** The largest of what metrics ask for. One that cannot be told keeps the size from shrinking (computeReplicasForMetrics). */
export function combine(proposals: readonly Proposal[], current: number): Verdict {
  const told = proposals.filter(proposal => 'metric' in proposal)
  const untold = proposals.filter((proposal): proposal is Untold => !('metric' in proposal))
  const statuses = told.map(({ status }) => status)
  const [failed] = untold
  const error = failed && `invalid metrics (${untold.length} invalid out of ${proposals.length}), first error is: ${failed.error}`
  const best = told.reduce<Told | undefined>((most, each) => (!most || each.replicas > most.replicas ? each : most), undefined)
  if (failed && error && (!best || best.replicas < current)) return { failed, statuses, error }
  const { replicas, metric } = best ?? { replicas: current, metric: '' }
  return { replicas, metric, statuses, ...(error === undefined ? {} : { error }) }
}
