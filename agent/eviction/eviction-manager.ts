import type { Pod } from '../../api/core/pod.ts'
import { isCriticalPod } from '../../api/critical-pod.ts'
import { sleepUnlessAborted, type Clock } from '../../common/clock.ts'
import { isEqual } from '../../common/equal.ts'
import type { Logger } from '../../common/log.ts'
import type { Runnable } from '../../common/run.ts'
import { evictionReport, type EvictionReport, type Shortage } from './eviction-message.ts'
import { exceededLimit, limitsLocalStorage } from './local-storage.ts'
import { countsPods, withNodeMemory, type NodeMemory } from './node-memory.ts'
import { nothingShort, planEviction, type EvictionPlan, type EvictionState } from './plan-eviction.ts'
import type { PodMeter } from './pod-meter.ts'
import type { Usages } from './pod-usage.ts'
import { rankPods } from './rank-pods.ts'
import { isHard, metThresholds, signals, type Observations, type Pressure, type Threshold } from './thresholds.ts'

export interface EvictionConfig {
  readonly thresholds: readonly Threshold[]
  readonly pressureTransitionPeriodMs: number
  readonly maxPodGracePeriodSeconds: number
  readonly monitoringPeriodMs: number
  readonly memory: NodeMemory
}

export interface Eviction extends EvictionReport {
  readonly graceSeconds: number
  /** The node was short: the pod's DisruptionTarget condition says so. Pods that broke a limit of their own have none. */
  readonly disruption: boolean
}

/** The pods of the node, as far as eviction has to do with them. */
export interface EvictablePods {
  /** Those of which containers may run. */
  active(): readonly Pod[]
  isStopping(uid: string): boolean
  hasStopped(uid: string): boolean
  evict(pod: Pod, eviction: Eviction): void
}

export interface EvictionManagerOptions {
  readonly config: EvictionConfig
  readonly observeMachine: () => Promise<Observations>
  readonly meter: PodMeter
  readonly pods: EvictablePods
  /** Makes room on the disk without touching a pod that runs: dead containers and unused images. */
  readonly reclaimDisk: () => Promise<void>
  /** A Warning about the node. */
  readonly warn: (reason: string, message: string) => void
  readonly onPressure: (pressures: readonly Pressure[]) => void
  readonly clock: Clock
  readonly log: Logger
}

/** Upstream's grace for a pod that has to go at once. */
const immediately = 1
const cleanUpMs = { longest: 30_000, look: 1_000 }

/** Keeps the node usable when it runs short, and pods within their limits on local storage, by evicting; it looks, as upstream does. */
export class EvictionManager implements Runnable {
  readonly #options: EvictionManagerOptions
  #state: EvictionState = nothingShort
  #pressures: readonly Pressure[] = []

  constructor(options: EvictionManagerOptions) {
    this.#options = options
  }

