import type { Plugin } from '../plugin.ts'
import { podRequests } from '../resources.ts'

/** Prefers nodes on which cpu and memory are used in like shares. */
export const balancedAllocation: Plugin = {
  name: 'NodeResourcesBalancedAllocation',
  score: {
    weight: 1,
    prepare(pod) {
      const wanted = podRequests(pod.spec)
      if (!wanted['cpu'] && !wanted['memory']) return undefined
      return info => {
        const share = (resource: string) => {
          const allocatable = info.allocatable[resource] ?? 0
          return allocatable === 0 ? 1 : Math.min(1, ((info.requested[resource] ?? 0) + (wanted[resource] ?? 0)) / allocatable)
        }
        return Math.floor((1 - Math.abs(share('cpu') - share('memory')) / 2) * 100)
      }
    },
  },
}
