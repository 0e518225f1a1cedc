import type { LogEntry } from './change-log.ts'
import { compare, type KeyIndex, type Located, type Range } from './key-index.ts'

/** A page of keys, and how many come behind it. */
export interface Selected {
  readonly located: readonly Located[]
  readonly remaining: number
}

type Index = Pick<KeyIndex, 'get' | 'in'>

/** The first keys of a range as they are now. It costs what the page is long, not what there is. */
export function selectPage(index: Index, { from, to }: Range, limit = 0): Selected {
  const end = limit > 0 ? Math.min(to, from + limit) : to
  return { located: [...index.in({ from, to: end })], remaining: to - end }
}

interface Past {
  readonly range: Range
  readonly limit: number | undefined
  /** Keys up to and including this one are left out. */
  readonly after: string | undefined
}

/**
 * The first keys of a range as they were: those that are there now without the ones that have `changed` since, and what these
 * were before. It costs what the page is long and what has changed.
 */
export function selectPast(index: Index, changed: ReadonlyMap<string, LogEntry>, { range, limit = 0, after }: Past): Selected {
  const wanted = [...changed.values()].filter(({ key }) => after === undefined || key > after)
  const before = wanted
    .filter(({ previousRevision }) => previousRevision > 0)
    .map(({ key, previousRevision: revision, createRevision }): Located => [key, { revision, createRevision }])
    .sort(([a], [b]) => compare(a, b))
  const live = wanted.filter(({ key }) => index.get(key) !== undefined).length
  const total = range.to - range.from - live + before.length
  const length = limit > 0 ? Math.min(limit, total) : total
  const located: Located[] = []
  let next = 0
  const takeBefore = (key: string | undefined) => {
    while (located.length < length && next < before.length) {
      const old = before[next] as Located
      if (key !== undefined && old[0] > key) return
      located.push(old)
      next++
    }
  }
  for (const one of index.in(range)) {
    if (located.length === length) break
    takeBefore(one[0])
    if (located.length < length && !changed.has(one[0])) located.push(one)
  }
  takeBefore(undefined)
  return { located, remaining: total - length }
}
