import { isDeepStrictEqual } from 'node:util'
import type { Node } from '../../api/core/node.ts'
import type { Pod } from '../../api/core/pod.ts'
import type { PodCondition } from '../../api/core/pod-status.ts'
import { timestamp } from '../../api/time.ts'
import type { Clock } from '../../common/clock.ts'
import { allocationOfSpec, allocationOfStatus, isGranted, withAllocation, type Allocation } from './allocation.ts'
import type { PodEvents } from './pod-events.ts'
import { resizeMessage } from './resize-messages.ts'
import { inResizeOrder, judgeResize } from './resize-verdict.ts'

export interface AllocationsOptions {
  readonly node: () => Node | undefined
  /** Pods that use the node's resources, as their authors want them. */
  readonly activePods: () => readonly Pod[]
  readonly events: PodEvents
  readonly clock: Clock
  /** Look at this pod: its allocation or its conditions have changed. */
  readonly poke: (uid: string) => void
}

/** A condition without its times, which the status adds. */
export type ResizeCondition = Pick<PodCondition, 'type' | 'status' | 'reason' | 'message' | 'observedGeneration'>

interface Grant {
  allocation: Allocation
  pending: ResizeCondition | undefined
  progress: ResizeCondition | undefined
  /** When it first had to wait. */
  since: string | undefined
}

/**
 * What the node has granted its pods, and the only one who grants: at a pod's admission, and when it wants to be resized.
 * Nothing is kept on disk: a new agent reads from the status what the one before granted.
 */
export class Allocations {
  readonly #grants = new Map<string, Grant>()
  readonly #options: AllocationsOptions

  constructor(options: AllocationsOptions) {
    this.#options = options
  }

  /** The pod with the resources it was granted. */
  granted(pod: Pod): Pod {
    return withAllocation(pod, this.#grantOf(pod).allocation)
  }
  /** The pod was admitted as it is. */
  admit(pod: Pod): void {
    this.#grants.set(pod.metadata.uid, {
      allocation: allocationOfSpec(pod.spec),
      pending: undefined,
      progress: undefined,
      since: undefined,
    })
  }
  conditions(pod: Pod): ResizeCondition[] {
    const { pending, progress } = this.#grantOf(pod)
    return [pending, progress].filter(condition => condition !== undefined)
  }
  forget(uid: string): void {
    this.#grants.delete(uid)
  }
  /** Whether the pod wants something else than it was granted, or did when it was last judged. */
  waits(pod: Pod): boolean {
    const { allocation, pending } = this.#grantOf(pod)
    return pending !== undefined || !isGranted(pod.spec, allocation)
  }

  /** Judges every resize that waits: called whenever a pod changes or leaves, which may make room. */
  reconsider(): void {
    const node = this.#options.node()
    if (!node) return
    // A pod that has begun was granted its resources, by the agent before this one if not by this one.
    const known = this.#options
      .activePods()
      .filter(({ metadata, status }) => this.#grants.has(metadata.uid) || status.startTime !== undefined)
    const waiting = known
      .filter(pod => !pod.metadata.deletionTimestamp && this.waits(pod))
      .map(pod => ({ pod, granted: this.granted(pod), since: this.#grantOf(pod).since }))
    for (const { pod } of inResizeOrder(waiting)) {
      const grant = this.#grantOf(pod)
      const before = { ...grant }
      const others = known.filter(({ metadata }) => metadata.uid !== pod.metadata.uid).map(other => this.granted(other))
      this.#judge(pod, grant, { others, node })
      if (!isDeepStrictEqual(before, grant)) this.#options.poke(pod.metadata.uid)
    }
  }

  #judge(pod: Pod, grant: Grant, { others, node }: { others: readonly Pod[]; node: Node }): void {
    const { events, clock } = this.#options
    const generation = pod.metadata.generation ?? 0
    if (isGranted(pod.spec, grant.allocation)) {
      grant.pending = grant.since = undefined
      return
    }
    const refusal = judgeResize(pod, others, node)
    if (!refusal) {
      grant.allocation = allocationOfSpec(pod.spec)
      grant.pending = grant.since = undefined
      grant.progress = inProgress(generation)
      events.record({ pod, type: 'Normal', reason: 'ResizeStarted', message: resizeMessage('started', pod, { generation }) })
      return
    }
    const pending: ResizeCondition = { type: 'PodResizePending', status: 'True', ...refusal, observedGeneration: generation }
    if (isDeepStrictEqual(pending, grant.pending)) return
    grant.since ??= timestamp(clock.now())
    grant.pending = pending
    const message = resizeMessage(refusal.reason, pod, { generation, error: refusal.message })
    events.record({ pod, type: 'Warning', reason: `Resize${refusal.reason}`, message })
  }

  /** Whether the pod's containers still lack something of what was granted; tells the end of a resize. */
  actuating(pod: Pod, unfinished: boolean): void {
    const grant = this.#grantOf(pod)
    if (unfinished) {
      grant.progress ??= inProgress(pod.metadata.generation ?? 0)
      return
    }
    if (!grant.progress) return
    const generation = grant.progress.observedGeneration ?? 0
    grant.progress = undefined
    const message = resizeMessage('completed', pod, { generation })
    this.#options.events.record({ pod, type: 'Normal', reason: 'ResizeCompleted', message })
  }

  /** What was granted could not be put into effect; it will be tried again. */
  failed(pod: Pod, error: string): void {
    const grant = this.#grantOf(pod)
    const generation = grant.progress?.observedGeneration ?? pod.metadata.generation ?? 0
    const progress: ResizeCondition = { ...inProgress(generation), reason: 'Error', message: error }
    if (isDeepStrictEqual(progress, grant.progress)) return
    grant.progress = progress
    const message = resizeMessage('error', pod, { generation, error })
    this.#options.events.record({ pod, type: 'Warning', reason: 'ResizeError', message })
  }

  #grantOf(pod: Pod): Grant {
    const { uid } = pod.metadata
    const known = this.#grants.get(uid)
    if (known) return known
    const grant = {
      allocation: allocationOfStatus(pod),
      pending: written(pod, 'PodResizePending'),
      progress: written(pod, 'PodResizeInProgress'),
      since: conditionOf(pod, 'PodResizePending')?.lastTransitionTime,
    }
    this.#grants.set(uid, grant)
    return grant
  }
}

const inProgress = (generation: number): ResizeCondition => ({
  type: 'PodResizeInProgress',
  status: 'True',
  observedGeneration: generation,
})

const conditionOf = ({ status }: Pod, type: string) => status.conditions?.find(condition => condition.type === type)

/** A condition of the status as the agent before this one left it. */
function written(pod: Pod, name: string): ResizeCondition | undefined {
  const found = conditionOf(pod, name)
  if (!found) return undefined
  const { type, status, reason, message, observedGeneration } = found
  return {
    type,
    status,
    ...(reason ? { reason } : {}),
    ...(message ? { message } : {}),
    ...(observedGeneration === undefined ? {} : { observedGeneration }),
  }
}
