import type { Node } from '../../api/core/node.ts'
import type { Pod } from '../../api/core/pod.ts'
import { podQosClass } from '../../api/core/pod-qos.ts'
import { podResources } from '../../api/pod-resources.ts'
import { compareQuantities, milliValue, quantityToNumber } from '../../api/quantity.ts'
import { insufficient } from './admission.ts'

/** Why a resize is not granted: never here, or not now. */
export interface ResizeRefusal {
  readonly reason: 'Infeasible' | 'Deferred'
  readonly message: string
}

const amountOf = { cpu: milliValue, memory: quantityToNumber }

/** Whether a pod may have the resources it asks for; `others` as the node has granted them. Undefined: it may. */
export function judgeResize(pod: Pod, others: readonly Pod[], node: Node): ResizeRefusal | undefined {
  const requests = podResources(pod.spec, 'requests')
  for (const name of ['memory', 'cpu'] as const) {
    const requested = amountOf[name](requests[name] ?? '0')
    const capacity = amountOf[name](node.status.allocatable?.[name] ?? '0')
    if (requested > capacity)
      return {
        reason: 'Infeasible',
        message: `Node didn't have enough capacity: ${name}, requested: ${requested}, capacity: ${capacity}`,
      }
  }
  const lacking = insufficient(pod, others, node.status.allocatable ?? {})
  return lacking && { reason: 'Deferred', message: lacking.message }
}

export interface WaitingResize {
  /** As its author wants it. */
  readonly pod: Pod
  /** As the node has granted it. */
  readonly granted: Pod
  /** When the node first said no; RFC 3339, undefined: it has not been asked. */
  readonly since: string | undefined
}

function asksForMore({ pod, granted }: WaitingResize): boolean {
  const [wanted, had] = [podResources(pod.spec, 'requests'), podResources(granted.spec, 'requests')]
  return ['cpu', 'memory'].some(name => compareQuantities(wanted[name] ?? '0', had[name] ?? '0') > 0)
}
const isGuaranteed = ({ pod }: WaitingResize) => podQosClass(pod.spec) === 'Guaranteed'

/**
 * The order in which waiting resizes are judged: first those that ask for no more, then by the pod's priority, then
 * guaranteed pods, then whoever has waited longest.
 */
export const inResizeOrder = (waiting: readonly WaitingResize[]): WaitingResize[] =>
  [...waiting].sort(
    (a, b) =>
      Number(asksForMore(a)) - Number(asksForMore(b)) ||
      (b.pod.spec.priority ?? 0) - (a.pod.spec.priority ?? 0) ||
      Number(isGuaranteed(b)) - Number(isGuaranteed(a)) ||
      Date.parse(a.since ?? '9999-01-01T00:00:00Z') - Date.parse(b.since ?? '9999-01-01T00:00:00Z'),
  )
