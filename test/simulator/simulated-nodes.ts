import { findCondition, setCondition } from '../../api/conditions.ts'
import { Lease } from '../../api/coordination/lease.ts'
import { Node } from '../../api/core/node.ts'
import { Pod } from '../../api/core/pod.ts'
import { isPodFinished } from '../../api/pod-phase.ts'
import { microTimestamp, timestamp } from '../../api/time.ts'
import { toleratesTaint } from '../../api/tolerations.ts'
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

export interface NodeShape {
  readonly labels?: Record<string, string>
  readonly taints?: readonly { key: string; effect: string }[]
  readonly reports?: boolean
}

type PodStatus = Pod['status']

const by = 'kubelet'
/** How often a node says that it lives, in milliseconds. */
const renewal = 10_000
/** How long each step of a pod's life takes, in milliseconds. */
const slowest = { bind: 300, start: 1500, ready: 1000, run: 8000, end: 3000 }

/** The scheduler and the kubelets of all nodes, who make no mistakes: pods are bound, start, become ready, end when they are deleted. */
export class SimulatedNodes {
  readonly #options: NodesOptions
  readonly #silent = new Set<string>()
  /** A node that has come back goes on with one row of heartbeats. */
  readonly #beats = new Map<string, number>()

  constructor(options: NodesOptions) {
    this.#options = options
    options.api.onChange(change => this.#hear(change))
  }

  /** `reports`: it renews its lease and says that it is ready, as long as it is not silent. */
  addNode(name: string, more: NodeShape = {}): void {
    const { labels = {}, taints, reports = false } = more
    this.#options.api.create(Node, { metadata: { name, labels }, spec: taints ? { taints } : {} } as never, by)
    if (!reports) return
    this.#silent.delete(name)
    this.#beat(name)
  }

  /** From now on nothing is heard of a node: nothing that happens to its pods is told, nothing that they are to do is done. */
  silence(name: string): void {
    this.#silent.add(name)
  }

  /** A silent node is there again, with all that ran on it. */
  comeBack(name: string): void {
    if (!this.#silent.delete(name)) return
    this.#beat(name)
    for (const pod of this.#options.api.all(Pod)) if (pod.spec.nodeName === name) this.#resume(pod)
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

  #beat(name: string): void {
    const { api, time } = this.#options
    const node = api.find(Node, { name })
    if (!node || this.#silent.has(name)) return
    const key = { name, namespace: 'kube-node-lease' }
    const lease = api.find(Lease, key)
    const spec = { holderIdentity: name, leaseDurationSeconds: 40, renewTime: microTimestamp(time.now()) }
    if (lease) api.update(Lease, { ...lease, spec }, { by })
    else api.create(Lease, { metadata: key, spec }, by)
    if (findCondition(node.status.conditions, 'Ready')?.status !== 'True') {
      const ready = { type: 'Ready', status: 'True' as const, lastHeartbeatTime: timestamp(time.now()) }
      const conditions = setCondition(node.status.conditions, ready, time.now())
      api.update(Node, { ...node, status: { ...node.status, conditions } } as Node, { by, subresource: 'status' })
    }
    const serial = (this.#beats.get(name) ?? 0) + 1
    this.#beats.set(name, serial)
    time.alarm(renewal, () => {
      if (this.#beats.get(name) === serial) this.#beat(name)
    })
  }

  /** What a kubelet does that sees its pods again. */
  #resume(pod: Pod): void {
    if (pod.metadata.deletionTimestamp) this.#terminate(pod)
    else if (pod.status.phase === 'Running') this.#becomeReady(pod)
    else if (!isPodFinished(pod)) this.#start(pod)
  }

  #isCutOff({ spec }: Pod): boolean {
    return spec.nodeName !== undefined && this.#silent.has(spec.nodeName)
  }

  #hear({ type, kind, object, previous, by: writer }: Change): void {
    if (type === 'DELETED' || !isSameKind(kind, Pod)) return
    const pod = object as Pod
    // A kubelet that finds something else than what it has said says it again.
    if (writer !== by && previous && isPodReady(previous as Pod) && !isPodReady(pod)) this.#later(pod, 50, () => this.#becomeReady(pod))
    if (pod.metadata.deletionTimestamp && !(previous as Pod | undefined)?.metadata.deletionTimestamp) this.#terminate(pod)
    if (type === 'ADDED' && !pod.spec.nodeName) this.#later(pod, this.#options.chance.between(1, slowest.bind), () => this.#bind(pod))
  }

  #bind(pod: Pod): void {
    const { api, chance } = this.#options
    const nodes = api.all(Node)
    const target = targetNode(pod)
    const node =
      target === undefined ? chance.one(nodes.filter(each => isOpen(each, pod))) : nodes.find(each => each.metadata.name === target)
    const nodeName = node?.metadata.name
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
      const current = this.#now(pod)
      if (current && !this.#isCutOff(current)) api.delete(Pod, pod.metadata, { by, options: { gracePeriodSeconds: 0 } })
    })
  }

  #report(pod: Pod, status: (current: Pod) => PodStatus | undefined): void {
    const { api } = this.#options
    const current = this.#now(pod)
    const next = current && !isPodFinished(current) && !this.#isCutOff(current) ? status(current) : undefined
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

/** Whether a pod may be put there, as far as taints go. */
const isOpen = ({ spec }: Node, pod: Pod): boolean =>
  (spec.taints ?? []).every(taint => taint.effect === 'PreferNoSchedule' || toleratesTaint(pod.spec.tolerations, taint))
