import { Namespace } from '../../api/core/namespace.ts'
import { Node } from '../../api/core/node.ts'
import { PersistentVolumeClaim } from '../../api/core/persistent-volume-claim.ts'
import { PersistentVolume } from '../../api/core/persistent-volume.ts'
import { Pod } from '../../api/core/pod.ts'
import { Service } from '../../api/core/service.ts'
import { PodDisruptionBudget } from '../../api/policy/pod-disruption-budget.ts'
import { StorageClass } from '../../api/storage/storage-class.ts'
import { isConflict, isNotFound } from '../../api/errors.ts'
import { isPodFinished } from '../../api/pod-phase.ts'
import { keyOf } from '../../client/cache.ts'
import type { Client } from '../../client/client.ts'
import { allSynced } from '../../client/controller.ts'
import { EventRecorder } from '../../client/event-recorder.ts'
import { Informers } from '../../client/informers.ts'
import type { Logger } from '../../common/log.ts'
import { runAll, type Runnable } from '../../common/run.ts'
import { isEqual } from '../../common/equal.ts'
import { messageOf } from '../../common/error-message.ts'
import { Decisions } from './decisions.ts'
import { FailureReporter } from './failure-reporter.ts'
import { Nominations } from './nominations.ts'
import { placePod } from './place-pod.ts'
import { explain, type Placement } from './placement.ts'
import type { Cluster } from './plugin.ts'
import { plugins } from './plugins/index.ts'
import { planPreemption, type PreemptionPlan } from './preemption.ts'
import { Preemptor } from './preemptor.ts'
import { SchedulingQueue } from './queue.ts'
import { matters, Snapshot } from './snapshot.ts'
import { VolumeBinder, type VolumeReservation } from './volumes/volume-binder.ts'

export interface SchedulerOptions {
  readonly client: Client
  readonly log: Logger
  /** Only pods that name this scheduler are looked at; `default-scheduler` unless told otherwise. */
  readonly name?: string
}

/** Gives every pod without a node the best one there is. */
export const createScheduler = (options: SchedulerOptions): Runnable => new Scheduler(options)

/** How many pods are placed before others get to run; binding itself does not hold up the next placement. */
const batch = 50

class Scheduler implements Runnable {
  readonly #options: SchedulerOptions
  readonly #name: string
  readonly #informers: Informers
  readonly #events: EventRecorder
  readonly #snapshot = new Snapshot()
  readonly #queue: SchedulingQueue
  /** Pods that are being bound: not to be queued again by news that are older than the binding. */
  readonly #binding = new Set<string>()
  readonly #nominations = new Nominations()
  readonly #decisions = new Decisions()
  readonly #preemptor: Preemptor
  readonly #reporter: FailureReporter
  readonly #volumes: VolumeBinder
  /** Pods that have a node, whose volumes are still being bound. */
  readonly #waiting = new Set<Promise<void>>()
  #stopping = AbortSignal.abort()
  /** Where the search for nodes goes on, so that all get their turn where not all are looked at. */
  #start = 0
  #wake: () => void = () => undefined

  constructor(options: SchedulerOptions) {
    this.#options = options
    this.#name = options.name ?? 'default-scheduler'
    this.#informers = new Informers(options.client, options.log)
    this.#events = new EventRecorder({ client: options.client, component: this.#name, style: 'series', log: options.log })
    this.#queue = new SchedulingQueue({ ready: () => this.#wake() })
    this.#preemptor = new Preemptor({ client: options.client, events: this.#events })
    this.#reporter = new FailureReporter({ ...options, events: this.#events })
    this.#volumes = new VolumeBinder({ client: options.client, informers: this.#informers })
  }

  run(signal: AbortSignal): Promise<void> {
    const informers = [
      this.#watchNodes(),
      this.#watchPods(),
      this.#informers.for(Namespace),
      this.#informers.for(Service),
      ...this.#watchStorage(),
      this.#informers.for(PodDisruptionBudget),
    ]
    const loop: Runnable = {
      run: async stop => {
        if (await allSynced(informers, stop)) await this.#loop(stop)
      },
    }
    return runAll([this.#informers, this.#events, loop], signal)
  }

  #watchNodes() {
    const informer = this.#informers.for(Node)
    informer.addListener({
      added: node => {
        this.#snapshot.setNode(node)
        this.#queue.wake()
      },
      updated: (node, previous) => {
        this.#snapshot.setNode(node)
        if (matters(node, previous)) this.#queue.wake()
      },
      deleted: node => {
        this.#snapshot.removeNode(node.metadata.name)
        this.#queue.wake()
      },
    })
    return informer
  }

  #watchStorage() {
    const wake = () => this.#queue.wake()
    const listener = { added: wake, updated: wake, deleted: () => undefined }
    const [claims, volumes, classes] = [
      this.#informers.for(PersistentVolumeClaim),
      this.#informers.for(PersistentVolume),
      this.#informers.for(StorageClass),
    ]
    claims.addListener(listener)
    volumes.addListener(listener)
    classes.addListener(listener)
    return [claims, volumes, classes] as const
  }