  /** What the node is under now, for admission. */
  get pressures(): readonly Pressure[] {
    return this.#pressures
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, config, log } = this.#options
    while (!signal.aborted) {
      let evicted: readonly Pod[] = []
      try {
        evicted = await this.synchronize()
      } catch (error) {
        log.warn('whether the node is short of anything is not known', { error })
      }
      if (evicted.length > 0) await this.#untilStopped(evicted, signal)
      else await sleepUnlessAborted(clock, config.monitoringPeriodMs, signal)
    }
  }

  /** One look: tells the pressures, and evicts at most one pod for the node's sake. Resolves to the pods that have to go. */
  async synchronize(): Promise<readonly Pod[]> {
    const { config, clock, pods, onPressure } = this.#options
    const active = pods.active()
    // 1. What is left?
    const { observations, usages } = await this.#observe(active)
    // 2. What does that mean?
    const { thresholds, pressureTransitionPeriodMs: transitionPeriodMs } = config
    const plan = planEviction(this.#state, { thresholds, observations, transitionPeriodMs, now: clock.now().getTime() })
    this.#state = plan.state
    if (!isEqual(plan.pressures, this.#pressures)) {
      this.#pressures = plan.pressures
      onPressure(plan.pressures)
    }
    // 3. Pods beyond their own limits go first; that may be all it takes.
    const candidates = active.filter(({ metadata }) => !pods.isStopping(metadata.uid))
    const beyond = await this.#evictBeyondLimits(candidates)
    if (beyond.length > 0 || !plan.reclaim) return beyond
    return await this.#reclaim(plan, { candidates, observations, usages })
  }

  async #observe(active: readonly Pod[]): Promise<{ observations: Observations; usages: Usages | undefined }> {
    const { observeMachine, meter, config } = this.#options
    const machine = await observeMachine()
    if (!countsPods(config.memory)) return { observations: machine, usages: undefined }
    const usages = await meter.memory(active)
    return { observations: withNodeMemory(machine, usages, config.memory), usages }
  }

  async #evictBeyondLimits(candidates: readonly Pod[]): Promise<Pod[]> {
    const limited = candidates.filter(limitsLocalStorage)
    const usages = await this.#options.meter.disk(limited)
    return limited.filter(pod => {
      const usage = usages.get(pod.metadata.uid)
      const message = usage && exceededLimit(pod, usage)
      return message !== undefined && this.#evict(pod, { message, annotations: {}, graceSeconds: immediately, disruption: false })
    })
  }

  async #reclaim(
    { reclaim, state }: EvictionPlan,
    { candidates, observations, usages }: { candidates: readonly Pod[]; observations: Observations; usages: Usages | undefined },
  ): Promise<readonly Pod[]> {
    if (!reclaim) return []
    const { threshold, resource } = reclaim
    const { log, warn, meter, config } = this.#options
    warn('EvictionThresholdMet', `Attempting to reclaim ${resource}`)
    if (await this.#reclaimedFromNode(threshold)) return []
    if (candidates.length === 0) {
      log.warn('the node is short, but has no pods to evict', { resource })
      return []
    }
    const onDisk = signals[threshold.signal].condition === 'DiskPressure'
    const measured = onDisk ? await meter.disk(candidates) : (usages ?? (await meter.memory(candidates)))
    const shortage: Shortage = { resource, thresholds: state.pursued, observations }
    for (const pod of rankPods(candidates, resource, measured)) {
      const grace = Math.min(config.maxPodGracePeriodSeconds, pod.spec.terminationGracePeriodSeconds ?? Infinity)
      const graceSeconds = isHard(threshold) ? immediately : grace
      const report = evictionReport(pod, measured.get(pod.metadata.uid), shortage)
      if (this.#evict(pod, { ...report, graceSeconds, disruption: true })) return [pod]
    }
    log.warn('the node is short, but none of its pods may be evicted', { resource })
    return []
  }

  /** True when what the node can spare was enough. */
  async #reclaimedFromNode({ signal }: Threshold): Promise<boolean> {
    const { reclaimDisk, config, pods, log } = this.#options
    if (signals[signal].condition !== 'DiskPressure') return false
    await reclaimDisk().catch((error: unknown) => log.warn('room could not be made on the disk', { error }))
    const { observations } = await this.#observe(pods.active())
    return metThresholds(config.thresholds, observations, { withReclaim: true }).length === 0
  }

  #evict(pod: Pod, eviction: Eviction): boolean {
    const { pods, log } = this.#options
    const { name, namespace } = pod.metadata
    if (isCriticalPod(pod)) {
      log.warn('a critical pod cannot be evicted', { pod: name, namespace })
      return false
    }
    log.info('evicting a pod', { pod: name, namespace, why: eviction.message })
    pods.evict(pod, eviction)
    return true
  }

  /** The next look would still see what these use. */
  async #untilStopped(evicted: readonly Pod[], signal: AbortSignal): Promise<void> {
    const { clock, pods, log } = this.#options
    const deadline = clock.now().getTime() + cleanUpMs.longest
    while (!signal.aborted && !evicted.every(({ metadata }) => pods.hasStopped(metadata.uid))) {
      if (clock.now().getTime() > deadline)
        return log.warn('evicted pods take long to stop', { pods: evicted.map(({ metadata }) => metadata.name) })
      await sleepUnlessAborted(clock, cleanUpMs.look, signal)
    }
  }
}
