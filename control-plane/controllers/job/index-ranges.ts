/** Numbers as ascending ranges that neither touch nor overlap: how a Job tells its finished indexes. */
export type IndexRanges = readonly (readonly [first: number, last: number])[]

/** Reads `0,2-4` as far as it lies below `completions`; what cannot be read is left out (upstream's parseIndexesFromString). */
export function parseRanges(text: string | undefined, completions: number): IndexRanges {
  const ranges = (text ?? '').split(',').flatMap(part => {
    const match = /^(\d+)(?:-(\d+))?$/.exec(part)
    if (!match) return []
    const first = Number(match[1])
    const last = Math.min(Number(match[2] ?? first), completions - 1)
    return first <= last ? [[first, last] as const] : []
  })
  return mergeRanges(ranges, [])
}

/** `0,2-4`; two neighbours are written `0,1`. */
export const formatRanges = (ranges: IndexRanges): string =>
  ranges.map(([first, last]) => (first === last ? `${first}` : `${first}${last === first + 1 ? ',' : '-'}${last}`)).join(',')

export function mergeRanges(a: IndexRanges, b: IndexRanges): IndexRanges {
  const merged: [number, number][] = []
  for (const [first, last] of [...a, ...b].sort((x, y) => x[0] - y[0])) {
    const previous = merged.at(-1)
    if (previous && first <= previous[1] + 1) previous[1] = Math.max(previous[1], last)
    else merged.push([first, last])
  }
  return merged
}

export const withIndexes = (ranges: IndexRanges, indexes: Iterable<number>): IndexRanges =>
  mergeRanges(
    ranges,
    [...indexes].map(index => [index, index] as const),
  )

export const countRanges = (ranges: IndexRanges): number => ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0)

export const includesIndex = (ranges: IndexRanges, index: number): boolean =>
  ranges.some(([first, last]) => first <= index && index <= last)

/** How many numbers are in both. */
export const countCommon = (a: IndexRanges, b: IndexRanges): number =>
  a.reduce(
    (sum, [first, last]) =>
      sum + b.reduce((common, other) => common + Math.max(0, Math.min(last, other[1]) - Math.max(first, other[0]) + 1), 0),
    0,
  )

/** The lowest `count` numbers below `end` that are in none of the ranges. */
export function firstMissing(ranges: IndexRanges, { count, end }: { count: number; end: number }): number[] {
  const missing: number[] = []
  let next = 0
  for (const [first, last] of [...ranges, [end, end] as const]) {
    for (; next < Math.min(first, end) && missing.length < count; next++) missing.push(next)
    next = Math.max(next, last + 1)
  }
  return missing
}
