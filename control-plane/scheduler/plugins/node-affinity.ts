import type { NodeAffinity } from '../../../api/core/affinity.ts'
import type { Node } from '../../../api/core/node.ts'
import type { Pod } from '../../../api/core/pod.ts'
import { matchesNodeRequirements, matchesTerm } from '../../../api/node-selector.ts'
import { normalizeByMaximum, unresolvable, type Plugin } from '../plugin.ts'

export interface NodeAffinityArgs {
  /** What all pods of the profile want besides what they say themselves. */
  readonly addedAffinity?: NodeAffinity | undefined
}

/** nodeSelector and node affinity: required terms keep a pod away, preferred ones attract it by their weight. */
export function nodeAffinity({ addedAffinity = {} }: NodeAffinityArgs = {}): Plugin {
  const enforced = addedAffinity.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms
  const isAllowed = (node: Node) => enforced === undefined || enforced.some(term => matchesTerm(node, term))
  const preferredBy = (pod: Pod) => [
    ...(addedAffinity.preferredDuringSchedulingIgnoredDuringExecution ?? []),
    ...(pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []),
  ]
  return {
    name: 'NodeAffinity',
    filter(pod) {
      const { nodeSelector, affinity } = pod.spec
      if (!enforced && !nodeSelector && !affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution) return undefined
      return info => {
        if (!isAllowed(info.node)) return unresolvable("node(s) didn't match scheduler-enforced node affinity")
        return matchesNodeRequirements(pod.spec, info.node) ? undefined : unresolvable("node(s) didn't match Pod's node affinity/selector")
      }
    },
    score: {
      weight: 2,
      prepare(pod) {
        const preferred = preferredBy(pod)
        if (preferred.length === 0) return undefined
        return info => preferred.reduce((sum, { weight, preference }) => sum + (matchesTerm(info.node, preference) ? weight : 0), 0)
      },
      normalize: normalizeByMaximum,
    },
    sign: ({ spec }) => [spec.nodeSelector, spec.affinity?.nodeAffinity],
    helps(pod, { of, before, after }) {
      if (of !== 'Node' || !after) return false
      const fits = (node: Node) => isAllowed(node) && matchesNodeRequirements(pod.spec, node)
      return fits(after) && (!before || !fits(before))
    },
  }
}
