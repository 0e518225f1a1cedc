import type { Node } from '../../../api/core/node.ts'
import type { Pod } from '../../../api/core/pod.ts'
import { accountedSpec } from '../accounted-spec.ts'
import { nodeInfoOf, type NodeInfo } from '../node-info.ts'
import type { Plugin, Rejection } from '../plugin.ts'
import { podRequests, scoringRequests, type Amounts } from '../resources.ts'
import { defaultResources, scoreByStrategy, type ScoringStrategy } from './scoring-strategy.ts'

export interface NodeResourcesFitArgs {
  /** Extended resources that are not looked at, and whole groups of them: what comes before the slash. */
  readonly ignoredResources?: readonly string[] | undefined
  readonly ignoredResourceGroups?: readonly string[] | undefined
  readonly scoringStrategy?: ScoringStrategy | undefined
}

/** Requests must fit into what the node has left; which node is best is a matter of strategy: the one with most left, unless told otherwise. */
export function nodeResourcesFit(args: NodeResourcesFitArgs = {}): Plugin {
  const { ignoredResources = [], ignoredResourceGroups = [] } = args
  const strategy: ScoringStrategy = args.scoringStrategy ?? { type: 'LeastAllocated', resources: defaultResources }
  const isIgnored = (resource: string) =>
    ignoredResources.includes(resource) || (resource.includes('/') && ignoredResourceGroups.includes(resource.split('/')[0] ?? ''))
  const wantedBy = (pod: Pod): Amounts => {
    const wanted = podRequests(pod.spec)
    if (ignoredResources.length + ignoredResourceGroups.length === 0) return wanted
    return Object.fromEntries(Object.entries(wanted).filter(([resource]) => !isIgnored(resource)))
  }
  return {
    name: 'NodeResourcesFit',
    filter(pod) {
      const wanted = Object.entries(wantedBy(pod)).filter(([, amount]) => amount > 0)
      return info => shortage(wanted, info)
    },
    score: {
      weight: 1,
      prepare: pod => scoreByStrategy(strategy, scoringRequests(pod.spec)),
    },
    sign: ({ spec }) => [podRequests(spec), spec.containers.length],
    helps(pod, { of, before, after }) {
      if (of === 'Node') return after !== undefined && growsEnough(wantedBy(pod), before, after)
      if (of === 'AssignedPod') return before !== undefined && (!after || shrinks(before, after, wantedBy(pod)))
      return of === 'OwnPod' && before !== undefined && after !== undefined && shrinks(before, after, wantedBy(before))
    },
  }
}

/** Whether the pod fits on the node when nobody else is there, and something that it asks for has become more. */
function growsEnough(wanted: Amounts, before: Node | undefined, after: Node): boolean {
  const offered = nodeInfoOf(after, [])
  if (shortage(Object.entries(wanted), offered)) return false
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

function shortage(wanted: readonly (readonly [string, number])[], info: NodeInfo): Rejection | undefined {
  let reasons: string[] | undefined
  let resolvable = true
  // A node that does not say what it has takes nobody.
  if (info.pods.size + 1 > (info.allocatable['pods'] ?? 0)) (reasons ??= []).push('Too many pods')
  for (const [resource, amount] of wanted) {
    const allocatable = info.allocatable[resource] ?? 0
    if (amount <= allocatable - (info.requested[resource] ?? 0)) continue
    ;(reasons ??= []).push(`Insufficient ${resource}`)
    // More than the whole node: no eviction helps.
    if (amount > allocatable) resolvable = false
  }
  return reasons && { reasons, resolvable }
}
