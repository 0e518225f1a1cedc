import type { Taint } from '../../../api/core/affinity.ts'
import type { Node } from '../../../api/core/node.ts'
import type { Pod } from '../../../api/core/pod.ts'
import { isEqual } from '../../../common/equal.ts'
import { normalizeReversed, unresolvable, type Plugin } from '../plugin.ts'
import { toleratesTaint } from '../../../api/tolerations.ts'

const keepsAway = ({ effect }: Taint) => effect === 'NoSchedule' || effect === 'NoExecute'
const isKeptOff = (pod: Pod, node: Node): boolean =>
  node.spec.taints?.some(each => keepsAway(each) && !toleratesTaint(pod.spec.tolerations, each)) ?? false

/** Taints that the pod does not tolerate keep it away; those of effect PreferNoSchedule make a node less attractive. */
export const taintToleration: Plugin = {
  name: 'TaintToleration',
  filter: pod => info => (isKeptOff(pod, info.node) ? unresolvable('node(s) had untolerated taint(s)') : undefined),
  score: {
    weight: 3,
    prepare(pod) {
      const tolerations = (pod.spec.tolerations ?? []).filter(({ effect }) => !effect || effect === 'PreferNoSchedule')
      return ({ node: { spec } }) =>
        spec.taints?.filter(each => each.effect === 'PreferNoSchedule' && !toleratesTaint(tolerations, each)).length ?? 0
    },
    normalize: normalizeReversed,
  },
  sign: ({ spec }) => spec.tolerations,
  helps(pod, { of, before, after }) {
    if (of === 'OwnPod') return !isEqual(before?.spec.tolerations, after?.spec.tolerations)
    return of === 'Node' && after !== undefined && !isKeptOff(pod, after) && (!before || isKeptOff(pod, before))
  },
}
