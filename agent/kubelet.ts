import type { Node } from '../api/core/node.ts'
import type { Pod } from '../api/core/pod.ts'
import type { Service } from '../api/core/service.ts'
import { parseQuantity, quantityToNumber } from '../api/quantity.ts'
import type { Client } from '../client/client.ts'
import { EventRecorder } from '../client/event-recorder.ts'
import type { Clock } from '../common/clock.ts'
import type { Logger } from '../common/log.ts'
import { runAll, type Runnable } from '../common/run.ts'
import { ImageManager } from './images/image-manager.ts'
import { KubeletMetrics, type PodCounts } from './metrics/kubelet-metrics.ts'
import { measuredRuntime } from './metrics/measured-runtime.ts'
import { Pleg } from './pleg/pleg.ts'
import { nothingObserved, PodCache } from './pleg/pod-cache.ts'
import { ContainerStarter } from './pods/container-starter.ts'
import { ContainerStopper } from './pods/container-stopper.ts'
import { Housekeeping } from './pods/housekeeping.ts'
import { measuredLifecycle } from './pods/measured-lifecycle.ts'
import { PodEvents } from './pods/pod-events.ts'
import { LocalStorageEviction } from './pods/local-storage-eviction.ts'
import { PodLifecycle } from './pods/pod-lifecycle.ts'
import { PodSource } from './pods/pod-source.ts'
import { PodStarter } from './pods/pod-starter.ts'
import { PodWorkers } from './pods/pod-workers.ts'
import { RestartBackoff } from './pods/restart-backoff.ts'
import type { DnsOptions } from './pods/sandbox-config.ts'
import { TerminationMessages } from './pods/termination-messages.ts'
import { ProbeManager } from './probes/probe-manager.ts'
import type { Runtime } from './runtime/runtime.ts'
import { StatusManager } from './status/status-manager.ts'
import type { PodSource as PodSourceOfServer } from './server/pod-source.ts'
import { ObjectReader } from './volumes/object-reader.ts'
import { TokenSource } from './volumes/service-account-token.ts'
import { identityOf, VolumeManager } from './volumes/volume-manager.ts'

export interface KubeletTimings {
  readonly relistMs: number
  readonly resyncMs: number
  readonly housekeepingMs: number
  readonly volumeRefreshMs: number
  readonly restartBackoffInitialMs: number
  readonly restartBackoffMaxMs: number
  readonly imageBackoffInitialMs: number
  readonly imageBackoffMaxMs: number
}
export interface KubeletOptions {
  readonly nodeName: string
  readonly client: Client
  readonly runtime: Runtime
  readonly clock: Clock
  readonly log: Logger
  readonly nodeIp: string
  /** This node as the API has it; undefined while it is not registered. */
  readonly node: () => Node | undefined
  readonly services: () => readonly Service[]
  readonly dns: DnsOptions
  readonly parallelPulls?: number
  readonly timings?: Partial<KubeletTimings>
}

/** Runs the pods of one node. */
export interface Kubelet extends Runnable {
  /** What the agent's server answers about: the pods of this node and what was last observed of each. */
  readonly served: PodSourceOfServer
  readonly metrics: KubeletMetrics
  /** The runtime, each call of it counted. */
  readonly runtime: Runtime
}

