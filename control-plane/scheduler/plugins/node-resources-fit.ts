import type { NodeInfo } from '../node-info.ts'
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
