import type { TopologySpreadConstraint } from '../../../api/core/affinity.ts'
import type { Node } from '../../../api/core/node.ts'
import type { Pod } from '../../../api/core/pod.ts'
import { matches, selectorFromLabels, selectorFromObject } from '../../../api/label-selector.ts'
import { controllerOf } from '../../../api/owners.ts'
import { isEqual } from '../../../common/equal.ts'
import type { ClusterEvent } from '../cluster-event.ts'
import type { NodeInfo } from '../node-info.ts'
import { matchesNodeRequirements } from '../../../api/node-selector.ts'
import { greatest, least, resolvable, unresolvable, type Cluster, type Plugin } from '../plugin.ts'
import { selectorWithKeys } from '../pod-affinity-term.ts'
import { toleratesTaint } from '../../../api/tolerations.ts'

interface Spread {
  readonly maxSkew: number
  readonly key: string
  readonly minDomains: number
  /** Whether it is about the pod; one that is leaving is not counted all the same. */
  readonly selects: (pod: Pod) => boolean
  /** The same for constraints that count the same pods. */
  readonly counted: string
  readonly includes: (info: NodeInfo) => boolean
}

const hostname = 'kubernetes.io/hostname'
const zone = 'topology.kubernetes.io/zone'
const domainOf = (info: NodeInfo, key: string): string | undefined => info.node.metadata.labels?.[key]

function spreadOf(constraint: TopologySpreadConstraint, pod: Pod): Spread {
  const labels = selectorWithKeys(constraint.labelSelector, pod, { match: constraint.matchLabelKeys })
  const selector = selectorFromObject(labels)
  return {
    counted: JSON.stringify([pod.metadata.namespace, labels]),
    maxSkew: constraint.maxSkew,
    key: constraint.topologyKey,
    minDomains: constraint.minDomains ?? 1,
    selects: other => other.metadata.namespace === pod.metadata.namespace && matches(selector, other.metadata.labels),
    includes: info =>
      (constraint.nodeAffinityPolicy === 'Ignore' || matchesNodeRequirements(pod.spec, info.node)) &&
      (constraint.nodeTaintsPolicy !== 'Honor' ||
        !info.node.spec.taints?.some(taint => taint.effect !== 'PreferNoSchedule' && !toleratesTaint(pod.spec.tolerations, taint))),
  }
}

/** `List`: `defaultConstraints` are those of pods that have none themselves. `System`: upstream's own two. */
export interface PodTopologySpreadArgs {
  readonly defaultingType?: 'System' | 'List' | undefined
  readonly defaultConstraints?: readonly TopologySpreadConstraint[] | undefined
}

const systemDefaults: readonly TopologySpreadConstraint[] = [
  { maxSkew: 3, topologyKey: hostname, whenUnsatisfiable: 'ScheduleAnyway' },
  { maxSkew: 5, topologyKey: zone, whenUnsatisfiable: 'ScheduleAnyway' },
]

/** The pod's own constraints of one sort; without any, the default ones with its siblings as the pods to be counted. */
function constraintsOf(pod: Pod, args: PodTopologySpreadArgs, { action, cluster }: { action: string; cluster: Cluster }): Spread[] {
  const own = pod.spec.topologySpreadConstraints ?? []
  const defaults = args.defaultingType === 'List' ? (args.defaultConstraints ?? []) : systemDefaults
  const constraints = (own.length > 0 ? own : defaults).filter(({ whenUnsatisfiable }) => whenUnsatisfiable === action)
  if (own.length > 0 || constraints.length === 0) return constraints.map(each => spreadOf(each, pod))
  const siblings = siblingsOf(pod, cluster)
  if (!siblings) return []
  // Upstream's own count all nodes, and say nothing of domains that there are none of.
  const spreads = constraints.map(each => ({ ...spreadOf(each, pod), ...siblings }))
  if (args.defaultingType === 'List') return spreads
  return spreads
    .filter(({ key }) => key !== zone || cluster.nodes.some(info => domainOf(info, zone) !== undefined))
    .map(spread => ({ ...spread, includes: () => true }))
}

/** Pods of each domain that the constraint counts. Domains without any such pod count 0. */
function countByDomain(spread: Spread, nodes: readonly NodeInfo[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const info of nodes) {
    const domain = domainOf(info, spread.key)
    if (domain === undefined || !spread.includes(info)) continue
    counts.set(domain, (counts.get(domain) ?? 0) + countOn(info, spread))
  }
  return counts
}

/** A NodeInfo does not change: only nodes are counted again that have become another one since the last pod. */
function countOn(info: NodeInfo, { selects, counted }: Spread): number {
  if (info.pods.size === 0) return 0
  let known = countsOf.get(info)
  if (!known || known.size > 32) countsOf.set(info, (known = new Map()))
  const remembered = known.get(counted)
  if (remembered !== undefined) return remembered
  let count = 0
  for (const pod of info.pods.values()) if (!pod.metadata.deletionTimestamp && selects(pod)) count++
  known.set(counted, count)
  return count
}

