import type { MetricFamily, Sample } from './exposition.ts'
import type { StatsSummary } from './stats-summary.ts'

const seconds = (nanoseconds: number) => nanoseconds / 1e9
const scrapeHelp = '1 if there was an error while getting container metrics, 0 otherwise'

/** Upstream's /metrics/resource: what `kubectl top` and autoscalers are fed with. No summary: it could not be made. */
export function resourceMetrics(summary: StatsSummary | undefined): MetricFamily[] {
  const error = [{ value: summary ? 0 : 1 }]
  return [
    ...(summary ? [...containerFamilies(summary), ...wholeFamilies(summary)] : []),
    gauge('resource_scrape_error', `[STABLE] ${scrapeHelp}`, error),
    gauge('scrape_error', `[ALPHA] (Deprecated since 1.29.0) ${scrapeHelp}`, error),
  ]
}

function containerFamilies({ pods }: StatsSummary): MetricFamily[] {
  const all = pods.flatMap(({ podRef, containers }) =>
    containers.map(container => ({ container, labels: { container: container.name, namespace: podRef.namespace, pod: podRef.name } })),
  )
  return [
    counter(
      'container_cpu_usage_seconds_total',
      '[STABLE] Cumulative cpu time consumed by the container in core-seconds',
      all.map(({ container: { cpu }, labels }) => ({ labels, value: seconds(cpu.usageCoreNanoSeconds), time: cpu.time })),
    ),
    gauge(
      'container_memory_working_set_bytes',
      '[STABLE] Current working set of the container in bytes',
      all.map(({ container: { memory }, labels }) => ({ labels, value: memory.workingSetBytes, time: memory.time })),
    ),
    gauge(
      'container_start_time_seconds',
      '[STABLE] Start time of the container since unix epoch in seconds',
      all.flatMap(({ container: { startTime }, labels }) => (startTime ? [{ labels, value: Date.parse(startTime) / 1000 }] : [])),
    ),
  ]
}

function wholeFamilies({ node, pods }: StatsSummary): MetricFamily[] {
  const ofPods = (value: (pod: (typeof pods)[number]) => Omit<Sample, 'labels'>) =>
    pods.map(pod => ({ labels: { namespace: pod.podRef.namespace, pod: pod.podRef.name }, ...value(pod) }))
  return [
    counter('node_cpu_usage_seconds_total', '[STABLE] Cumulative cpu time consumed by the node in core-seconds', [
      { value: seconds(node.cpu.usageCoreNanoSeconds), time: node.cpu.time },
    ]),
    gauge('node_memory_working_set_bytes', '[STABLE] Current working set of the node in bytes', [
      { value: node.memory.workingSetBytes, time: node.memory.time },
    ]),
    counter(
      'pod_cpu_usage_seconds_total',
      '[STABLE] Cumulative cpu time consumed by the pod in core-seconds',
      ofPods(({ cpu }) => ({ value: seconds(cpu.usageCoreNanoSeconds), time: cpu.time })),
    ),
    gauge(
      'pod_memory_working_set_bytes',
      '[STABLE] Current working set of the pod in bytes',
      ofPods(({ memory }) => ({ value: memory.workingSetBytes, time: memory.time })),
    ),
  ]
}

const counter = (name: string, help: string, samples: readonly Sample[]): MetricFamily => ({ name, help, type: 'counter', samples })
const gauge = (name: string, help: string, samples: readonly Sample[]): MetricFamily => ({ name, help, type: 'gauge', samples })
