import type { NodeInfo } from '../node-info.ts'
import type { Amounts } from '../resources.ts'

export interface ResourceSpec {
  readonly name: string
  readonly weight: number
}
/** Utilization in hundredths, score from 0 to 10. */
export interface UtilizationShapePoint {
  readonly utilization: number
  readonly score: number
}
export interface ScoringStrategy {
  readonly type: 'LeastAllocated' | 'MostAllocated' | 'RequestedToCapacityRatio'
  readonly resources: readonly ResourceSpec[]
  readonly requestedToCapacityRatio?: { readonly shape: readonly UtilizationShapePoint[] } | undefined
}

export const defaultResources: readonly ResourceSpec[] = [
  { name: 'cpu', weight: 1 },
  { name: 'memory', weight: 1 },
]

/** Cpu, memory and storage count on every node, other resources only for pods that ask for them. */
const counts = (name: string, wanted: Amounts): boolean => ['cpu', 'memory', 'ephemeral-storage'].includes(name) || Boolean(wanted[name])

/** From 0 to 100, what a node is worth with so much of one of its resources used. */
type Scorer = (used: number, capacity: number) => number

const leastAllocated: Scorer = (used, capacity) => (used > capacity ? 0 : Math.floor(((capacity - used) * 100) / capacity))
const mostAllocated: Scorer = (used, capacity) => Math.floor((Math.min(used, capacity) * 100) / capacity)

/** Between the points of the shape the score is on the line from one to the next. */
function alongShape(shape: readonly UtilizationShapePoint[]): Scorer {
  return (used, capacity) => {
    const utilization = used > capacity ? 100 : Math.floor((used * 100) / capacity)
    const next = shape.findIndex(point => utilization <= point.utilization)
    const to = shape[next]
    const from = shape[next - 1]
    if (!to) return (shape.at(-1)?.score ?? 0) * 10
    if (!from) return to.score * 10
    const rise = (to.score - from.score) * 10 * (utilization - from.utilization)
    return from.score * 10 + Math.trunc(rise / (to.utilization - from.utilization))
  }
}

/** What nodes are worth to a pod that wants so much, by how much of each resource is used with it there. */
export function scoreByStrategy(strategy: ScoringStrategy, wanted: Amounts): (info: NodeInfo) => number {
  const byShape = strategy.type === 'RequestedToCapacityRatio'
  const scorer = byShape
    ? alongShape(strategy.requestedToCapacityRatio?.shape ?? [])
    : strategy.type === 'MostAllocated'
      ? mostAllocated
      : leastAllocated
  const resources = strategy.resources.filter(({ name }) => counts(name, wanted))
  return ({ allocatable, weighed }) => {
    let sum = 0
    let weights = 0
    for (const { name, weight } of resources) {
      const capacity = allocatable[name] ?? 0
      if (capacity === 0) continue
      const score = scorer((weighed[name] ?? 0) + (wanted[name] ?? 0), capacity)
      // A shape may say that a resource is not to be looked at.
      if (byShape && score === 0) continue
      sum += score * weight
      weights += weight
    }
    if (weights === 0) return 0
    return byShape ? Math.round(sum / weights) : Math.floor(sum / weights)
  }
}
