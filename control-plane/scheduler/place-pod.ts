import type { Pod } from '../../api/core/pod.ts'
import type { NodeInfo } from './node-info.ts'
import type { Cluster, Plugin, Rejection } from './plugin.ts'

export type Placement =
  { readonly node: NodeInfo } | { readonly node?: undefined; readonly rejections: ReadonlyMap<string, Rejection>; readonly message: string }

/** Where a pod goes: the best of the nodes that no rule rejects, at random among equals; or why it goes nowhere. */
export function placePod(pod: Pod, cluster: Cluster, options: { plugins: readonly Plugin[]; random?: () => number }): Placement {
  const { plugins, random = Math.random } = options
  if (cluster.nodes.length === 0) return { rejections: new Map(), message: 'no nodes available to schedule pods' }
  const hopeless = plugins.map(plugin => plugin.preFilter?.(pod)).find(why => why !== undefined)
  if (hopeless) return { rejections: new Map(), message: `0/${cluster.nodes.length} nodes are available: ${hopeless}` }
  const filters = plugins.flatMap(plugin => (plugin.filter ? [plugin.filter(pod, cluster)] : []))
  const rejections = new Map<string, Rejection>()
  const feasible = cluster.nodes.filter(info => {
    for (const filter of filters) {
      const rejection = filter(info)
      if (!rejection) continue
      rejections.set(info.node.metadata.name, rejection)
      return false
    }
    return true
  })
  const [only] = feasible
  if (!only) return { rejections, message: failureMessage(pod, rejections) }
  if (feasible.length === 1) return { node: only }
  const scores = totalScores(pod, { ...cluster, nodes: cluster.nodes }, { plugins, feasible })
  const best = Math.max(...scores)
  const candidates = feasible.filter((_, index) => scores[index] === best)
  return { node: candidates[Math.floor(random() * candidates.length)] ?? only }
}

function totalScores(
  pod: Pod,
  cluster: Cluster,
  { plugins, feasible }: { plugins: readonly Plugin[]; feasible: readonly NodeInfo[] },
): number[] {
  const totals = feasible.map(() => 0)
  for (const { score } of plugins) {
    const rate = score?.prepare(pod, cluster)
    if (!score || !rate) continue
    const raw = feasible.map(rate)
    const normalized = score.normalize?.(raw) ?? raw
    normalized.forEach((value, index) => (totals[index] = (totals[index] ?? 0) + value * score.weight))
  }
  return totals
}

/** `1 Insufficient cpu, 2 node(s) were unschedulable`: how many nodes gave each reason, sorted as texts. */
function histogram(reasons: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  return [...counts]
    .map(([reason, count]) => `${count} ${reason}`)
    .sort()
    .join(', ')
}

function failureMessage(pod: Pod, rejections: ReadonlyMap<string, Rejection>): string {
  const all = [...rejections.values()]
  const head = (reasons: readonly string[]) => `0/${all.length} nodes are available: ${histogram(reasons)}.`
  const why = head(all.flatMap(({ reasons }) => reasons))
  return `${why} no new claims to deallocate, preemption: ${preemptionMessage(pod, all, head)}`
}

function preemptionMessage(pod: Pod, all: readonly Rejection[], head: (reasons: readonly string[]) => string): string {
  if (pod.spec.preemptionPolicy === 'Never') return 'not eligible due to preemptionPolicy=Never.'
  return head(
    all.map(({ resolvable }) => (resolvable ? 'No preemption victims found for incoming pod' : 'Preemption is not helpful for scheduling')),
  )
}
