import type { Container } from './container.ts'
import type { Pod } from './pod.ts'
import type { PodSpec } from './pod-spec.ts'
import { hasPodLevelResources } from '../pod-resources.ts'
import { compareQuantities } from '../quantity.ts'

export type QosClass = NonNullable<Pod['status']['qosClass']>
type Resources = Pick<Container['resources'], 'limits' | 'requests'>

const qosResources = ['cpu', 'memory'] as const
const positive = (quantity: string | undefined): quantity is string => quantity !== undefined && compareQuantities(quantity, '0') > 0

/** Whether anything counts towards a class better than BestEffort. */
const asksForSomething = ({ requests, limits }: Resources): boolean =>
  qosResources.some(resource => positive(requests?.[resource]) || positive(limits?.[resource]))

const limitsEverything = ({ requests, limits }: Resources): boolean =>
  qosResources.every(resource => {
    const limit = limits?.[resource]
    if (!positive(limit)) return false
    const request = requests?.[resource]
    return !positive(request) || compareQuantities(request, limit) === 0
  })

/**
 * The quality-of-service class of a pod: Guaranteed when every container limits cpu and memory to what it requests,
 * BestEffort when none asks for either, else Burstable. Resources of the pod as a whole take the place of its containers'.
 */
export function podQosClass(spec: PodSpec): QosClass {
  const all: readonly Resources[] =
    spec.resources && hasPodLevelResources(spec)
      ? [spec.resources]
      : [...(spec.initContainers ?? []), ...spec.containers].map(container => container.resources)
  if (!all.some(asksForSomething)) return 'BestEffort'
  return all.every(limitsEverything) ? 'Guaranteed' : 'Burstable'
}
