import type { Plugin } from '../plugin.ts'
import { podRequests } from '../resources.ts'
import { defaultResources, type ResourceSpec } from './scoring-strategy.ts'

export interface BalancedAllocationArgs {
  readonly resources?: readonly ResourceSpec[] | undefined
}

/** Prefers nodes on which the resources, cpu and memory unless told otherwise, are used in like shares. */
export const balancedAllocation = ({ resources = defaultResources }: BalancedAllocationArgs = {}): Plugin => ({
  name: 'NodeResourcesBalancedAllocation',
  sign: ({ spec }) => podRequests(spec),
  score: {
    weight: 1,
    prepare(pod) {
      const wanted = podRequests(pod.spec)
      if (!resources.some(({ name }) => wanted[name])) return undefined
      return ({ allocatable, requested }) => {
        let sum = 0
        let squares = 0
        let count = 0
        for (const { name } of resources) {
          const capacity = allocatable[name] ?? 0
          if (capacity === 0) continue
          const share = Math.min(1, ((requested[name] ?? 0) + (wanted[name] ?? 0)) / capacity)
          sum += share
          squares += share * share
          count++
        }
        const variance = count === 0 ? 0 : Math.max(0, squares / count - (sum / count) ** 2)
        return Math.floor((1 - Math.sqrt(variance)) * 100)
      }
    },
  },
})
