import type { Plugin } from '../plugin.ts'
import { podRequests } from '../resources.ts'
import { defaultResources, type ResourceSpec } from './scoring-strategy.ts'

export interface BalancedAllocationArgs {
  readonly resources?: readonly ResourceSpec[] | undefined
}

/** Prefers nodes on which the resources, cpu and memory unless told otherwise, are used in like shares. */
export const balancedAllocation = ({ resources = defaultResources }: BalancedAllocationArgs = {}): Plugin => ({
  name: 'NodeResourcesBalancedAllocation',
  score: {
    weight: 1,
    prepare(pod) {
      const wanted = podRequests(pod.spec)
      if (!resources.some(({ name }) => wanted[name])) return undefined
      return ({ allocatable, requested }) => {
        const shares: number[] = []
        for (const { name } of resources) {
          const capacity = allocatable[name] ?? 0
          if (capacity > 0) shares.push(Math.min(1, ((requested[name] ?? 0) + (wanted[name] ?? 0)) / capacity))
        }
        return Math.floor((1 - deviation(shares)) * 100)
      }
    },
  },
})

function deviation(shares: readonly number[]): number {
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length
  const squares = shares.reduce((sum, share) => sum + (share - mean) ** 2, 0)
  return shares.length === 0 ? 0 : Math.sqrt(squares / shares.length)
}
