import type { Taint } from '../../../api/core/affinity.ts'
import { findCondition } from '../../../api/conditions.ts'
import type { Node, NodeCondition } from '../../../api/core/node.ts'
import { timestamp } from '../../../api/time.ts'

/** How long a node may be silent before nobody knows its state. */
export const gracePeriod = 40_000

type Status = 'True' | 'False' | 'Unknown'
const watched = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'] as const

/** The conditions of a node that fell silent: unknown, each since now, unless they were already. */
export function silentConditions(node: Node, now: Date): NodeCondition[] {
  const current = node.status.conditions ?? []
  const time = timestamp(now)
  const unknown = watched.map((type): NodeCondition => {
    const known = findCondition(current, type)
    if (known?.status === 'Unknown') return known
    return known
      ? {
          ...known,
          status: 'Unknown',
          reason: 'NodeStatusUnknown',
          message: 'Kubelet stopped posting node status.',
          lastTransitionTime: time,
        }
      : {
          type,
          status: 'Unknown',
          reason: 'NodeStatusNeverUpdated',
          message: 'Kubelet never posted node status.',
          lastHeartbeatTime: node.metadata.creationTimestamp,
          lastTransitionTime: time,
        }
  })
  return [...unknown, ...current.filter(({ type }) => !watched.some(each => each === type))]
}

const notReady = 'node.kubernetes.io/not-ready'
const unreachable = 'node.kubernetes.io/unreachable'
const byCondition: Readonly<Record<string, Partial<Record<Status, string>>>> = {
  Ready: { False: notReady, Unknown: unreachable },
  MemoryPressure: { True: 'node.kubernetes.io/memory-pressure' },
  DiskPressure: { True: 'node.kubernetes.io/disk-pressure' },
  PIDPressure: { True: 'node.kubernetes.io/pid-pressure' },
  NetworkUnavailable: { True: 'node.kubernetes.io/network-unavailable' },
}
const unschedulable = 'node.kubernetes.io/unschedulable'
const managed = new Set([unschedulable, ...Object.values(byCondition).flatMap(keys => Object.values(keys))])

/** The taints that a node's conditions and its cordon call for, besides those that users set. */
export function plannedTaints(node: Node, now: Date): readonly Taint[] {
  const keys = Object.entries(byCondition).flatMap(([type, taints]) => {
    const status = findCondition(node.status.conditions, type)?.status as Status | undefined
    return (status && taints[status]) || []
  })
  const wanted: Taint[] = [
    ...keys.map(key => ({ key, effect: 'NoSchedule' as const })),
    ...(node.spec.unschedulable ? [{ key: unschedulable, effect: 'NoSchedule' as const }] : []),
    ...keys.filter(key => key === notReady || key === unreachable).map(key => ({ key, effect: 'NoExecute' as const })),
  ]
  const current = node.spec.taints ?? []
  const same = (a: Taint, b: Taint) => a.key === b.key && a.effect === b.effect
  const kept = current.filter(taint =>
    managed.has(taint.key) && taint.effect !== 'PreferNoSchedule' ? wanted.some(each => same(each, taint)) : true,
  )
  const added = wanted.filter(taint => !current.some(each => same(each, taint))).map(taint => ({ ...taint, timeAdded: timestamp(now) }))
  return added.length === 0 && kept.length === current.length ? current : [...kept, ...added]
}
