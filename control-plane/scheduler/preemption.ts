import { findCondition } from '../../api/conditions.ts'
import type { Pod } from '../../api/core/pod.ts'
import { matches, selectorFromObject } from '../../api/label-selector.ts'
import type { PodDisruptionBudget } from '../../api/policy/pod-disruption-budget.ts'
import { withoutPod, withPod, type NodeInfo } from './node-info.ts'
import { Panel } from './panel.ts'
import { fitError, type Refusal } from './placement.ts'
import { withNodes, type Cluster, type Plugin } from './plugin.ts'
import type { PreemptionLimits } from './profile.ts'

/** Pods that would have to leave a node so that a more important one fits, the most important first. */
export interface Candidate {
  readonly node: string
  readonly victims: readonly Pod[]
  /** How many of them a PodDisruptionBudget would rather keep. */
  readonly violations: number
}

export type PreemptionPlan =
  | { readonly candidate: Candidate }
  /** Why nobody is evicted, in upstream's words; `keepsNomination`: because somebody has been already. */
  | { readonly candidate?: undefined; readonly refused: string; readonly keepsNomination: boolean }

export interface PreemptionContext {
  readonly plugins: readonly Plugin[]
  readonly refusals: ReadonlyMap<string, Refusal>
  readonly budgets: readonly PodDisruptionBudget[]
  readonly limits: PreemptionLimits
  readonly random?: () => number
}

export const priorityOf = (pod: Pod): number => pod.spec.priority ?? 0

/** Whether the scheduler has told the pod to leave, and it has not left yet. */
const isLeaving = ({ metadata, status }: Pod): boolean => {
  const condition = findCondition(status.conditions, 'DisruptionTarget')
  return metadata.deletionTimestamp !== undefined && condition?.status === 'True' && condition.reason === 'PreemptionByScheduler'
}
const startOf = ({ status, metadata }: Pod): number => Date.parse(status.startTime ?? metadata.creationTimestamp ?? '')

/** Higher priority first, then those that have run longer (upstream's MoreImportantPod). */
const byImportance = (a: Pod, b: Pod): number => priorityOf(b) - priorityOf(a) || startOf(a) - startOf(b)

/**
 * Whom to evict so that the pod fits: the fewest and least important pods on the node where that does least harm
 * (upstream's DefaultPreemption).
 */
export function planPreemption(pod: Pod, cluster: Cluster, context: PreemptionContext): PreemptionPlan {
  const ineligible = whyNotEligible(pod, cluster, context.refusals)
  if (ineligible) return { refused: ineligible, keepsNomination: true }
  const { candidates, reasons } = findCandidates(pod, cluster, context)
  const candidate = pickCandidate(candidates)
  if (candidate) return { candidate }
  const unhelpful = Array.from({ length: cluster.nodes.length - reasons.length }, () => 'Preemption is not helpful for scheduling')
  return { refused: fitError(cluster.nodes.length, [...reasons, ...unhelpful]), keepsNomination: false }
}

function whyNotEligible(pod: Pod, cluster: Cluster, refusals: ReadonlyMap<string, Refusal>): string | undefined {
  if (pod.spec.preemptionPolicy === 'Never') return 'not eligible due to preemptionPolicy=Never.'
  const nominated = pod.status.nominatedNodeName
  if (!nominated || refusals.get(nominated)?.resolvable === false) return undefined
  const there = cluster.nodes.find(({ node }) => node.metadata.name === nominated)?.pods.values() ?? []
  const waiting = [...there].some(other => priorityOf(other) < priorityOf(pod) && isLeaving(other))
  return waiting ? 'not eligible due to a terminating pod on the nominated node.' : undefined
}

