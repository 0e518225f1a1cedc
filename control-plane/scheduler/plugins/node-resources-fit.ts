import type { Node } from '../../../api/core/node.ts'
import type { Pod } from '../../../api/core/pod.ts'
import { accountedSpec } from '../accounted-spec.ts'
import { nodeInfoOf, type NodeInfo } from '../node-info.ts'
import type { Plugin, Rejection } from '../plugin.ts'
import { podRequests, scoringRequests, type Amounts } from '../resources.ts'

/** Requests must fit into what the node has left; the node with most left is best (LeastAllocated over cpu and memory). */
export const nodeResourcesFit: Plugin = {
  name: 'NodeResourcesFit',
  filter(pod) {
    const wanted = podRequests(pod.spec)
    return info => shortage(wanted, info)
  },
  score: {
    weight: 1,
    prepare(pod) {
      const wanted = scoringRequests(pod.spec)
      return info => leastAllocated(wanted, info)
    },
  },
  helps(pod, { of, before, after }) {
    if (of === 'Node') return after !== undefined && growsEnough(pod, before, after)
    if (of === 'AssignedPod') return before !== undefined && (!after || shrinks(before, after, podRequests(pod.spec)))
    return of === 'OwnPod' && before !== undefined && after !== undefined && shrinks(before, after, podRequests(before.spec))
  },
}

/** Whether the pod fits on the node when nobody else is there, and something that it asks for has become more. */
function growsEnough(pod: Pod, before: Node | undefined, after: Node): boolean {
  const wanted = podRequests(pod.spec)
  const offered = nodeInfoOf(after, [])
  if (shortage(wanted, offered)) return false
  if (!before) return true
  const { allocatable } = nodeInfoOf(before, [])
  const grown = (resource: string) => (offered.allocatable[resource] ?? 0) > (allocatable[resource] ?? 0)
  return grown('pods') || Object.entries(wanted).some(([resource, amount]) => amount > 0 && grown(resource))
}

/** Whether a pod that was resized takes less of anything that is wanted. */
function shrinks(before: Pod, after: Pod, wanted: Amounts): boolean {
  const had = podRequests(accountedSpec(before))
  const has = podRequests(accountedSpec(after))
  return Object.entries(wanted).some(([resource, amount]) => amount > 0 && (had[resource] ?? 0) > (has[resource] ?? 0))
}

function shortage(wanted: Amounts, info: NodeInfo): Rejection | undefined {
  const reasons: string[] = []
  let resolvable = true
  // A node that does not say what it has takes nobody.
  if (info.pods.size + 1 > (info.allocatable['pods'] ?? 0)) reasons.push('Too many pods')
  for (const [resource, amount] of Object.entries(wanted)) {
    const allocatable = info.allocatable[resource] ?? 0
    if (amount === 0 || amount <= allocatable - (info.requested[resource] ?? 0)) continue
    reasons.push(`Insufficient ${resource}`)
    // More than the whole node: no eviction helps.
    if (amount > allocatable) resolvable = false
  }
  return reasons.length > 0 ? { reasons, resolvable } : undefined
}

function leastAllocated(wanted: Amounts, info: NodeInfo): number {
  const scores = ['cpu', 'memory'].map(resource => {
    const allocatable = info.allocatable[resource] ?? 0
    const used = (info.weighed[resource] ?? 0) + (wanted[resource] ?? 0)
    return allocatable === 0 || used > allocatable ? 0 : ((allocatable - used) * 100) / allocatable
  })
  return Math.floor(scores.reduce((sum, score) => sum + score, 0) / scores.length)
}
