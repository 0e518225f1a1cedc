import type { Node } from '../api/core/node.ts'
import type { Pod } from '../api/core/pod.ts'
import type { Service } from '../api/core/service.ts'
import { quantityToNumber } from '../api/quantity.ts'
import { keyOf } from '../client/cache.ts'
import type { Client } from '../client/client.ts'
import type { EventRecorder } from '../client/event-recorder.ts'
import type { Clock } from '../common/clock.ts'
import type { Logger } from '../common/log.ts'
import { runAll, type Runnable } from '../common/run.ts'
import { admitUnderPressure } from './eviction/admit-under-pressure.ts'
import { EvictionManager, type Eviction, type EvictionConfig } from './eviction/eviction-manager.ts'
import { PodMeter } from './eviction/pod-meter.ts'
import type { Observations, Pressure } from './eviction/thresholds.ts'
import { ImageGc } from './images/image-gc.ts'
import { defaultImageSettings, ImageManager, type ImageSettings } from './images/image-manager.ts'
import { defaultImageGcPolicy, type ImageGcPolicy } from './images/plan-image-gc.ts'
import { PullRecords } from './images/pull-records.ts'
import { KubeletMetrics, type PodCounts } from './metrics/kubelet-metrics.ts'
import { measuredRuntime } from './metrics/measured-runtime.ts'
import { GracefulShutdown } from './node/graceful-shutdown.ts'
import type { ShutdownPeriod } from './node/plan-shutdown.ts'
import { Pleg } from './pleg/pleg.ts'
import { nothingObserved, PodCache } from './pleg/pod-cache.ts'
import { Allocations } from './pods/allocations.ts'
import type { NodeLimits } from './pods/container-resources.ts'
import { ContainerStarter } from './pods/container-starter.ts'
import { ContainerStopper } from './pods/container-stopper.ts'
import { Housekeeping } from './pods/housekeeping.ts'
import { measuredLifecycle } from './pods/measured-lifecycle.ts'
import { PodEvents } from './pods/pod-events.ts'
import { PodLifecycle } from './pods/pod-lifecycle.ts'
import { PodSource } from './pods/pod-source.ts'
import { PodStarter, type NetworkReady } from './pods/pod-starter.ts'
import { PodWorkers } from './pods/pod-workers.ts'
import { Resizer } from './pods/resizer.ts'
import { RestartBackoff } from './pods/restart-backoff.ts'
import type { NodeSecurity } from './pods/node-security.ts'
import type { DnsOptions } from './pods/pod-dns.ts'
import { reclaimDisk } from './pods/reclaim-disk.ts'
import { TerminationMessages } from './pods/termination-messages.ts'
import { VolumeMounter } from './pods/volume-mounter.ts'
import { ProbeManager } from './probes/probe-manager.ts'
import type { Runtime } from './runtime/runtime.ts'
import { podResources } from '../api/pod-resources.ts'
import { StatusManager } from './status/status-manager.ts'
import type { PodSource as PodSourceOfServer } from './server/pod-source.ts'
import { ManifestDirectory } from './static-pods/manifest-directory.ts'
import { MirrorPods } from './static-pods/mirror-pods.ts'
import { StaticPods } from './static-pods/static-pods.ts'
import { ClaimVolumes } from './volumes/claim-volumes.ts'
import { ObjectReader } from './volumes/object-reader.ts'
import { ObjectWatches } from './volumes/object-watches.ts'
import { TokenSource } from './volumes/service-account-token.ts'
import { identityOf, VolumeManager } from './volumes/volume-manager.ts'

export interface KubeletTimings {
  readonly relistMs: number
  readonly resyncMs: number
  readonly housekeepingMs: number
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
  readonly security: NodeSecurity
  readonly networkReady?: NetworkReady
  /** Processes that a pod may have; absent: as many as it likes. */
  readonly podPidsLimit?: number | undefined
  readonly images?: Partial<ImageSettings>
  readonly imageGc?: Partial<ImageGcPolicy>
  /** Where it is kept what this node has pulled; absent: nowhere. */
  readonly pullRecordsFile?: string
  readonly timings?: Partial<KubeletTimings>
  /** Events about the node and its pods; its owner runs it. */
  readonly recorder: Pick<EventRecorder, 'event'>
  /** When the node counts as short of something, and what is done about it; absent: it never is. */
  readonly eviction?: EvictionOptions
  /** How long pods have when the node is switched off; absent or empty: they are not told. */
  readonly shutdownPeriods?: readonly ShutdownPeriod[]
  /** Where the manifests of static pods are, and how often to look for changes nobody told of. */
  readonly staticPods?: { readonly path: string; readonly checkMs: number }
}
export interface EvictionOptions extends EvictionConfig {
  readonly observeMachine: () => Promise<Observations>
  readonly onPressure: (pressures: readonly Pressure[]) => void
}

