import { metThresholds, signals, type Observations, type Pressure, type StarvedResource, type Threshold } from './thresholds.ts'

/** What is remembered from one look to the next. Times are milliseconds. */
export interface EvictionState {
  /** When each threshold that is met was first seen to be. */
  readonly firstMet: ReadonlyMap<Threshold, number>
  /** When the node was last seen under each pressure. */
  readonly lastUnder: ReadonlyMap<Pressure, number>
  /** Met, past their grace period, and not yet resolved by their minimum reclaim. */
  readonly pursued: readonly Threshold[]
}

export interface EvictionPlan {
  readonly state: EvictionState
  /** What the node's conditions say: pressures go on for the transition period after they were last seen. */
  readonly pressures: readonly Pressure[]
  /** What to make room for, memory before everything else; undefined when nothing is short. */
  readonly reclaim: { readonly threshold: Threshold; readonly resource: StarvedResource } | undefined
}

export const nothingShort: EvictionState = { firstMet: new Map(), lastUnder: new Map(), pursued: [] }

export interface EvictionFacts {
  readonly thresholds: readonly Threshold[]
  readonly observations: Observations
  readonly transitionPeriodMs: number
  readonly now: number
}

/** Upstream's eviction manager, without its hands: what the node is short of, since when, and what has to be done about it. */
export function planEviction(before: EvictionState, { thresholds, observations, transitionPeriodMs, now }: EvictionFacts): EvictionPlan {
  const unresolved = metThresholds(before.pursued, observations, { withReclaim: true })
  const met = [...new Set([...metThresholds(thresholds, observations, { withReclaim: false }), ...unresolved])]
  const firstMet = new Map(met.map(threshold => [threshold, before.firstMet.get(threshold) ?? now]))
  const lastUnder = new Map([...before.lastUnder, ...met.map(({ signal }) => [signals[signal].condition, now] as const)])
  const pursued = met.filter(threshold => now - (firstMet.get(threshold) ?? now) >= threshold.gracePeriodMs)
  const pressures = [...lastUnder].filter(([, at]) => now - at < transitionPeriodMs || at === now).map(([pressure]) => pressure)
  const first = pursued.find(({ signal }) => signals[signal].resource === 'memory') ?? pursued[0]
  return {
    state: { firstMet, lastUnder, pursued },
    pressures,
    reclaim: first && { threshold: first, resource: signals[first.signal].resource },
  }
}
