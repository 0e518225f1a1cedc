import type { ContainerStats, InterfaceStats } from '../runtime/runtime.ts'
import type { MetricFamily, Sample } from './exposition.ts'
import type { MeasuredPod, Measurements } from './stats-summary.ts'

type Labels = Readonly<Record<string, string>>
interface Series {
  readonly labels: Labels
  readonly stats: ContainerStats
  readonly writtenBytes?: number | undefined
  readonly startedAt: string | undefined
}

/** The main series of cAdvisor, with its names and labels. A sandbox is the container that has no name, as upstream's is. */
export function cadvisorMetrics({ node, pods, time }: Measurements): MetricFamily[] {
  const all = pods.flatMap(seriesOf)
  const networks = pods.flatMap(pod => pod.stats.interfaces.map(found => ({ found, labels: networkLabels(pod, found), time })))
  const of = (read: (series: Series) => number | undefined): Sample[] =>
    all.flatMap(series => {
      const value = read(series)
      return value === undefined ? [] : [{ labels: series.labels, value, time: series.stats.time }]
    })
  const total = (read: (found: InterfaceStats) => number): Sample[] =>
    networks.map(({ found, labels, time }) => ({ labels, value: read(found), time }))
  return [
    counter(
      'container_cpu_usage_seconds_total',
      'Cumulative cpu time consumed in seconds.',
      of(({ stats }) => stats.cpuNanoseconds / 1e9),
    ),
    gauge(
      'container_memory_usage_bytes',
      'Current memory usage in bytes, including all memory',
      of(({ stats }) => stats.memoryBytes),
    ),
    gauge(
      'container_memory_working_set_bytes',
      'Current working set in bytes.',
      of(({ stats }) => stats.workingSetBytes),
    ),
    gauge(
      'container_memory_rss',
      'Size of RSS in bytes.',
      of(({ stats }) => stats.rssBytes),
    ),
    gauge(
      'container_processes',
      'Number of processes running inside the container.',
      of(({ stats }) => stats.processes),
    ),
    gauge('container_fs_usage_bytes', 'Number of bytes that are consumed by the container on this filesystem.', of(fileSystemUse)),
    gauge('container_start_time_seconds', 'Start time of the container since unix epoch in seconds.', of(started)),
    gauge(
      'container_last_seen',
      'Last time a container was seen by the exporter',
      of(({ stats }) => Math.floor(Date.parse(stats.time) / 1000)),
    ),
    counter(
      'container_network_receive_bytes_total',
      'Cumulative count of bytes received',
      total(({ rxBytes }) => rxBytes),
    ),
    counter(
      'container_network_receive_errors_total',
      'Cumulative count of errors encountered while receiving',
      total(({ rxErrors }) => rxErrors),
    ),
    counter(
      'container_network_transmit_bytes_total',
      'Cumulative count of bytes transmitted',
      total(({ txBytes }) => txBytes),
    ),
    counter(
      'container_network_transmit_errors_total',
      'Cumulative count of errors encountered while transmitting',
      total(({ txErrors }) => txErrors),
    ),
    gauge('machine_cpu_cores', 'Number of logical CPU cores.', [{ value: node.cores }]),
    gauge('machine_memory_bytes', 'Amount of memory installed on the machine.', [{ value: node.totalBytes }]),
  ]
}

const fileSystemUse = ({ writtenBytes }: Series): number | undefined => writtenBytes
const started = ({ startedAt }: Series): number | undefined => (startedAt ? Date.parse(startedAt) / 1000 : undefined)

function seriesOf({ pod, observed, stats, written }: MeasuredPod): Series[] {
  const { name: podName = '', namespace = '' } = pod.metadata ?? {}
  const labels = (one: ContainerStats, container: string): Labels => ({
    container,
    id: `/docker/${one.id}`,
    image: one.image,
    name: one.id,
    namespace,
    pod: podName,
  })
  return [
    ...stats.containers.map(one => ({
      labels: labels(one, one.name),
      stats: one,
      writtenBytes: written.get(one.id),
      startedAt: observed.containers.find(({ id }) => id === one.id)?.startedAt,
    })),
    ...(stats.sandbox
      ? [
          {
            labels: labels(stats.sandbox, ''),
            stats: stats.sandbox,
            startedAt: observed.sandboxes.find(({ state }) => state === 'ready')?.createdAt,
          },
        ]
      : []),
  ]
}

const networkLabels = ({ pod, stats }: MeasuredPod, found: InterfaceStats): Labels => ({
  id: `/docker/${stats.sandbox?.id ?? ''}`,
  image: stats.sandbox?.image ?? '',
  interface: found.name,
  name: stats.sandbox?.id ?? '',
  namespace: pod.metadata?.namespace ?? '',
  pod: pod.metadata?.name ?? '',
})

const counter = (name: string, help: string, samples: readonly Sample[]): MetricFamily => ({ name, help, type: 'counter', samples })
const gauge = (name: string, help: string, samples: readonly Sample[]): MetricFamily => ({ name, help, type: 'gauge', samples })