/** Runs the pods of one node. */
export interface Kubelet extends Runnable {
  /** What ends the pods when the node is about to be switched off. */
  readonly shutdown: GracefulShutdown
  /** What the agent's server answers about: the pods of this node and what was last observed of each. */
  readonly served: PodSourceOfServer
  readonly metrics: KubeletMetrics
  /** The node's pods as the API has them. */
  readonly pods: PodSource['informer']
  /** The runtime, each call of it counted. */
  readonly runtime: Runtime
}

/** Wires the parts that run pods: who gets what, and what pokes which pod. Starts nothing before `run`. */
export function createKubelet(options: KubeletOptions): Kubelet {
  const { client, clock, nodeName, nodeIp, node, security, timings = {} } = options
  const log = (component: string) => options.log.child({ component })
  const poke = (uid: string) => workers.poke(uid)
  const allocatable = () => node()?.status.allocatable ?? {}
  const limits = (): NodeLimits => ({
    nodeMemory: quantityToNumber(node()?.status.capacity?.memory ?? '0'),
    podPidsLimit: options.podPidsLimit,
  })
  const hostIp = () => nodeIp

  const events = new PodEvents(options.recorder)
  const objects = new ObjectReader(client)
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
  const records = new PullRecords(options.pullRecordsFile)
  const images = new ImageManager({ runtime, records, clock, settings: { ...defaultImageSettings, ...options.images } })
  const imageGc = new ImageGc({
    ...{ runtime, records, clock },
    policy: { ...defaultImageGcPolicy, ...options.imageGc },
    log: log('image-gc'),
    warn: (reason, message) => options.recorder.event(nodeReference(nodeName), { type: 'Warning', reason, message }),
  })
  const watches: ObjectWatches = new ObjectWatches({
    client,
    log: log('volumes'),
    onChange: (uid, isNews) => {
      if (isNews) mounter.changed(uid)
      poke(uid)
    },
  })
  const memoryLimit = ({ spec }: Pod) => podResources(spec, 'limits')['memory']
  const claims = new ClaimVolumes({ objects, runtime })
  const volumes = new VolumeManager({ runtime, objects, watches, tokens, claims, hostIp, allocatable, memoryLimit })
  const mounter: VolumeMounter = new VolumeMounter({ volumes, events, clock })
  const backoff = new RestartBackoff(timings.restartBackoffInitialMs, timings.restartBackoffMaxMs)
  const stopper = new ContainerStopper({ runtime, clock, events, log: log('pods') })
  const containers = new ContainerStarter({
    ...{ runtime, images, objects, stopper, events, clock, hostIp, allocatable, limits },
    services: options.services,
    seccompDirectory: security.seccompDirectory,
    readVolumeFile: (pod, volume, path) => volumes.readFile(pod, volume, path),
    log: log('pods'),
  })
  const starter = new PodStarter({
    ...{ runtime, volumes, mounter, containers, backoff, events, clock, hostIp, limits },
    dns: () => options.dns,
    userNamespaces: security.userNamespaces,
    networkReady: options.networkReady,
  })
  const allocations = new Allocations({ node, events, clock, poke, activePods: (): readonly Pod[] => workers.active() })
  const resizer = new Resizer({ runtime, allocations, log: log('pods') })
  const lifecycle: PodLifecycle = new PodLifecycle({
    ...{ runtime, cache, pleg, statuses, allocations, resizer, probes, images, volumes, mounter, starter, stopper, backoff, events },
    ...{ clock, hostIp, node, security },
    messages: new TerminationMessages(runtime),
    log: log('pods'),
    activePods: (): readonly Pod[] => workers.active(),
    nodeAdmits: pod => admitUnderPressure(pod, eviction?.pressures ?? []) ?? shutdown.admit(),
  })
  const workers: PodWorkers = new PodWorkers(
    measuredLifecycle(lifecycle, metrics, pod => statuses.get(pod).phase),
    {
      ...given('resyncMs', timings.resyncMs),
      onError: (uid, error) => log('pods').warn('a pod could not be synced; it will be tried again', { uid, error }),
      onReleased: pod => staticPods.released(pod),
    },
  )
  const staticPods: StaticPods = new StaticPods({ nodeName, workers, clock, log: log('static-pods'), onChange: key => mirrors.poke(key) })
  const source: PodSource = new PodSource({
    ...{ client, nodeName, workers, clock },
    heard: pod => statuses.heard(pod),
    mirrorHeard: pod => mirrors.poke(keyOf(pod)),
    log: log('pods'),
  })
  const mirrors = new MirrorPods({
    ...{ client, staticPods, node },
    inApi: source,
    onShown: (pod, mirror) => statuses.mirrored(pod, mirror),
    log: log('static-pods'),
  })
  const housekeeping = new Housekeeping({
    runtime,
    cache,
    clock,
    log: log('housekeeping'),
    isKnown: uid => workers.phase(uid) !== undefined || source.has(uid) || staticPods.has(uid),
    ready: async signal => {
      await Promise.all([source.synced(signal), pleg.relisted(signal), staticPods.known(signal)])
    },
    ...given('periodMs', timings.housekeepingMs),
  })

  const terminate = (pod: Pod, { reason, message, graceSeconds, disruption }: Eviction & { reason: string }) =>
    workers.terminate(pod.metadata.uid, { graceSeconds, failure: { reason, message, disruption } })
  const eviction =
    options.eviction &&
    new EvictionManager({
      config: options.eviction,
      observeMachine: options.eviction.observeMachine,
      onPressure: options.eviction.onPressure,
      meter: new PodMeter({ runtime, volumeUsage: pod => volumes.diskUsage(pod) }),
      pods: {
        active: () => workers.active(),
        isStopping: uid => workers.phase(uid) !== 'syncing',
        hasStopped: uid => workers.hasStopped(uid),
        evict(pod, verdict) {
          events.record({ pod, type: 'Warning', reason: 'Evicted', message: verdict.message, annotations: verdict.annotations })
          terminate(pod, { ...verdict, reason: 'Evicted' })
        },
      },
      reclaimDisk: () =>
        reclaimDisk({ runtime, ended: () => cache.all().filter(({ identity }) => workers.phase(identity.uid) === 'finished') }),
      warn: (reason, message) => options.recorder.event(nodeReference(nodeName), { type: 'Warning', reason, message }),
      clock,
      log: log('eviction'),
    })
  const shutdown = new GracefulShutdown({
    periods: options.shutdownPeriods ?? [],
    pods: () => workers.active(),
    terminate: (pod, verdict) => terminate(pod, { ...verdict, annotations: {}, disruption: true }),
    isOver: uid => [undefined, 'finished'].includes(workers.phase(uid)),
    clock,
    log: log('shutdown'),
  })
  const manifests = options.staticPods
    ? [new ManifestDirectory({ ...options.staticPods, onManifests: found => staticPods.read(found), clock, log: log('static-pods') })]
    : []
  // Without a directory there are no static pods: that is known at once, and mirrors of old ones have to go.
  if (!options.staticPods) staticPods.read([])

  const volumesOf = async (uid: string | undefined) => {
    const pod = workers.pods().find(({ metadata }) => metadata.uid === uid)
    return pod ? volumes.usage(pod) : new Map<string, number>()
  }
  const current = (): Pod[] => workers.pods().map(pod => ({ ...pod, status: statuses.get(pod) }))
  return {
    shutdown,
    metrics,
    runtime,
    pods: source.informer,
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
        const evicting = eviction ? [eviction] : []
        await runAll([statuses, pleg, watches, workers, ...manifests, source, mirrors, housekeeping, imageGc, ...evicting], signal)
      } finally {
        probes.stop()
      }
    },
  }
}

/** How kubelets name their node in events: its name stands for its uid. */
export const nodeReference = (name: string) => ({ apiVersion: 'v1', kind: 'Node', name, uid: name })

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
