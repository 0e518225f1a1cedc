import type { Pod } from '../../api/core/pod.ts'
import { isConflict, isNotFound } from '../../api/errors.ts'
import { isPodFinished } from '../../api/pod-phase.ts'
import { keyOf } from '../../client/cache.ts'
import type { Client } from '../../client/client.ts'
import { allSynced } from '../../client/controller.ts'
import { Informers } from '../../client/informers.ts'
import type { Logger } from '../../common/log.ts'
import { runAll, type Runnable } from '../../common/run.ts'
import { TimeSlice } from '../../common/time-slice.ts'
import { messageOf } from '../../common/error-message.ts'
import type { BindingStep, Placed } from './binding-step.ts'
import { couldHelp, type ClusterEvent } from './cluster-event.ts'
import { ClusterWatch } from './cluster-watch.ts'
import { defaultConfiguration, type SchedulerConfiguration } from './configuration/configuration.ts'
import { Decisions } from './decisions.ts'
import { Framework } from './framework.ts'
import { Nominations } from './nominations.ts'
import type { SchedulerObserver } from './observer.ts'
import { placePod } from './place-pod.ts'
import { explain, type Placement } from './placement.ts'
import type { Cluster } from './plugin.ts'
import { planPreemption, type PreemptionPlan } from './preemption.ts'
import { SchedulingQueue } from './queue.ts'
import { Slots } from './slots.ts'
import { VolumeBinder } from './volumes/volume-binder.ts'
import { volumeBindingStep } from './volumes/volume-binding-step.ts'

export interface SchedulerOptions {
  readonly client: Client
  readonly log: Logger
  /** One profile of the name `default-scheduler` with all rules, unless told otherwise. */
  readonly configuration?: SchedulerConfiguration
  readonly observer?: SchedulerObserver
}

/** Gives every pod without a node the best one there is. */
export const createScheduler = (options: SchedulerOptions): Runnable => new Scheduler(options)

/** Bindings are written while others are decided; a thousand at once would only wait for each other, and nobody else be served. */
const bindingsAtOnce = 50

class Scheduler implements Runnable {
  readonly #options: SchedulerOptions
  readonly #informers: Informers
  readonly #watch: ClusterWatch
  readonly #queue: SchedulingQueue
  /** By `schedulerName`. */
  readonly #frameworks: ReadonlyMap<string, Framework>
  /** Pods that are being bound: not to be queued again by news that are older than the binding. */
  readonly #binding = new Set<string>()
  readonly #steps: readonly BindingStep[]
  readonly #writes = new Slots(bindingsAtOnce)
  readonly #nominations = new Nominations()
  readonly #decisions = new Decisions()
  /** Where the search for nodes goes on, so that all get their turn where not all are looked at. */
  #start = 0
  #wake: () => void = () => undefined

