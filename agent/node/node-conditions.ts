import type { NodeCondition } from '../../api/core/node.ts'
import { timestamp } from '../../api/time.ts'
import type { Pressure } from '../eviction/thresholds.ts'

export interface NodeVerdict {
  /** Why the node cannot run pods; undefined when it can. */
  readonly notReady: string | undefined
  readonly pressures: readonly Pressure[]
}

interface Words {
  readonly reason: string
  readonly message: string
  /** Reason of the event that tells of the change. */
  readonly event: string
}

/** Upstream's words for each pressure, when the node is under it and when it is not. */
const words: Readonly<Record<Pressure, { readonly True: Words; readonly False: Words }>> = {
  MemoryPressure: {
    True: {
      reason: 'KubeletHasInsufficientMemory',
      message: 'kubelet has insufficient memory available',
      event: 'NodeHasInsufficientMemory',
    },
    False: { reason: 'KubeletHasSufficientMemory', message: 'kubelet has sufficient memory available', event: 'NodeHasSufficientMemory' },
  },
  DiskPressure: {
    True: { reason: 'KubeletHasDiskPressure', message: 'kubelet has disk pressure', event: 'NodeHasDiskPressure' },
    False: { reason: 'KubeletHasNoDiskPressure', message: 'kubelet has no disk pressure', event: 'NodeHasNoDiskPressure' },
  },
  PIDPressure: {
    True: { reason: 'KubeletHasInsufficientPID', message: 'kubelet has insufficient PID available', event: 'NodeHasInsufficientPID' },
    False: { reason: 'KubeletHasSufficientPID', message: 'kubelet has sufficient PID available', event: 'NodeHasSufficientPID' },
  },
}
const pressureTypes = Object.keys(words) as Pressure[]

/** The conditions as they should be now, in upstream's order. `previous` keeps the times at which each last changed. */
export function nodeConditions(verdict: NodeVerdict, context: { previous: readonly NodeCondition[]; now: Date }): NodeCondition[] {
  const now = timestamp(context.now)
  const pressures = pressureTypes.map(type => {
    const status = verdict.pressures.includes(type) ? 'True' : 'False'
    const { reason, message } = words[type][status]
    return { type, status, reason, message }
  })
  const ready =
    verdict.notReady === undefined
      ? { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' }
      : { type: 'Ready', status: 'False', reason: 'KubeletNotReady', message: verdict.notReady }
  return [...pressures, ready].map(condition => {
    const before = context.previous.find(({ type }) => type === condition.type)
    const unchanged = before?.status === condition.status
    return {
      ...condition,
      lastHeartbeatTime: now,
      lastTransitionTime: unchanged && before.lastTransitionTime ? before.lastTransitionTime : now,
    } as NodeCondition
  })
}

/** Reasons of the events that tell what changed. That a new node is not ready yet is no news. */
export function conditionEvents(previous: readonly NodeCondition[], next: readonly NodeCondition[]): string[] {
  const changed = next.filter(({ type, status }) => previous.find(before => before.type === type)?.status !== status)
  return changed.flatMap(({ type, status }) => {
    if (type === 'Ready') return previous.some(before => before.type === 'Ready') ? [status === 'True' ? 'NodeReady' : 'NodeNotReady'] : []
    return words[type as Pressure][status as 'True' | 'False'].event
  })
}