const countsOf = new WeakMap<NodeInfo, Map<string, number>>()

/** Constraints with DoNotSchedule keep the domains' numbers of pods within maxSkew; the others, and the default ones, prefer it. */
export const podTopologySpread = (args: PodTopologySpreadArgs = {}): Plugin => ({
  name: 'PodTopologySpread',
  filter(pod, cluster) {
    const hard = constraintsOf(pod, args, { action: 'DoNotSchedule', cluster })
    if (hard.length === 0) return undefined
    // Only nodes that have every key of all constraints take part.
    const nodes = cluster.nodes.filter(info => hard.every(({ key }) => domainOf(info, key) !== undefined))
    const judged = hard.map(spread => {
      const counts = countByDomain(spread, nodes)
      const fewest = counts.size < spread.minDomains ? 0 : least([...counts.values()])
      return { spread, counts, fewest, own: spread.selects(pod) ? 1 : 0 }
    })
    return info => {
      for (const { spread, counts, fewest, own } of judged) {
        const domain = domainOf(info, spread.key)
        if (domain === undefined) return unresolvable("node(s) didn't match pod topology spread constraints (missing required label)")
        if ((counts.get(domain) ?? 0) + own - fewest > spread.maxSkew)
          return resolvable("node(s) didn't match pod topology spread constraints")
      }
      return undefined
    }
  },
  score: {
    weight: 2,
    prepare(pod, cluster) {
      const soft = constraintsOf(pod, args, { action: 'ScheduleAnyway', cluster })
      if (soft.length === 0) return undefined
      const judged = soft.map(spread => {
        // Every node is a domain of its own: nobody else has to be counted.
        if (spread.key === hostname)
          return { spread, weight: Math.log(cluster.nodes.length + 2), of: (info: NodeInfo) => countOn(info, spread) }
        const counts = countByDomain(spread, cluster.nodes)
        return { spread, weight: Math.log(counts.size + 2), of: (_: NodeInfo, domain: string) => counts.get(domain) ?? 0 }
      })
      return info =>
        Math.round(
          judged.reduce((sum, { spread, weight, of }) => {
            const domain = domainOf(info, spread.key)
            return domain === undefined ? sum : sum + of(info, domain) * weight + spread.maxSkew - 1
          }, 0),
        )
    },
    normalize(scores) {
      const most = greatest(scores)
      const fewest = least(scores)
      return scores.map(score => (most === 0 ? 100 : Math.floor((100 * (most + fewest - score)) / most)))
    },
  },
  helps: (pod, event, cluster) => touches(constraintsOf(pod, args, { action: 'DoNotSchedule', cluster }), pod, event),
})

/** Whether the change concerns a domain that a constraint counts, or a pod that is counted in one. */
function touches(hard: readonly Spread[], pod: Pod, { of, before, after }: ClusterEvent): boolean {
  if (of === 'Node') {
    const takesPart = (node: Node | undefined) => node !== undefined && hard.every(({ key }) => node.metadata.labels?.[key] !== undefined)
    if (!before || !after) return takesPart(before ?? after)
    if (takesPart(before) !== takesPart(after)) return true
    const moved = hard.some(({ key }) => before.metadata.labels?.[key] !== after.metadata.labels?.[key])
    return takesPart(after) && (moved || !isEqual(before.spec.taints, after.spec.taints))
  }
  if (of !== 'AssignedPod' && of !== 'OwnPod') return false
  if ((after ?? before)?.metadata.namespace !== pod.metadata.namespace) return false
  if (of === 'OwnPod' && !isEqual(before?.spec.tolerations, after?.spec.tolerations)) return true
  const counts = (other: Pod | undefined, { selects }: Spread) => other !== undefined && selects(other)
  return hard.some(spread => counts(before, spread) !== counts(after, spread))
}

/** The pods of the same controller, or else of all services that select this one; undefined: it has none. */
function siblingsOf(pod: Pod, cluster: Cluster): Pick<Spread, 'selects' | 'counted'> | undefined {
  const near = (other: Pod) => other.metadata.namespace === pod.metadata.namespace
  const owner = controllerOf(pod)
  if (owner) return { counted: owner.uid, selects: other => near(other) && controllerOf(other)?.uid === owner.uid }
  const selectors = cluster.services
    .filter(({ metadata, spec }) => metadata.namespace === pod.metadata.namespace && Object.keys(spec.selector ?? {}).length > 0)
    .map(({ spec }) => selectorFromLabels(spec.selector))
    .filter(selector => matches(selector, pod.metadata.labels))
  if (selectors.length === 0) return undefined
  return {
    counted: JSON.stringify([pod.metadata.namespace, selectors]),
    selects: other => near(other) && selectors.every(selector => matches(selector, other.metadata.labels)),
  }
}
