import { matchesNodeRequirements, matchesTerm } from '../../../api/node-selector.ts'
import { normalizeByMaximum, unresolvable, type Plugin } from '../plugin.ts'

/** nodeSelector and node affinity: required terms keep a pod away, preferred ones attract it by their weight. */
export const nodeAffinity: Plugin = {
  name: 'NodeAffinity',
  filter: pod => info =>
    matchesNodeRequirements(pod.spec, info.node) ? undefined : unresolvable("node(s) didn't match Pod's node affinity/selector"),
  score: {
    weight: 2,
    prepare(pod) {
      const preferred = pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []
      if (preferred.length === 0) return undefined
      return info => preferred.reduce((sum, { weight, preference }) => sum + (matchesTerm(info.node, preference) ? weight : 0), 0)
    },
    normalize: normalizeByMaximum,
  },
  helps: (pod, { of, before, after }) =>
    of === 'Node' &&
    after !== undefined &&
    matchesNodeRequirements(pod.spec, after) &&
    (!before || !matchesNodeRequirements(pod.spec, before)),
}