/** Wires the parts that run pods: who gets what, and what pokes which pod. Starts nothing before `run`. */
export function createKubelet(options: KubeletOptions): Kubelet {
  const { client, clock, nodeName, nodeIp, node, timings = {} } = options
  const log = (component: string) => options.log.child({ component })
  const poke = (uid: string) => workers.poke(uid)
  const allocatable = () => node()?.status.allocatable ?? {}
  const nodeMemory = () => quantityToNumber(parseQuantity(node()?.status.capacity?.memory ?? '0'))
  const hostIp = () => nodeIp

  const recorder = new EventRecorder({ client, component: 'kubelet', host: nodeName, log: log('events'), clock })
  const events = new PodEvents(recorder)
  const objects = new ObjectReader(client, clock)
  const tokens = new TokenSource(client, clock)
  const cache = new PodCache()
  const metrics = new KubeletMetrics({ nodeName, counts: () => podCounts(workers.pods().length, cache) })
  const runtime = measuredRuntime(options.runtime, metrics)
  const pleg = new Pleg({
    runtime,
    cache,
    clock,
    log: log('pleg'),
    onChange: poke,
    relisted: seconds => metrics.relisted(seconds),
    ...given('relistMs', timings.relistMs),
  })
  const statuses = new StatusManager({ client, clock, log: log('status') })
  const probes = new ProbeManager({
    runtime,
    clock,
    log: log('probes'),
    onResult: poke,
    record: event => events.record({ ...event, type: 'Warning' }),
    probed: (subject, outcome) => metrics.probed(subject, outcome),
  })
  const images = new ImageManager({
    runtime,
    clock,
    ...given('parallelPulls', options.parallelPulls),
    ...given('backoffInitialMs', timings.imageBackoffInitialMs),
    ...given('backoffMaxMs', timings.imageBackoffMaxMs),
  })
  const volumes = new VolumeManager({ runtime, objects, tokens, hostIp, allocatable })
  const backoff = new RestartBackoff(timings.restartBackoffInitialMs, timings.restartBackoffMaxMs)
  const stopper = new ContainerStopper({ runtime, clock, events, log: log('pods') })
  const containers = new ContainerStarter({
    ...{ runtime, images, objects, stopper, events, clock, hostIp, allocatable, nodeMemory },
    services: options.services,
    log: log('pods'),
  })
  const starter = new PodStarter({ runtime, volumes, containers, backoff, events, clock, hostIp, dns: () => options.dns })
  const lifecycle: PodLifecycle = new PodLifecycle({
    ...{ runtime, cache, pleg, statuses, probes, images, volumes, starter, stopper, backoff, events, clock, hostIp, node },
    messages: new TerminationMessages(runtime),
    log: log('pods'),
    activePods: (): readonly Pod[] => workers.active(),
    ...given('volumeRefreshMs', timings.volumeRefreshMs),
  })
  const workers: PodWorkers = new PodWorkers(
    measuredLifecycle(lifecycle, metrics, pod => statuses.get(pod).phase),
    {
      ...given('resyncMs', timings.resyncMs),
      onError: (uid, error) => log('pods').warn('a pod could not be synced; it will be tried again', { uid, error }),
    },
  )
  const source = new PodSource({ client, nodeName, workers, heard: pod => statuses.heard(pod), clock, log: log('pods') })
  const housekeeping = new Housekeeping({
    runtime,
    cache,
    clock,
    log: log('housekeeping'),
    isKnown: uid => workers.phase(uid) !== undefined || source.has(uid),
    ready: async signal => {
      await Promise.all([source.synced(signal), pleg.relisted(signal)])
    },
    ...given('periodMs', timings.housekeepingMs),
  })

  const eviction = new LocalStorageEviction({
    ...{ volumes, events, clock },
    pods: () => workers.active(),
    terminate: (uid, request) => workers.terminate(uid, request),
    log: log('eviction'),
  })

  const volumesOf = async (uid: string | undefined) => {
    const pod = workers.pods().find(({ metadata }) => metadata.uid === uid)
    return pod ? volumes.usage(pod) : []
  }
  const current = (): Pod[] => workers.pods().map(pod => ({ ...pod, status: statuses.get(pod) }))
  return {
    metrics,
    runtime,
    served: {
      list: current,
      observed: () => cache.all(),
      listedAt: () => cache.listedAt,
      volumeUsage: pod => volumesOf(pod.metadata?.uid),
      find(namespace, name) {
        const pod = current().find(({ metadata }) => metadata.name === name && metadata.namespace === namespace)
        return pod && { pod, observed: cache.latest(pod.metadata.uid) ?? nothingObserved(identityOf(pod)) }
      },
    },
    async run(signal) {
      try {
        await runAll([recorder, statuses, pleg, workers, source, housekeeping, eviction], signal)
      } finally {
        probes.stop()
      }
    },
  }
}

function podCounts(desired: number, cache: PodCache): PodCounts {
  const all = cache.all()
  const containers = { created: 0, running: 0, exited: 0 }
  for (const { state } of all.flatMap(pod => pod.containers)) containers[state]++
  const running = all.filter(({ sandboxes }) => sandboxes.some(({ state }) => state === 'ready')).length
  return { desired, running, containers, listedAt: Math.max(0, cache.listedAt) }
}

/** A property that is there only when it has a value. */
function given<K extends string, V>(name: K, value: V | undefined): { readonly [P in K]?: V } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [P in K]?: V })
}
