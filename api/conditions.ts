import { timestamp } from './time.ts'

interface AnyCondition {
  type: string
  status: string
  lastTransitionTime?: string
}

export const findCondition = <C extends { type: string }>(conditions: readonly C[] | undefined, type: string): C | undefined =>
  conditions?.find(condition => condition.type === type)

export const isConditionTrue = (conditions: readonly { type: string; status: string }[] | undefined, type: string): boolean =>
  findCondition(conditions, type)?.status === 'True'

/** The list with `condition` set. lastTransitionTime moves only when the status does; the same list comes back when nothing changed. */
export function setCondition<C extends AnyCondition>(conditions: readonly C[] | undefined, condition: C, now: Date): C[] {
  const list = conditions ?? []
  const current = findCondition(list, condition.type)
  const lastTransitionTime =
    current?.status === condition.status ? current.lastTransitionTime : (condition.lastTransitionTime ?? timestamp(now))
  const next = { ...current, ...condition, ...(lastTransitionTime === undefined ? {} : { lastTransitionTime }) }
  if (!current) return [...list, next]
  const names = Object.keys(next) as (keyof C)[]
  if (names.every(name => next[name] === current[name])) return list as C[]
  return list.map(each => (each === current ? next : each))
}

export const removeCondition = <C extends { type: string }>(conditions: readonly C[] | undefined, type: string): C[] =>
  (conditions ?? []).filter(condition => condition.type !== type)
