import { unresolvable, type Plugin } from '../plugin.ts'
import { toleratesTaint } from '../../../api/tolerations.ts'

const taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' } as const

/** Cordoned nodes take only pods that tolerate it. */
export const nodeUnschedulable: Plugin = {
  name: 'NodeUnschedulable',
  filter(pod) {
    if (toleratesTaint(pod.spec.tolerations, taint)) return undefined
    return info => (info.node.spec.unschedulable ? unresolvable('node(s) were unschedulable') : undefined)
  },
  sign: ({ spec }) => spec.tolerations,
  helps(pod, { of, before, after }) {
    if (of === 'Node') return after !== undefined && !after.spec.unschedulable && (!before || before.spec.unschedulable === true)
    return of === 'OwnPod' && toleratesTaint(after?.spec.tolerations, taint) && !toleratesTaint(before?.spec.tolerations, taint)
  },
}
