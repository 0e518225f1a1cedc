import { Duration, UnsignedInt } from '@marcbachmann/cel-js/evaluator'
import { compareValues, equalValues } from './compare.ts'
import { refuse, type Library } from './library.ts'

type List = readonly unknown[]

/** Kubernetes' list functions, and those of cel-go's list extension that it offers. */
export const lists: Library = environment => {
  environment
    .registerFunction('list.isSorted(): bool', (list: List) =>
      list.every((item, index) => index === 0 || compareValues(list[index - 1], item) <= 0),
    )
    .registerFunction('list.sum(): dyn', sum)
    .registerFunction('list.min(): dyn', (list: List) => extreme(list, 'min', -1))
    .registerFunction('list.max(): dyn', (list: List) => extreme(list, 'max', 1))
    .registerFunction('list.indexOf(dyn): int', (list: List, item: unknown) => BigInt(list.findIndex(each => equalValues(each, item))))
    .registerFunction('list.lastIndexOf(dyn): int', (list: List, item: unknown) =>
      BigInt(list.findLastIndex(each => equalValues(each, item))),
    )
    .registerFunction('list.distinct(): list', (list: List) =>
      list.filter((item, index) => list.findIndex(each => equalValues(each, item)) === index),
    )
    .registerFunction('list.reverse(): list', (list: List) => [...list].reverse())
    .registerFunction('list.sort(): list', (list: List) => [...list].sort(compareValues))
    .registerFunction('list.flatten(): list', (list: List) => list.flat())
    .registerFunction('list.slice(int, int): list', slice)
}

function sum(list: List): unknown {
  let total: unknown = list[0] ?? 0n
  for (const item of list.slice(1)) total = add(total, item)
  return total
}

function add(a: unknown, b: unknown): unknown {
  if (typeof a === 'bigint' && typeof b === 'bigint') return a + b
  if (typeof a === 'number' && typeof b === 'number') return a + b
  if (a instanceof Duration && b instanceof Duration) return a.addDuration(b)
  if (a instanceof UnsignedInt && b instanceof UnsignedInt) return new UnsignedInt(a.valueOf() + b.valueOf())
  return refuse('no such overload')
}

function extreme(list: List, name: string, sign: number): unknown {
  if (list.length === 0) return refuse(`${name} called on empty list`)
  return list.reduce((best, item) => (compareValues(item, best) * sign > 0 ? item : best))
}

function slice(list: List, start: bigint, end: bigint): List {
  if (start < 0n || end < 0n) return refuse(`cannot slice(${start}, ${end}), negative indexes not supported`)
  if (start > end) return refuse(`cannot slice(${start}, ${end}), start index must be less than or equal to end index`)
  if (end > BigInt(list.length)) return refuse(`cannot slice(${start}, ${end}), list is length ${list.length}`)
  return list.slice(Number(start), Number(end))
}
