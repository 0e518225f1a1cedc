import type { Taint } from '../../../api/core/affinity.ts'
import { normalizeReversed, unresolvable, type Plugin } from '../plugin.ts'
import { toleratesTaint } from '../../../api/tolerations.ts'

const keepsAway = ({ effect }: Taint) => effect === 'NoSchedule' || effect === 'NoExecute'

/** Taints that the pod does not tolerate keep it away; those of effect PreferNoSchedule make a node less attractive. */
export const taintToleration: Plugin = {
  name: 'TaintToleration',
  filter: pod => info => {
    const taint = info.node.spec.taints?.find(each => keepsAway(each) && !toleratesTaint(pod.spec.tolerations, each))
    return taint && unresolvable('node(s) had untolerated taint(s)')
  },
  score: {
    weight: 3,
    prepare(pod) {
      const tolerations = (pod.spec.tolerations ?? []).filter(({ effect }) => !effect || effect === 'PreferNoSchedule')
      return info =>
        (info.node.spec.taints ?? []).filter(each => each.effect === 'PreferNoSchedule' && !toleratesTaint(tolerations, each)).length
    },
    normalize: normalizeReversed,
  },
}
