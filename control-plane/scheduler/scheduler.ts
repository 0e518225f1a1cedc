import { Namespace } from '../../api/core/namespace.ts'
import { Node } from '../../api/core/node.ts'
import { Pod } from '../../api/core/pod.ts'
import { Service } from '../../api/core/service.ts'
import { findCondition } from '../../api/conditions.ts'
import { isConflict, isNotFound } from '../../api/errors.ts'
import { isPodFinished } from '../../api/pod-phase.ts'
import { timestamp } from '../../api/time.ts'
import { keyOf } from '../../client/cache.ts'
import type { Client } from '../../client/client.ts'
import { allSynced } from '../../client/controller.ts'
import { EventRecorder } from '../../client/event-recorder.ts'
import { Informers } from '../../client/informers.ts'
import type { Logger } from '../../common/log.ts'
import { runAll, type Runnable } from '../../common/run.ts'
import { isEqual } from '../../common/equal.ts'
import { messageOf } from '../../common/error-message.ts'
import { placePod } from './place-pod.ts'
import { plugins } from './plugins/index.ts'
import { SchedulingQueue } from './queue.ts'
import { matters, Snapshot } from './snapshot.ts'

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
  #wake: () => void = () => undefined

  constructor(options: SchedulerOptions) {
    this.#options = options
    this.#name = options.name ?? 'default-scheduler'
    this.#informers = new Informers(options.client, options.log)
    this.#events = new EventRecorder({ client: options.client, component: this.#name, style: 'series', log: options.log })
    this.#queue = new SchedulingQueue({ ready: () => this.#wake() })
  }

  run(signal: AbortSignal): Promise<void> {
    const informers = [this.#watchNodes(), this.#watchPods(), this.#informers.for(Namespace), this.#informers.for(Service)]
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

  #watchPods() {
    const informer = this.#informers.for(Pod)
    informer.addListener({
      added: pod => this.#observe(pod),
      updated: (pod, previous) => this.#observe(pod, previous),
      deleted: pod => {
        this.#queue.remove(keyOf(pod))
        this.#snapshot.removePod(pod.metadata.uid)
        if (pod.spec.nodeName) this.#queue.wake()
      },
    })
    return informer
  }

  #observe(pod: Pod, previous?: Pod): void {
    const key = keyOf(pod)
    if (pod.spec.nodeName) {
      this.#snapshot.setPod(pod)
      this.#queue.remove(key)
      const finished = isPodFinished(pod)
      if (!previous?.spec.nodeName || finished || !isEqual(pod.metadata.labels, previous.metadata.labels)) this.#queue.wake()
    } else if (!this.#schedulable(pod)) {
      this.#queue.remove(key)
    } else if (!this.#binding.has(pod.metadata.uid)) {
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
    const bindings = new Set<Promise<void>>()
    while (!signal.aborted) {
      const key = this.#queue.take()
      if (key === undefined) {
        await new Promise<void>(resolve => (this.#wake = resolve))
        continue
      }
      const work = this.#schedule(key).catch((error: unknown) => {
        this.#options.log.error('pod not scheduled', { pod: key, error })
        this.#queue.failed(key, { retry: true })
      })
      bindings.add(work)
      void work.finally(() => bindings.delete(work))
      // A thousand bindings at once would only wait for each other, and nobody else would be served meanwhile.
      if (bindings.size >= batch) await Promise.race(bindings)
    }
    this.#queue.stop()
    await Promise.allSettled(bindings)
  }

  async #schedule(key: string): Promise<void> {
    const pod = this.#informers.for(Pod).cache.get(key)
    if (!pod || pod.spec.nodeName || !this.#schedulable(pod)) return this.#queue.remove(key)
    const cluster = {
      nodes: this.#snapshot.nodes,
      namespaces: this.#informers.for(Namespace).cache.list(),
      services: this.#informers.for(Service).cache.list(),
    }
    const placement = placePod(pod, cluster, { plugins })
    if (!placement.node) return this.#reject(pod, placement.message)
    const node = placement.node.node.metadata.name
    this.#snapshot.assume(pod, node)
    await this.#bind(pod, node)
  }

  async #bind(pod: Pod, node: string): Promise<void> {
    const { name, namespace = '', uid } = pod.metadata
    this.#binding.add(uid)
    try {
      const body = {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name, namespace, uid },
        target: { apiVersion: 'v1', kind: 'Node', name: node },
      }
      await this.#options.client.post(Pod, { name, namespace, subresource: 'binding' }, body)
    } catch (error) {
      return await this.#unbind(pod, error)
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

  async #unbind(pod: Pod, error: unknown): Promise<void> {
    const current = this.#informers.for(Pod).cache.get(keyOf(pod))
    const bound = current?.metadata.uid === pod.metadata.uid && current.spec.nodeName
    if (!bound) this.#snapshot.removePod(pod.metadata.uid)
    if (!current || bound) return this.#queue.remove(keyOf(pod))
    this.#queue.failed(keyOf(pod), { retry: true })
    // Deleted, made anew or bound by somebody else in the meantime: the watch will say so too, and there is nothing to report.
    if (isNotFound(error) || isConflict(error)) return
    this.#options.log.warn('binding failed', { pod: keyOf(pod), error })
    await this.#report(pod, `binding rejected: ${messageOf(error)}`, 'SchedulerError')
  }

  async #reject(pod: Pod, message: string): Promise<void> {
    this.#queue.failed(keyOf(pod), { retry: false })
    await this.#report(pod, message, 'Unschedulable')
  }

  /** Tells the user why: as an event, and as the condition PodScheduled. */
  async #report(pod: Pod, message: string, reason: 'Unschedulable' | 'SchedulerError'): Promise<void> {
    this.#events.event(pod, { type: 'Warning', reason: 'FailedScheduling', message, action: 'Scheduling' })
    const current = findCondition(pod.status.conditions, 'PodScheduled')
    if (current?.status === 'False' && current.reason === reason && current.message === message) return
    const condition = {
      type: 'PodScheduled',
      status: 'False',
      reason,
      message,
      ...(pod.metadata.generation === undefined ? {} : { observedGeneration: pod.metadata.generation }),
      lastProbeTime: null,
      lastTransitionTime: current?.status === 'False' ? current.lastTransitionTime : timestamp(new Date()),
    }
    try {
      const { name, namespace } = pod.metadata
      await this.#options.client.patch(
        Pod,
        { name, namespace },
        { type: 'strategic', subresource: 'status', body: { status: { conditions: [condition] } } },
      )
    } catch (error) {
      if (!isNotFound(error)) this.#options.log.warn('condition not written', { pod: keyOf(pod), error })
    }
  }
}
