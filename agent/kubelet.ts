import type { Node } from '../api/core/node.ts'
import type { Pod } from '../api/core/pod.ts'
import type { Service } from '../api/core/service.ts'
import { parseQuantity, quantityToNumber } from '../api/quantity.ts'
import type { Client } from '../client/client.ts'
import { EventRecorder } from '../client/event-recorder.ts'
import type { Clock } from '../common/clock.ts'
import type { Logger } from '../common/log.ts'
import { runAll, type Runnable } from '../common/run.ts'
import { ImageGc } from './images/image-gc.ts'
import { defaultImageSettings, ImageManager, type ImageSettings } from './images/image-manager.ts'
import { defaultImageGcPolicy, type ImageGcPolicy } from './images/plan-image-gc.ts'
import { PullRecords } from './images/pull-records.ts'
import { Pleg } from './pleg/pleg.ts'
import { nothingObserved, PodCache } from './pleg/pod-cache.ts'
import { ContainerStarter } from './pods/container-starter.ts'
import { ContainerStopper } from './pods/container-stopper.ts'
import { Housekeeping } from './pods/housekeeping.ts'
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
  readonly images?: Partial<ImageSettings>
  readonly imageGc?: Partial<ImageGcPolicy>
  /** Where it is kept what this node has pulled; absent: nowhere. */
  readonly pullRecordsFile?: string
  readonly timings?: Partial<KubeletTimings>
}

/** Runs the pods of one node. */
export interface Kubelet extends Runnable {
  /** What the agent's server answers about: the pods of this node and what was last observed of each. */
  readonly served: PodSourceOfServer
}

/** Wires the parts that run pods: who gets what, and what pokes which pod. Starts nothing before `run`. */
export function createKubelet(options: KubeletOptions): Kubelet {
  const { client, runtime, clock, nodeName, nodeIp, node, timings = {} } = options
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
  const pleg = new Pleg({ runtime, cache, clock, log: log('pleg'), onChange: poke, ...given('relistMs', timings.relistMs) })
  const statuses = new StatusManager({ client, clock, log: log('status') })
  const probes = new ProbeManager({
    runtime,
    clock,
    log: log('probes'),
    onResult: poke,
    record: event => events.record({ ...event, type: 'Warning' }),
  })
  const records = new PullRecords(options.pullRecordsFile)
  const images = new ImageManager({ runtime, records, clock, settings: { ...defaultImageSettings, ...options.images } })
  const imageGc = new ImageGc({
    ...{ runtime, records, clock },
    policy: { ...defaultImageGcPolicy, ...options.imageGc },
    log: log('image-gc'),
    // Upstream's kubelet names its node by name where others have the uid.
    warn: (reason, message) => recorder.event({ kind: 'Node', name: nodeName, uid: nodeName }, { type: 'Warning', reason, message }),
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
  const workers: PodWorkers = new PodWorkers(lifecycle, {
    ...given('resyncMs', timings.resyncMs),
    onError: (uid, error) => log('pods').warn('a pod could not be synced; it will be tried again', { uid, error }),
  })
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

  const current = (): Pod[] => workers.pods().map(pod => ({ ...pod, status: statuses.get(pod) }))
  return {
    served: {
      list: current,
      find(namespace, name) {
        const pod = current().find(({ metadata }) => metadata.name === name && metadata.namespace === namespace)
        return pod && { pod, observed: cache.latest(pod.metadata.uid) ?? nothingObserved(identityOf(pod)) }
      },
    },
    async run(signal) {
      try {
        await runAll([recorder, statuses, pleg, workers, source, housekeeping, eviction, imageGc], signal)
      } finally {
        probes.stop()
      }
    },
  }
}

/** A property that is there only when it has a value. */
function given<K extends string, V>(name: K, value: V | undefined): { readonly [P in K]?: V } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [P in K]?: V })
}