  constructor(options: SchedulerOptions) {
    const { client, log, configuration = defaultConfiguration } = options
    this.#options = options
    this.#informers = new Informers(client, log)
    const volumes = new VolumeBinder({ client, informers: this.#informers })
    const timeoutMsOf = (pod: Pod) => (this.#frameworkOf(pod)?.profile.bindTimeoutSeconds ?? 0) * 1000
    // What the rules do besides deciding: a rule that acts adds its step here.
    this.#steps = [volumeBindingStep(volumes, timeoutMsOf)]
    const parts = { client, log, steps: this.#steps, writes: this.#writes }
    this.#frameworks = new Map(configuration.profiles.map(profile => [profile.schedulerName, new Framework({ ...parts, profile })]))
    this.#queue = new SchedulingQueue({
      ready: () => this.#wake(),
      helps: (key, refusedBy, event) => this.#helps(key, refusedBy, event),
      initialBackoff: configuration.podInitialBackoffSeconds * 1000,
      longestBackoff: configuration.podMaxBackoffSeconds * 1000,
    })
    this.#watch = new ClusterWatch({
      informers: this.#informers,
      volumes,
      happened: event => this.#queue.wake(event),
      observed: (pod, previous) => this.#observe(pod, previous),
      gone: pod => this.#forget(pod),
    })
    options.observer?.follow(() => this.#queue.sizes)
  }

  run(signal: AbortSignal): Promise<void> {
    const loop: Runnable = {
      run: async stop => {
        if (await allSynced(this.#watch.sources, stop)) await this.#loop(stop)
      },
    }
    return runAll([this.#informers, ...[...this.#frameworks.values()].map(({ events }) => events), loop], signal)
  }

  #frameworkOf = (pod: Pod): Framework | undefined => this.#frameworks.get(pod.spec.schedulerName || 'default-scheduler')

  /** Whether any of the rules that refused the pod says that the event could change its mind. */
  #helps(key: string, refusedBy: ReadonlySet<string>, event: ClusterEvent): boolean {
    const pod = this.#watch.pod(key)
    const framework = pod && this.#frameworkOf(pod)
    return !framework || framework.helps(pod, { refusedBy, event, cluster: this.#watch.now() })
  }

  #forget(pod: Pod): void {
    this.#queue.remove(keyOf(pod))
    this.#nominations.delete(pod.metadata.uid)
    this.#decisions.delete(pod.metadata.uid)
    this.#options.observer?.forget(pod)
    for (const step of this.#steps) step.gone?.(pod)
  }

  #observe(pod: Pod, previous?: Pod): void {
    const key = keyOf(pod)
    const { uid } = pod.metadata
    if (previous && wantsExplanation(pod) && !wantsExplanation(previous)) this.#explain(pod)
    if (pod.spec.nodeName || !isSchedulable(pod)) {
      this.#nominations.delete(uid)
      return this.#queue.remove(key)
    }
    const framework = this.#frameworkOf(pod)
    if (!framework || this.#binding.has(uid)) return
    if (pod.status.nominatedNodeName !== previous?.status.nominatedNodeName) this.#nominations.set(pod, pod.status.nominatedNodeName)
    const gated = framework.isGated(pod)
    if (!previous || !this.#queue.has(key) || gated || framework.isGated(previous)) {
      return this.#queue.add(key, pod.spec.priority ?? 0, { gated })
    }
    const event: ClusterEvent = { of: 'OwnPod', before: previous, after: pod }
    if (couldHelp(event)) this.#queue.changed(key, event)
  }

  async #loop(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.#wake(), { once: true })
    const attempts = new Set<Promise<void>>()
    // What others of the process have to do is not to wait until every pod has been tried.
    let slice = new TimeSlice()
    while (!signal.aborted) {
      if (this.#writes.areTaken) {
        await this.#writes.free()
        slice = new TimeSlice()
      } else if (slice.over) await slice.next()
      // Whoever stopped it meanwhile has woken it already, and would not again.
      if (signal.aborted) break
      const key = this.#queue.take()
      if (key === undefined) {
        await new Promise<void>(resolve => (this.#wake = resolve))
        slice = new TimeSlice()
        continue
      }
      const work = this.#schedule(key, signal).catch((error: unknown) => {
        this.#options.log.error('pod not scheduled', { pod: key, error })
        this.#queue.failed(key)
      })
      attempts.add(work)
      void work.finally(() => attempts.delete(work))
    }
    this.#queue.stop()
    await Promise.allSettled(attempts)
  }

  async #schedule(key: string, signal: AbortSignal): Promise<void> {
    const pod = this.#watch.pod(key)
    const framework = pod && this.#frameworkOf(pod)
    if (!framework || pod.spec.nodeName || !isSchedulable(pod)) return this.#queue.remove(key)
    this.#options.observer?.begins(pod)
    const cluster = this.#watch.now()
    const placement = placePod(pod, cluster, {
      plugins: framework.profile.rules,
      verdicts: framework.verdicts,
      percentage: framework.profile.percentageOfNodesToScore,
      crowded: this.#nominations.crowded(cluster.nodes, pod),
      nominated: this.#nominations.nodeOf(pod),
      start: this.#start,
    })
    this.#start = (this.#start + placement.examined) % Math.max(1, cluster.nodes.length)
    this.#decisions.set(pod.metadata.uid, placement)
    if (wantsExplanation(pod)) this.#explain(pod)
    if (!placement.node) return this.#writes.hold(() => this.#reject(pod, { placement, cluster, framework }))
    this.#watch.snapshot.assume(pod, placement.node.node.metadata.name)
    await this.#bind({ pod, info: placement.node, cluster }, { framework, signal })
  }

  async #bind(placed: Placed, { framework, signal }: { framework: Framework; signal: AbortSignal }): Promise<void> {
    const { pod, info } = placed
    const { name, namespace = '', uid } = pod.metadata
    const node = info.node.metadata.name
    this.#binding.add(uid)
    try {
      framework.cycle.reserve(placed)
      await framework.cycle.bind(placed, signal)
    } catch (error) {
      // What was not done is done by the scheduler that comes next.
      if (signal.aborted) return
      return await this.#unbind(pod, { framework, error })
    } finally {
      this.#binding.delete(uid)
    }
    this.#options.observer?.ends(pod, 'scheduled')
    this.#options.log.debug('pod bound', { pod: keyOf(pod), node })
    framework.events.event(pod, {
      type: 'Normal',
      reason: 'Scheduled',
      message: `Successfully assigned ${namespace}/${name} to ${node}`,
      action: 'Binding',
    })
  }

  async #unbind(pod: Pod, { framework, error }: { framework: Framework; error: unknown }): Promise<void> {
    this.#options.observer?.ends(pod, 'error')
    const key = keyOf(pod)
    const current = this.#watch.pod(key)
    const same = current?.metadata.uid === pod.metadata.uid ? current : undefined
    if (!same?.spec.nodeName) {
      this.#watch.snapshot.removePod(pod.metadata.uid)
      // What it was about to take is free again.
      this.#queue.wake({ of: 'AssignedPod', before: pod })
    }
    if (!current || same?.spec.nodeName) return this.#queue.remove(key)
    this.#queue.failed(key)
    // Deleted, made anew or bound by somebody else in the meantime: the watch will say so too, and there is nothing to report.
    const cause = error instanceof Error ? error.cause : undefined
    if (isNotFound(cause) || isConflict(cause)) return
    this.#options.log.warn('binding failed', { pod: key, error })
    await framework.reporter.report(pod, {
      message: messageOf(error),
      reason: 'SchedulerError',
      nominated: pod.status.nominatedNodeName,
    })
  }

  /** Nowhere to go: more important pods make others leave, and are promised their place; all others wait. */
  async #reject(
    pod: Pod,
    decision: { placement: Placement & { readonly why: string }; cluster: Cluster; framework: Framework },
  ): Promise<void> {
    const { placement, cluster, framework } = decision
    const { refusals, refusedBy, why } = placement
    const { rules, preemption } = framework.profile
    this.#queue.refused(keyOf(pod), refusedBy)
    this.#options.observer?.ends(pod, 'unschedulable')
    // Where no rule has looked at any node, there is nothing that an eviction could change.
    if (refusals.size === 0 || !preemption)
      return framework.reporter.report(pod, { message: why, reason: 'Unschedulable', nominated: pod.status.nominatedNodeName })
    const plan = planPreemption(pod, cluster, { plugins: rules, refusals, budgets: this.#watch.budgets(), limits: preemption })
    const { candidate } = plan
    this.#options.observer?.preempts(candidate?.victims.length ?? 0)
    const nominated = nominationAfter(pod, plan)
    this.#nominations.set(pod, nominated)
    if (!candidate) {
      return framework.reporter.report(pod, {
        message: `${why} no new claims to deallocate, preemption: ${plan.refused}`,
        reason: 'Unschedulable',
        nominated,
      })
    }
    this.#options.log.info('making room for a pod', { pod: keyOf(pod), node: candidate.node, victims: candidate.victims.map(keyOf) })
    await framework.reporter.report(pod, { message: why, reason: 'Unschedulable', nominated })
    const lesser = this.#nominations.lesserOn(candidate.node, pod)
    for (const each of lesser) this.#nominations.delete(each.metadata.uid)
    const { preemptor } = framework
    await Promise.all([preemptor.evict(pod, candidate), ...lesser.map(each => preemptor.clearNomination(each))])
  }

  /** Upstream has nothing like it: what each rule said of each node, as an event of the pod that asks for it. */
  #explain(pod: Pod): void {
    const placement = this.#decisions.get(pod.metadata.uid)
    if (!placement) return
    this.#frameworkOf(pod)?.events.event(pod, {
      type: 'Normal',
      reason: 'SchedulingExplained',
      message: explain(placement).slice(0, 1024),
      action: 'Scheduling',
    })
  }
}

const isSchedulable = (pod: Pod): boolean => !pod.metadata.deletionTimestamp && !isPodFinished(pod)

/** `kubectl annotate pod x kubeling.io/explain-scheduling=true`, before or after the pod was placed. */
const wantsExplanation = ({ metadata }: Pod): boolean => metadata.annotations?.['kubeling.io/explain-scheduling'] === 'true'

function nominationAfter(pod: Pod, plan: PreemptionPlan): string | undefined {
  if (plan.candidate) return plan.candidate.node
  return plan.keepsNomination ? pod.status.nominatedNodeName : undefined
}
