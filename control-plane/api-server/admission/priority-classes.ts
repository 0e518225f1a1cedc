import { findKind } from '../../../api/kinds.ts'
import type { KubernetesObject } from '../../../api/kind.ts'
import type { Lookup } from '../interfaces.ts'

export interface PriorityClassFacts {
  readonly name: string
  readonly value: number
  readonly globalDefault: boolean
  readonly preemptionPolicy: 'PreemptLowerPriority' | 'Never'
}

/** Classes that exist whether or not their objects have been made yet. */
const builtIn: readonly PriorityClassFacts[] = [
  { name: 'system-cluster-critical', value: 2_000_000_000, globalDefault: false, preemptionPolicy: 'PreemptLowerPriority' },
  { name: 'system-node-critical', value: 2_000_001_000, globalDefault: false, preemptionPolicy: 'PreemptLowerPriority' },
]

export const priorityClassKind = () => findKind('scheduling.k8s.io', 'v1', 'priorityclasses')

export const factsOf = (object: KubernetesObject): PriorityClassFacts => {
  const { value = 0, globalDefault = false, preemptionPolicy = 'PreemptLowerPriority' } = object as Partial<PriorityClassFacts>
  return { name: object.metadata.name, value, globalDefault, preemptionPolicy }
}

export function findPriorityClass(name: string, lookup: Lookup): PriorityClassFacts | undefined {
  const kind = priorityClassKind()
  const stored = kind && lookup.get(kind, { namespace: '', name })
  return stored ? factsOf(stored) : builtIn.find(each => each.name === name)
}

/** The class of pods that name none; of several the lowest, as upstream. */
export function defaultPriorityClass(lookup: Lookup): PriorityClassFacts | undefined {
  const kind = priorityClassKind()
  const defaults = (kind ? lookup.list(kind) : []).map(factsOf).filter(each => each.globalDefault)
  return defaults.sort((a, b) => a.value - b.value)[0]
}