  #watchPods() {
    const informer = this.#informers.for(Pod)
    informer.addListener({
      added: pod => this.#observe(pod),
      updated: (pod, previous) => this.#observe(pod, previous),
      deleted: pod => {
        this.#queue.remove(keyOf(pod))
        this.#snapshot.removePod(pod.metadata.uid)
        this.#nominations.delete(pod.metadata.uid)
        this.#decisions.delete(pod.metadata.uid)
        this.#volumes.forget(pod.metadata.uid)
        if (pod.spec.nodeName) this.#queue.wake()
      },
    })
    return informer
  }

  #observe(pod: Pod, previous?: Pod): void {
    const key = keyOf(pod)
    if (previous && wantsExplanation(pod) && !wantsExplanation(previous)) this.#explain(pod)
    if (pod.spec.nodeName) {
      this.#nominations.delete(pod.metadata.uid)
      this.#snapshot.setPod(pod)
      this.#queue.remove(key)
      const finished = isPodFinished(pod)
      if (!previous?.spec.nodeName || finished || !isEqual(pod.metadata.labels, previous.metadata.labels)) this.#queue.wake()
    } else if (!this.#schedulable(pod)) {
      this.#queue.remove(key)
      this.#nominations.delete(pod.metadata.uid)
    } else if (!this.#binding.has(pod.metadata.uid)) {
      if (pod.status.nominatedNodeName !== previous?.status.nominatedNodeName) this.#nominations.set(pod, pod.status.nominatedNodeName)
      const changed = !previous || !isEqual(pod.spec, previous.spec) || !isEqual(pod.metadata.labels, previous.metadata.labels)
      if (changed || !this.#queue.has(key)) this.#queue.add(key, pod.spec.priority ?? 0)
    }
  }

  #schedulable(pod: Pod): boolean {
    if (pod.metadata.deletionTimestamp || isPodFinished(pod)) return false
    return (pod.spec.schedulerName || 'default-scheduler') === this.#name && !pod.spec.schedulingGates?.length
  }

  async #loop(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.#wake(), { once: true })
    this.#stopping = signal
    const bindings = new Set<Promise<void>>()
    while (!signal.aborted) {
      const key = this.#queue.take()
      if (key === undefined) {
        await new Promise<void>(resolve => (this.#wake = resolve))
        continue
      }
      const work = this.#schedule(key).catch((error: unknown) => this.#failed(key, error))
      bindings.add(work)
      void work.finally(() => bindings.delete(work))
      // A thousand bindings at once would only wait for each other, and nobody else would be served meanwhile.
      if (bindings.size >= batch) await Promise.race(bindings)
    }
    this.#queue.stop()
    await Promise.allSettled([...bindings, ...this.#waiting])
  }

  async #schedule(key: string): Promise<void> {
    const pod = this.#informers.for(Pod).cache.get(key)
    if (!pod || pod.spec.nodeName || !this.#schedulable(pod)) return this.#queue.remove(key)
    const cluster = {
      nodes: this.#snapshot.nodes,
      namespaces: this.#informers.for(Namespace).cache.list(),
      services: this.#informers.for(Service).cache.list(),
      claims: this.#volumes.claims(),
      storage: this.#volumes.storage(),
    }
    const placement = placePod(pod, cluster, {
      plugins,
      crowded: this.#nominations.crowded(cluster.nodes, pod),
      nominated: this.#nominations.nodeOf(pod),
      start: this.#start,
    })
    this.#start = (this.#start + placement.examined) % Math.max(1, cluster.nodes.length)
    this.#decisions.set(pod.metadata.uid, placement)
    if (wantsExplanation(pod)) this.#explain(pod)
    if (!placement.node) return this.#reject(pod, placement, cluster)
    const node = placement.node.node.metadata.name
    const volumes = this.#volumes.reserve(pod, placement.node.node)
    this.#snapshot.assume(pod, node)
    const binding = this.#bind(pod, node, volumes)
    // Volumes may take minutes to be made, and others are not to wait for that.
    if (volumes) this.#inBackground(key, binding)
    else await binding
  }

  #inBackground(key: string, binding: Promise<void>): void {
    const work = binding.catch((error: unknown) => this.#failed(key, error))
    this.#waiting.add(work)
    void work.finally(() => this.#waiting.delete(work))
  }

  #failed(key: string, error: unknown): void {
    this.#options.log.error('pod not scheduled', { pod: key, error })
    this.#queue.failed(key, { retry: true })
  }

  async #bind(pod: Pod, node: string, volumes?: VolumeReservation): Promise<void> {
    const { name, namespace = '', uid } = pod.metadata
    this.#binding.add(uid)
    try {
      if (volumes) await this.#volumes.bind(volumes, this.#stopping)
    } catch (error) {
      this.#binding.delete(uid)
      return await this.#unbind(pod, { error, message: `running PreBind plugin "VolumeBinding": binding volumes: ${messageOf(error)}` })
    } finally {
      if (volumes) this.#volumes.release(volumes)
    }
    try {
      const body = {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name, namespace, uid },
        target: { apiVersion: 'v1', kind: 'Node', name: node },
      }
      await this.#options.client.post(Pod, { name, namespace, subresource: 'binding' }, body)
    } catch (error) {
      return await this.#unbind(pod, { error, message: `binding rejected: ${messageOf(error)}` })
    } finally {
      this.#binding.delete(uid)
    }
    this.#options.log.debug('pod bound', { pod: keyOf(pod), node })
    this.#events.event(pod, {
      type: 'Normal',
      reason: 'Scheduled',
      message: `Successfully assigned ${namespace}/${name} to ${node}`,
      action: 'Binding',
    })
  }

  async #unbind(pod: Pod, { error, message }: { readonly error: unknown; readonly message: string }): Promise<void> {
    // What was not done is done by the scheduler that comes next.
    if (this.#stopping.aborted) return
    const current = this.#informers.for(Pod).cache.get(keyOf(pod))
    const bound = current?.metadata.uid === pod.metadata.uid && current.spec.nodeName
    if (!bound) this.#snapshot.removePod(pod.metadata.uid)
    if (!current || bound) return this.#queue.remove(keyOf(pod))
    this.#queue.failed(keyOf(pod), { retry: true })
    // Deleted, made anew or bound by somebody else in the meantime: the watch will say so too, and there is nothing to report.
    if (isNotFound(error) || isConflict(error)) return
    this.#options.log.warn('binding failed', { pod: keyOf(pod), error })
    const { nominatedNodeName } = pod.status
    await this.#reporter.report(pod, {
      message,
      reason: 'SchedulerError',
      nominated: nominatedNodeName,
    })
  }

  /** Nowhere to go: more important pods make others leave, and are promised their place; all others wait. */
  async #reject(pod: Pod, placement: Placement & { readonly why: string }, cluster: Cluster): Promise<void> {
    this.#queue.failed(keyOf(pod), { retry: false })
    const { refusals, why } = placement
    // Where no rule has looked at any node, there is nothing that an eviction could change.
    if (refusals.size === 0)
      return this.#reporter.report(pod, { message: why, reason: 'Unschedulable', nominated: pod.status.nominatedNodeName })
    const budgets = this.#informers.for(PodDisruptionBudget).cache.list()
    const plan = planPreemption(pod, cluster, { plugins, refusals, budgets })
    const { candidate } = plan
    const nominated = nominationAfter(pod, plan)
    this.#nominations.set(pod, nominated)
    if (!candidate) {
      return this.#reporter.report(pod, {
        message: `${why} no new claims to deallocate, preemption: ${plan.refused}`,
        reason: 'Unschedulable',
        nominated,
      })
    }
    this.#options.log.info('making room for a pod', { pod: keyOf(pod), node: candidate.node, victims: candidate.victims.map(keyOf) })
    await this.#reporter.report(pod, { message: why, reason: 'Unschedulable', nominated })
    const lesser = this.#nominations.lesserOn(candidate.node, pod)
    for (const each of lesser) this.#nominations.delete(each.metadata.uid)
    await Promise.all([this.#preemptor.evict(pod, candidate), ...lesser.map(each => this.#preemptor.clearNomination(each))])
  }

  /** Upstream has nothing like it: what each rule said of each node, as an event of the pod that asks for it. */
  #explain(pod: Pod): void {
    const placement = this.#decisions.get(pod.metadata.uid)
    if (!placement) return
    this.#events.event(pod, {
      type: 'Normal',
      reason: 'SchedulingExplained',
      message: explain(placement).slice(0, 1024),
      action: 'Scheduling',
    })
  }
}

/** `kubectl annotate pod x kubeling.io/explain-scheduling=true`, before or after the pod was placed. */
const wantsExplanation = ({ metadata }: Pod): boolean => metadata.annotations?.['kubeling.io/explain-scheduling'] === 'true'

function nominationAfter(pod: Pod, plan: PreemptionPlan): string | undefined {
  if (plan.candidate) return plan.candidate.node
  return plan.keepsNomination ? pod.status.nominatedNodeName : undefined
}
