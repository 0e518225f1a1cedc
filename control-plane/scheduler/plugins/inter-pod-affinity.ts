import type { PodAffinityTerm } from '../../../api/core/affinity.ts'
import type { Pod } from '../../../api/core/pod.ts'
import { isEqual } from '../../../common/equal.ts'
import type { NodeInfo } from '../node-info.ts'
import { greatest, least, resolvable, unresolvable, type Cluster, type Plugin } from '../plugin.ts'
import { podMatcher } from '../pod-affinity-term.ts'

const affinityTerms = (pod: Pod) => pod.spec.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []
const antiAffinityTerms = (pod: Pod) => pod.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []
const domainOf = (info: NodeInfo, key: string): string | undefined => info.node.metadata.labels?.[key]

const affineOf = ({ affine, nodes }: Cluster): readonly NodeInfo[] => affine ?? nodes.filter(info => info.affine.length > 0)

/** Domains of the term's topology in which at least one pod satisfies `matcher`. */
function occupied(term: PodAffinityTerm, cluster: Cluster, matcher: (pod: Pod) => boolean): Set<string> {
  const domains = new Set<string>()
  for (const info of cluster.nodes) {
    const domain = domainOf(info, term.topologyKey)
    if (domain === undefined || domains.has(domain)) continue
    for (const pod of info.pods.values()) {
      if (!matcher(pod)) continue
      domains.add(domain)
      break
    }
  }
  return domains
}

/** `key=value` of every domain that a running pod keeps this one out of. */
function forbidden(pod: Pod, cluster: Cluster): Set<string> {
  const domains = new Set<string>()
  for (const info of affineOf(cluster)) {
    for (const other of info.affine) {
      for (const term of antiAffinityTerms(other)) {
        const domain = domainOf(info, term.topologyKey)
        if (domain !== undefined && podMatcher(term, other, cluster)(pod)) domains.add(`${term.topologyKey}=${domain}`)
      }
    }
  }
  return domains
}

export interface InterPodAffinityArgs {
  /** How much pods that a running pod must be near to are attracted in their turn. */
  readonly hardPodAffinityWeight?: number | undefined
  /** Preferences of running pods count only for pods that have preferences, too. */
  readonly ignorePreferredTermsOfExistingPods?: boolean | undefined
}

/** Pods that must, must not, or would rather (not) share a zone, a node or another domain with others. */
export const interPodAffinity = (args: InterPodAffinityArgs = {}): Plugin => ({
  name: 'InterPodAffinity',
  filter(pod, cluster) {
    const wanted = affinityTerms(pod).map(term => {
      const matcher = podMatcher(term, pod, cluster)
      return { term, own: matcher(pod), domains: occupied(term, cluster, matcher) }
    })
    // The first of a group that wants to be together finds nobody yet: it may go anywhere.
    const first = wanted.every(({ own, domains }) => own && domains.size === 0)
    const unwanted = antiAffinityTerms(pod).map(term => ({ term, domains: occupied(term, cluster, podMatcher(term, pod, cluster)) }))
    const kept = forbidden(pod, cluster)
    if (wanted.length + unwanted.length + kept.size === 0) return undefined
    return info => {
      const near = wanted.every(({ term, domains }) => {
        const domain = domainOf(info, term.topologyKey)
        return domain !== undefined && (first || domains.has(domain))
      })
      if (!near) return unresolvable("node(s) didn't match pod affinity rules")
      const apart = unwanted.every(({ term, domains }) => !domains.has(domainOf(info, term.topologyKey) ?? ''))
      if (!apart) return resolvable("node(s) didn't match pod anti-affinity rules")
      const labels = Object.entries(info.node.metadata.labels ?? {})
      const allowed = kept.size === 0 || !labels.some(([key, value]) => kept.has(`${key}=${value}`))
      return allowed ? undefined : resolvable("node(s) didn't satisfy existing pods anti-affinity rules")
    }
  },
  score: {
    weight: 2,
    prepare(pod, cluster) {
      const weights = preferredWeights(pod, cluster, args)
      if (weights.size === 0) return undefined
      return info =>
        Object.entries(info.node.metadata.labels ?? {}).reduce((sum, [key, value]) => sum + (weights.get(`${key}=${value}`) ?? 0), 0)
    },
    normalize(scores) {
      const lowest = least(scores)
      const range = greatest(scores) - lowest
      return scores.map(score => (range > 0 ? Math.floor((100 * (score - lowest)) / range) : 0))
    },
  },
  helps(pod, { of, before, after }, cluster) {
    const all = (terms: readonly PodAffinityTerm[]) => {
      const matchers = terms.map(term => podMatcher(term, pod, cluster))
      return (other: Pod | undefined) => other !== undefined && matchers.length > 0 && matchers.every(matcher => matcher(other))
    }
    if (of === 'Node') {
      const keys = [...affinityTerms(pod), ...antiAffinityTerms(pod)].map(({ topologyKey }) => topologyKey)
      return after !== undefined && keys.some(key => after.metadata.labels?.[key] !== undefined)
    }
    if (of === 'OwnPod') return !isEqual(before?.metadata.labels, after?.metadata.labels)
    if (of !== 'AssignedPod') return false
    const near = all(affinityTerms(pod))
    const far = all(antiAffinityTerms(pod))
    const keptOff = before !== undefined && !after && antiAffinityTerms(before).some(term => podMatcher(term, before, cluster)(pod))
    return (near(after) && !near(before)) || (far(before) && !far(after)) || keptOff
  },
})

/** How much each domain (`key=value`) attracts the pod: its own preferences, and those of the pods there towards it. */
function preferredWeights(pod: Pod, cluster: Cluster, args: InterPodAffinityArgs): Map<string, number> {
  const { hardPodAffinityWeight = 1, ignorePreferredTermsOfExistingPods = false } = args
  const weights = new Map<string, number>()
  const add = (info: NodeInfo, key: string, weight: number) => {
    const domain = domainOf(info, key)
    if (domain !== undefined) weights.set(`${key}=${domain}`, (weights.get(`${key}=${domain}`) ?? 0) + weight)
  }
  const own = preferences(pod).map(each => ({ ...each, matcher: podMatcher(each.term, pod, cluster) }))
  if (own.length === 0 && ignorePreferredTermsOfExistingPods) return weights
  for (const info of own.length > 0 ? cluster.nodes : affineOf(cluster)) {
    if (own.length > 0)
      for (const other of info.pods.values())
        for (const { term, weight, matcher } of own) if (matcher(other)) add(info, term.topologyKey, weight)
    for (const other of info.affine) {
      for (const { term, weight } of preferences(other)) if (podMatcher(term, other, cluster)(pod)) add(info, term.topologyKey, weight)
      if (hardPodAffinityWeight === 0) continue
      for (const term of affinityTerms(other)) if (podMatcher(term, other, cluster)(pod)) add(info, term.topologyKey, hardPodAffinityWeight)
    }
  }
  return weights
}

function preferences(pod: Pod): { term: PodAffinityTerm; weight: number }[] {
  const { podAffinity, podAntiAffinity } = pod.spec.affinity ?? {}
  return [
    ...(podAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(each => ({
      term: each.podAffinityTerm,
      weight: each.weight,
    })),
    ...(podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(each => ({
      term: each.podAffinityTerm,
      weight: -each.weight,
    })),
  ]
}
