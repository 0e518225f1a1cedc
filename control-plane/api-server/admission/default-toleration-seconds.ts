import { Pod } from '../../../api/core/pod.ts'
import { on } from './rule.ts'

type Toleration = NonNullable<Pod['spec']['tolerations']>[number]

const taints = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'] as const
const tolerationSeconds = 300

const tolerates = (key: string) => (toleration: Toleration) =>
  (!toleration.key || toleration.key === key) && (!toleration.effect || toleration.effect === 'NoExecute')

/** Upstream's DefaultTolerationSeconds: a pod that says nothing about lost nodes stays bound to one for five minutes. */
export const defaultTolerationSeconds = on(['create', 'update'], Pod, pod => {
  const given = pod.spec.tolerations ?? []
  const added = taints
    .filter(key => !given.some(tolerates(key)))
    .map((key): Toleration => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds }))
  return added.length === 0 ? pod : { ...pod, spec: { ...pod.spec, tolerations: [...given, ...added] } }
})