/** Enough to choose from, beginning anywhere. */
function findCandidates(pod: Pod, cluster: Cluster, context: PreemptionContext): { candidates: Candidate[]; reasons: string[] } {
  const potential = cluster.nodes.flatMap((info, index) => (context.refusals.get(info.node.metadata.name)?.resolvable ? [index] : []))
  const offset = Math.floor((context.random ?? Math.random)() * potential.length)
  const { minCandidateNodesPercentage, minCandidateNodesAbsolute } = context.limits
  const enough = Math.max(minCandidateNodesAbsolute, Math.floor((potential.length * minCandidateNodesPercentage) / 100))
  const candidates: Candidate[] = []
  const reasons: string[] = []
  for (let tried = 0; tried < potential.length && candidates.length < enough; tried++) {
    const found = selectVictims(pod, cluster, { index: potential[(offset + tried) % potential.length] ?? 0, ...context })
    if ('victims' in found) candidates.push(found)
    else reasons.push(...found.reasons)
  }
  return { candidates, reasons }
}

/** The pods that have to leave one node: all less important ones first, of which as many as possible are taken back. */
function selectVictims(
  pod: Pod,
  cluster: Cluster,
  { index, plugins, budgets }: PreemptionContext & { readonly index: number },
): Candidate | { readonly reasons: readonly string[] } {
  const full = cluster.nodes[index]
  if (!full) return { reasons: [] }
  const lesser = [...full.pods.values()].filter(other => priorityOf(other) < priorityOf(pod)).sort(byImportance)
  if (lesser.length === 0) return { reasons: ['No preemption victims found for incoming pod'] }
  const refusalOn = (info: NodeInfo): Refusal | undefined => {
    return new Panel(pod, withNodes(cluster, cluster.nodes.with(index, info)), { plugins }).judge(index)
  }
  let info = lesser.reduce((rest, { metadata }) => withoutPod(rest, metadata.uid), full)
  const refusal = refusalOn(info)
  if (refusal) return { reasons: refusal.reasons }
  const victims: Pod[] = []
  const reprieve = (candidate: Pod): boolean => {
    const crowded = withPod(info, candidate)
    if (refusalOn(crowded)) {
      victims.push(candidate)
      return false
    }
    info = crowded
    return true
  }
  const { violating, others } = byBudget(lesser, budgets)
  const violations = violating.filter(each => !reprieve(each)).length
  others.forEach(reprieve)
  return { node: full.node.metadata.name, victims: victims.sort(byImportance), violations }
}

/** Which of the pods, in this order, their budgets do not let go (upstream's filterPodsWithPDBViolation). */
function byBudget(pods: readonly Pod[], budgets: readonly PodDisruptionBudget[]): { violating: Pod[]; others: Pod[] } {
  const left = budgets.map(({ metadata, spec, status }) => ({
    namespace: metadata.namespace,
    selector: selectorFromObject(spec.selector),
    // One that selects everything protects nothing here.
    empty: !Object.keys(spec.selector?.matchLabels ?? {}).length && !spec.selector?.matchExpressions?.length,
    disrupted: status.disruptedPods ?? {},
    allowed: status.disruptionsAllowed,
  }))
  const violating: Pod[] = []
  const others: Pod[] = []
  for (const pod of pods) {
    let violated = false
    for (const budget of left) {
      if (budget.namespace !== pod.metadata.namespace || budget.disrupted[pod.metadata.name]) continue
      if (budget.empty || !matches(budget.selector, pod.metadata.labels)) continue
      budget.allowed--
      if (budget.allowed < 0) violated = true
    }
    ;(violated ? violating : others).push(pod)
  }
  return { violating, others }
}

/** What upstream's pickOneNodeForPreemption compares, one after the other; more is better. */
const merits: readonly ((candidate: Candidate) => number)[] = [
  ({ violations }) => -violations,
  ({ victims: [first] }) => (first ? -priorityOf(first) : 0),
  ({ victims }) => -victims.reduce((sum, victim) => sum + priorityOf(victim) + 2 ** 31, 0),
  ({ victims }) => -victims.length,
  ({ victims: [first, ...rest] }) => {
    if (!first) return 0
    return Math.min(...[first, ...rest.filter(other => priorityOf(other) === priorityOf(first))].map(startOf))
  },
]

function pickCandidate(candidates: readonly Candidate[]): Candidate | undefined {
  let best = candidates
  for (const merit of merits) {
    if (best.length <= 1) break
    const values = best.map(merit)
    const most = Math.max(...values)
    best = best.filter((_, index) => values[index] === most)
  }
  return best[0]
}
