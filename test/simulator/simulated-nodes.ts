import { setCondition } from '../../api/conditions.ts'
import { Node } from '../../api/core/node.ts'
import { Pod } from '../../api/core/pod.ts'
import { isPodFinished } from '../../api/pod-phase.ts'
import { timestamp } from '../../api/time.ts'
import { isPodReady } from '../../control-plane/controllers/pod-readiness.ts'
import { targetNode } from '../../control-plane/controllers/daemon-set/node-fit.ts'
import type { Chance } from './chance.ts'
import { isSameKind, type Change, type SimulatedApi } from './simulated-api.ts'
import type { VirtualTime } from './virtual-time.ts'

export interface NodesOptions {
  readonly api: SimulatedApi
  readonly time: VirtualTime
  readonly chance: Chance
  /** How pods that end by themselves end; undefined for those that run for ever. */
  readonly outcome?: (pod: Pod) => 'Succeeded' | 'Failed' | undefined
}

type PodStatus = Pod['status']

const by = 'kubelet'
/** How long each step of a pod's life takes, in milliseconds. */
const slowest = { bind: 300, start: 1500, ready: 1000, run: 8000, end: 3000 }

/** The scheduler and the kubelets of all nodes, who make no mistakes: pods are bound, start, become ready, end when they are deleted. */
export class SimulatedNodes {
  readonly #options: NodesOptions

  constructor(options: NodesOptions) {
    this.#options = options
    options.api.onChange(change => this.#hear(change))
  }

  addNode(name: string, more: { labels?: Record<string, string>; taints?: readonly { key: string; effect: string }[] } = {}): void {
    const { labels = {}, taints } = more
    this.#options.api.create(Node, { metadata: { name, labels }, spec: taints ? { taints } : {} } as never, by)
  }

  /** A pod's containers stop answering for a while. */
  disturb(pod: Pod): void {
    const { time, chance } = this.#options
    this.#report(pod, current => (isPodReady(current) ? withReady(current, false, time.now()) : undefined))
    this.#later(pod, chance.between(100, 8000), () => this.#becomeReady(pod))
  }

  /** A pod is lost to its node: evicted, or crashed for good. */
  fail(pod: Pod): void {
    this.#end(pod, 'Failed')
  }

  #hear({ type, kind, object, previous }: Change): void {
    if (type === 'DELETED' || !isSameKind(kind, Pod)) return
    const pod = object as Pod
    if (pod.metadata.deletionTimestamp && !(previous as Pod | undefined)?.metadata.deletionTimestamp) this.#terminate(pod)
    if (type === 'ADDED' && !pod.spec.nodeName) this.#later(pod, this.#options.chance.between(1, slowest.bind), () => this.#bind(pod))
  }

  #bind(pod: Pod): void {
    const { api, chance } = this.#options
    const nodes = api.all(Node).map(({ metadata }) => metadata.name)
    const target = targetNode(pod)
    const nodeName = target === undefined ? chance.one(nodes) : nodes.find(name => name === target)
    const current = this.#alive(pod)
    if (!current || current.spec.nodeName) return
    // Pods for nodes that come back wait for them.
    if (nodeName === undefined) return this.#later(pod, 1000, () => this.#bind(pod))
    api.update(Pod, { ...current, spec: { ...current.spec, nodeName } }, { by })
    this.#later(pod, chance.between(1, slowest.start), () => this.#start(pod))
  }

  #start(pod: Pod): void {
    const { chance, time } = this.#options
    this.#report(pod, current => ({ ...current.status, phase: 'Running', startTime: timestamp(time.now()) }))
    this.#later(pod, chance.between(1, slowest.ready), () => this.#becomeReady(pod))
  }

  #becomeReady(pod: Pod): void {
    const { chance, time, outcome } = this.#options
    const wasReady = isPodReady(this.#alive(pod) ?? pod)
    this.#report(pod, current => (current.status.phase === 'Running' ? withReady(current, true, time.now()) : undefined))
    const end = wasReady ? undefined : outcome?.(pod)
    if (end) this.#later(pod, chance.between(1, slowest.run), () => this.#end(pod, end))
  }

  #end(pod: Pod, phase: 'Succeeded' | 'Failed'): void {
    const { time } = this.#options
    const terminated = { exitCode: phase === 'Failed' ? 1 : 0, finishedAt: timestamp(time.now()), reason: 'Completed' }
    const container = { name: 'c', state: { terminated }, lastState: {}, ready: false, restartCount: 0, image: 'x', imageID: 'x' }
    // Whoever is told to stop does not finish its work any more.
    const last = (current: Pod) => (current.metadata.deletionTimestamp ? 'Failed' : phase)
    this.#report(
      pod,
      current => ({ ...withReady(current, false, time.now()), phase: last(current), containerStatuses: [container] }) as PodStatus,
    )
  }

  /** The kubelet tells how a deleted pod ended, and then lets go of it; of one without a node the garbage collector of pods does. */
  #terminate(pod: Pod): void {
    const { api, chance } = this.#options
    this.#later(pod, chance.between(1, slowest.end), () => {
      this.#end(pod, 'Failed')
      if (this.#now(pod)) api.delete(Pod, pod.metadata, { by, options: { gracePeriodSeconds: 0 } })
    })
  }

  #report(pod: Pod, status: (current: Pod) => PodStatus | undefined): void {
    const { api } = this.#options
    const current = this.#now(pod)
    const next = current && !isPodFinished(current) ? status(current) : undefined
    if (current && next) api.update(Pod, { ...current, status: next }, { by, subresource: 'status' })
  }

  #later(pod: Pod, milliseconds: number, work: () => void): void {
    this.#options.time.alarm(milliseconds, () => {
      if (this.#now(pod)) work()
    })
  }

  #now(pod: Pod): Pod | undefined {
    const current = this.#options.api.find(Pod, pod.metadata)
    return current?.metadata.uid === pod.metadata.uid ? current : undefined
  }

  #alive(pod: Pod): Pod | undefined {
    const current = this.#now(pod)
    return current && !current.metadata.deletionTimestamp && !isPodFinished(current) ? current : undefined
  }
}

function withReady({ status }: Pod, ready: boolean, now: Date): PodStatus {
  const conditions = setCondition(status.conditions, { type: 'Ready', status: ready ? 'True' : 'False' }, now)
  return { ...status, conditions } as PodStatus
}
