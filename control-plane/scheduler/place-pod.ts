import type { Pod } from '../../api/core/pod.ts'
import type { NodeInfo } from './node-info.ts'
import { fitError, type Placement, type Rating, type Refusal } from './placement.ts'
import type { Cluster, Plugin } from './plugin.ts'

/** Judges one node: undefined when no rule refuses it. */
type Judge = (info: NodeInfo) => Refusal | undefined

export interface PlaceOptions {
  readonly plugins: readonly Plugin[]
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

/** The first rule that refuses a node names the reason. */
export function judgeOf(pod: Pod, cluster: Cluster, plugins: readonly Plugin[]): Judge {
  const filters = plugins.flatMap(plugin => (plugin.filter ? [{ plugin: plugin.name, filter: plugin.filter(pod, cluster) }] : []))
  return info => {
    for (const { plugin, filter } of filters) {
      const rejection = filter(info)
      if (rejection) return { plugin, ...rejection }
    }
    return undefined
  }
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
  const nothing = { refusals: new Map<string, Refusal>(), refusedBy: new Set<string>(), ratings: new Map<string, Rating>(), known: nodes.length, examined: 0 }
  if (nodes.length === 0) return { ...nothing, why: 'no nodes available to schedule pods' }
  for (const { name, preFilter } of plugins) {
    const hopeless = preFilter?.(pod, cluster)
    if (hopeless) return { ...nothing, refusedBy: new Set([name]), why: `0/${nodes.length} nodes are available: ${hopeless}` }
  }

  const judges = judgesOf(pod, cluster, { plugins, crowded })
  const judge = (index: number): Refusal | undefined => {
    for (const { of, nodes } of judges) {
      const refusal = nodes[index] && of(nodes[index])
      if (refusal) return refusal
    }
    return undefined
  }
  const promised = options.nominated === undefined ? -1 : nodes.findIndex(({ node }) => node.metadata.name === options.nominated)
  const reserved = nodes[promised]
  if (reserved && !judge(promised)) return { ...nothing, examined: 1, node: reserved }

  const refusals = new Map<string, Refusal>()
  const feasible: NodeInfo[] = []
  const enough = enoughNodes(nodes.length, options.percentage)
  let examined = 0
  for (; examined < nodes.length && feasible.length < enough; examined++) {
    const index = (start + examined) % nodes.length
    const info = nodes[index]
    if (!info) continue
    const refusal = judge(index)
    if (refusal) refusals.set(info.node.metadata.name, refusal)
    else feasible.push(info)
  }
  const refusedBy = new Set([...refusals.values()].map(({ plugin }) => plugin))
  const judged = { refusals, refusedBy, known: nodes.length, examined }
  const [only] = feasible
  if (!only) {
    const reasons = [...refusals.values()].flatMap(({ reasons }) => reasons)
    return { ...judged, ratings: new Map(), why: fitError(nodes.length, reasons) }
  }
  if (feasible.length === 1) return { ...judged, ratings: new Map(), node: only }
  const ratings = rate(pod, cluster, { plugins, feasible })
  const best = Math.max(...[...ratings.values()].map(({ total }) => total))
  const candidates = feasible.filter(({ node }) => ratings.get(node.metadata.name)?.total === best)
  return { ...judged, ratings, node: candidates[Math.floor(random() * candidates.length)] ?? only }
}

/**
 * A node has to do with and without the pods that are only promised a place there: they may still go elsewhere (upstream's
 * RunFilterPluginsWithNominatedPods).
 */
function judgesOf(pod: Pod, cluster: Cluster, { plugins, crowded }: { plugins: readonly Plugin[]; crowded: readonly NodeInfo[] }) {
  const plain = { of: judgeOf(pod, cluster, plugins), nodes: cluster.nodes }
  return crowded === cluster.nodes ? [plain] : [{ of: judgeOf(pod, { ...cluster, nodes: crowded }, plugins), nodes: crowded }, plain]
}

function rate(
  pod: Pod,
  cluster: Cluster,
  { plugins, feasible }: { plugins: readonly Plugin[]; feasible: readonly NodeInfo[] },
): ReadonlyMap<string, Rating> {
  const scored = plugins.flatMap(({ name, score }) => {
    const rateOne = score?.prepare(pod, cluster)
    if (!score || !rateOne) return []
    const raw = feasible.map(rateOne)
    return [{ plugin: name, weight: score.weight, scores: score.normalize?.(raw) ?? raw }]
  })
  return new Map(
    feasible.map(({ node }, index) => {
      const parts = scored.map(({ plugin, weight, scores }) => ({ plugin, weight, score: scores[index] ?? 0 }))
      return [node.metadata.name, { total: parts.reduce((sum, { score, weight }) => sum + score * weight, 0), parts }]
    }),
  )
}
