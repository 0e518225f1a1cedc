import { Counter, Gauge, Histogram, Registry, exponentialBuckets } from 'prom-client'
import { kubernetesVersion } from '../../common/version.ts'

/** How many there are of what, counted when somebody asks. */
export interface PodCounts {
  readonly desired: number
  readonly running: number
  readonly containers: Readonly<Record<'created' | 'running' | 'exited', number>>
  /** Milliseconds since 1970 of the last full listing. */
  readonly listedAt: number
}
export interface ProbedContainer {
  readonly probeType: string
  readonly container: string
  readonly pod: string
  readonly namespace: string
  readonly podUid: string
}

const defaultBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const startBuckets = [0.5, 1, 2, 3, 4, 5, 6, 8, 10, 20, 30, 45, 60, 120, 180, 240, 300, 360, 480, 600, 900, 1200, 1800, 2700, 3600]
const httpLabels = ['method', 'path', 'server_type', 'long_running'] as const
const probeLabels = ['probe_type', 'container', 'pod', 'namespace', 'pod_uid'] as const

/** What the agent tells about itself, under upstream's names. Nothing is measured by a timer: all happens in passing. */
export class KubeletMetrics {
  readonly #registry = new Registry()
  readonly #probeRegistry = new Registry()
  readonly #probed = new Map<string, ProbedContainer[]>()
  readonly #operations = this.#counter('kubelet_runtime_operations_total', 'Cumulative number of runtime operations by operation type.', [
    'operation_type',
  ])
  readonly #operationErrors = this.#counter(
    'kubelet_runtime_operations_errors_total',
    'Cumulative number of runtime operation errors by operation type.',
    ['operation_type'],
  )
  readonly #operationSeconds = this.#histogram(
    'kubelet_runtime_operations_duration_seconds',
    'Duration in seconds of runtime operations. Broken down by operation type.',
    { labels: ['operation_type'], buckets: exponentialBuckets(0.005, 2.5, 14) },
  )
  readonly #podStart = this.#histogram(
    'kubelet_pod_start_duration_seconds',
    'Duration in seconds from kubelet seeing a pod for the first time to the pod starting to run',
    { labels: [], buckets: startBuckets },
  )
  readonly #worker = this.#histogram(
    'kubelet_pod_worker_duration_seconds',
    'Duration in seconds to sync a single pod. Broken down by operation type: create, update, or sync',
    { labels: ['operation_type'], buckets: defaultBuckets },
  )
  readonly #relist = this.#histogram('kubelet_pleg_relist_duration_seconds', 'Duration in seconds for relisting pods in PLEG.', {
    labels: [],
    buckets: defaultBuckets,
  })
  readonly #pods = this.#counter('kubelet_started_pods_total', 'Cumulative number of pods started', [])
  readonly #podErrors = this.#counter('kubelet_started_pods_errors_total', 'Cumulative number of errors when starting pods', [])
  readonly #containers = this.#counter('kubelet_started_containers_total', 'Cumulative number of containers started', ['container_type'])
  readonly #containerErrors = this.#counter(
    'kubelet_started_containers_errors_total',
    'Cumulative number of errors when starting containers',
    ['container_type', 'code'],
  )
  readonly #requests = this.#counter(
    'kubelet_http_requests_total',
    'Number of the http requests received since the server started',
    httpLabels,
  )
  readonly #requestSeconds = this.#histogram('kubelet_http_requests_duration_seconds', 'Duration in seconds to serve http requests', {
    labels: httpLabels,
    buckets: defaultBuckets,
  })
  readonly #inflight = this.#gauge('kubelet_http_inflight_requests', 'Number of the inflight http requests', httpLabels)
  readonly #probes = new Counter({
    name: 'prober_probe_total',
    help: 'Cumulative number of a liveness, readiness or startup probe for a container by result.',
    labelNames: [...probeLabels, 'result'],
    registers: [this.#probeRegistry],
  })
  readonly #probeSeconds = new Histogram({
    name: 'prober_probe_duration_seconds',
    help: 'Duration in seconds for a probe response.',
    labelNames: probeLabels.slice(0, 4),
    buckets: defaultBuckets,
    registers: [this.#probeRegistry],
  })

  constructor({ nodeName, counts }: { nodeName: string; counts: () => PodCounts }) {
    this.#gauge('kubelet_node_name', "The node's name. The count is always 1.", ['node']).set({ node: nodeName }, 1)
    this.#gauge('kubernetes_build_info', 'A metric with a constant value of 1, labeled by the version it was built from.', [
      'git_version',
    ]).set({ git_version: kubernetesVersion }, 1)
    this.#asked('kubelet_desired_pods', 'The number of pods the kubelet is being instructed to run.', gauge =>
      gauge.set({ static: '' }, counts().desired),
    )
    this.#asked('kubelet_running_pods', 'Number of pods that have a running pod sandbox', gauge => gauge.set(counts().running))
    this.#asked('kubelet_running_containers', 'Number of containers currently running', gauge => {
      for (const [state, count] of Object.entries(counts().containers)) gauge.set({ container_state: state }, count)
    })
    this.#asked('kubelet_pleg_last_seen_seconds', 'Timestamp in seconds when PLEG was last seen active.', gauge =>
      gauge.set(counts().listedAt / 1000),
    )
    this.#asked('process_cpu_seconds_total', 'Total user and system CPU time spent in seconds.', gauge => {
      const { user, system } = process.cpuUsage()
      gauge.set((user + system) / 1e6)
    })
    this.#asked('process_resident_memory_bytes', 'Resident memory size in bytes.', gauge => gauge.set(process.memoryUsage.rss()))
    const startedAt = Date.now() / 1000 - process.uptime()
    this.#asked('process_start_time_seconds', 'Start time of the process since unix epoch in seconds.', gauge => gauge.set(startedAt))
  }

  text(): Promise<string> {
    return this.#registry.metrics()
  }
  probeText(): Promise<string> {
    return this.#probeRegistry.metrics()
  }

  operation(operation_type: string, { seconds, failed }: { seconds: number; failed: boolean }): void {
    this.#operations.inc({ operation_type })
    this.#operationSeconds.observe({ operation_type }, seconds)
    if (failed) this.#operationErrors.inc({ operation_type })
  }
  podStarted(seconds: number): void {
    this.#podStart.observe(seconds)
  }
  worked(operation_type: 'create' | 'update' | 'sync' | 'kill', seconds: number): void {
    this.#worker.observe({ operation_type }, seconds)
  }
  relisted(seconds: number): void {
    this.#relist.observe(seconds)
  }
  startingPod({ failed }: { failed: boolean }): void {
    this.#pods.inc()
    if (failed) this.#podErrors.inc()
  }
  /** `code` of a failure. */
  startingContainer(container_type: string, code?: string): void {
    this.#containers.inc({ container_type })
    if (code !== undefined) this.#containerErrors.inc({ container_type, code })
  }
  /** Counts a request that begins; to be called again when it has ended. */
  request({ method, path, longRunning }: { method: string; path: string; longRunning: boolean }): () => void {
    const labels = { method, path, server_type: 'readwrite', long_running: String(longRunning) }
    this.#requests.inc(labels)
    this.#inflight.inc(labels)
    const end = this.#requestSeconds.startTimer(labels)
    return () => {
      end()
      this.#inflight.dec(labels)
    }
  }
  probed(subject: ProbedContainer, { result, seconds }: { result: 'successful' | 'failed' | 'unknown'; seconds: number }): void {
    const { probeType: probe_type, container, pod, namespace, podUid: pod_uid } = subject
    this.#probes.inc({ probe_type, container, pod, namespace, pod_uid, result })
    this.#probeSeconds.observe({ probe_type, container, pod, namespace }, seconds)
    const known = this.#probed.get(pod_uid) ?? []
    this.#probed.set(pod_uid, known)
    if (!known.some(other => other.container === container && other.probeType === probe_type)) known.push(subject)
  }
  /** The series of a pod that is gone would otherwise stay for ever. */
  forget(podUid: string): void {
    for (const { probeType: probe_type, container, pod, namespace } of this.#probed.get(podUid) ?? []) {
      for (const result of ['successful', 'failed', 'unknown'])
        this.#probes.remove({ probe_type, container, pod, namespace, pod_uid: podUid, result })
      this.#probeSeconds.remove({ probe_type, container, pod, namespace })
    }
    this.#probed.delete(podUid)
  }

  #counter(name: string, help: string, labelNames: readonly string[]): Counter {
    return new Counter({ name, help, labelNames: [...labelNames], registers: [this.#registry] })
  }
  #histogram(name: string, help: string, { labels, buckets }: { labels: readonly string[]; buckets: number[] }): Histogram {
    return new Histogram({ name, help, labelNames: [...labels], buckets, registers: [this.#registry] })
  }
  #gauge(name: string, help: string, labelNames: readonly string[]): Gauge {
    return new Gauge({ name, help, labelNames: [...labelNames], registers: [this.#registry] })
  }
  /** A gauge that is worked out when it is asked for. */
  #asked(name: string, help: string, collect: (gauge: Gauge) => void): void {
    const labelNames = ['static', 'container_state']
    const gauge: Gauge = new Gauge({ name, help, labelNames, registers: [this.#registry], collect: () => collect(gauge) })
  }
}
