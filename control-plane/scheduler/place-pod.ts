import type { Pod } from '../../api/core/pod.ts'
import type { NodeInfo } from './node-info.ts'
import { Panel } from './panel.ts'
import { fitError, type Placement, type Refusal } from './placement.ts'
import { greatest, withNodes, type Cluster, type Plugin } from './plugin.ts'
import type { Verdicts } from './verdicts.ts'

export interface PlaceOptions {
  readonly plugins: readonly Plugin[]
  /** What these rules have said before. */
  readonly verdicts?: Verdicts
  readonly random?: () => number
  /** The same nodes in the same order, with the pods that have been promised a place there before this one; as `cluster.nodes` when there are none. */
  readonly crowded?: readonly NodeInfo[]
  /** The node on which others were asked to make room for this pod; it is taken when it will do. */
  readonly nominated?: string | undefined
  /** How many of the nodes that will do are enough, in hundredths of all; 0: by their number. */
  readonly percentage?: number
  /** Where in the list of nodes the search begins. */
  readonly start?: number
}

/** How many nodes that will do are enough to choose from (upstream's numFeasibleNodesToFind): all of up to a hundred. */
export function enoughNodes(nodes: number, percentage = 0): number {
  if (nodes < 100) return nodes
  const share = percentage || Math.max(5, 50 - Math.floor(nodes / 125))
  return Math.max(100, Math.floor((nodes * share) / 100))
}

/** Where a pod goes: the best of the nodes that no rule rejects, at random among equals; or why it goes nowhere. */
export function placePod(pod: Pod, cluster: Cluster, options: PlaceOptions): Placement {
  const { plugins, random = Math.random, crowded = cluster.nodes, start = 0 } = options
  const { nodes } = cluster
  const nothing = { refusals: new Map<string, Refusal>(), refusedBy: new Set<string>(), known: nodes.length, examined: 0 }
  if (nodes.length === 0) return { ...nothing, why: 'no nodes available to schedule pods' }
  for (const { name, preFilter } of plugins) {
    const hopeless = preFilter?.(pod, cluster)
    if (hopeless) return { ...nothing, refusedBy: new Set([name]), why: `0/${nodes.length} nodes are available: ${hopeless}` }
  }

  const panel = new Panel(pod, cluster, options)
  // A node has to do with and without the pods that are only promised a place there: they may still go elsewhere (upstream's
  // RunFilterPluginsWithNominatedPods).
  const stricter = crowded === nodes ? undefined : new Panel(pod, withNodes(cluster, crowded), { plugins })
  const judge = (index: number): Refusal | undefined => stricter?.judge(index) ?? panel.judge(index)
  const promised = options.nominated === undefined ? -1 : nodes.findIndex(({ node }) => node.metadata.name === options.nominated)
  const reserved = nodes[promised]
  if (reserved && !judge(promised)) return { ...nothing, examined: 1, node: reserved }

  const refusals = new Map<string, Refusal>()
  const feasible: number[] = []
  const enough = enoughNodes(nodes.length, options.percentage)
  let examined = 0
  for (; examined < nodes.length && feasible.length < enough; examined++) {
    const index = (start + examined) % nodes.length
    const refusal = judge(index)
    if (refusal) refusals.set(nodes[index]?.node.metadata.name ?? '', refusal)
    else feasible.push(index)
  }
  const refusedBy = new Set([...refusals.values()].map(({ plugin }) => plugin))
  const judged = { refusals, refusedBy, known: nodes.length, examined }
  const only = nodes[feasible[0] ?? -1]
  if (!only) {
    const reasons = [...refusals.values()].flatMap(({ reasons }) => reasons)
    return { ...judged, why: fitError(nodes.length, reasons) }
  }
  if (feasible.length === 1) return { ...judged, node: only }
  const ratings = panel.rate(feasible)
  const best = greatest(ratings.totals)
  const candidates = feasible.filter((_, place) => ratings.totals[place] === best)
  return { ...judged, ratings, node: nodes[candidates[Math.floor(random() * candidates.length)] ?? -1] ?? only }
}
