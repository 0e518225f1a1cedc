import { addQuantities, compareQuantities, formatQuantity, parseQuantity, subtractQuantities } from '../quantity.ts'
import type { Quantities } from '../pod-resources.ts'

/** Arithmetic of what quotas count: amounts by the name of a resource (upstream's quota.Add, Mask, LessThanOrEqual, …). */

const zero = parseQuantity('0')
const quantityOf = (amounts: Quantities, name: string) => {
  const amount = amounts[name]
  return amount === undefined ? zero : parseQuantity(amount)
}

/** The sum of both, in canonical form; resources that only one of them names are in it too. */
export function addAmounts(a: Quantities, b: Quantities): Quantities {
  const sum: Record<string, string> = { ...a }
  for (const name of Object.keys(b)) sum[name] = formatQuantity(addQuantities(quantityOf(a, name), quantityOf(b, name)))
  return sum
}

/** What `a` has more than `b`, never less than nothing. */
export const increaseOf = (a: Quantities, b: Quantities): Quantities =>
  Object.fromEntries(
    Object.keys(a).map(name => {
      const difference = subtractQuantities(quantityOf(a, name), quantityOf(b, name))
      return [name, difference.nanos > 0n ? formatQuantity(difference) : '0']
    }),
  )

export const maskAmounts = (amounts: Quantities, names: Iterable<string>): Quantities => {
  const wanted = new Set(names)
  return Object.fromEntries(Object.entries(amounts).filter(([name]) => wanted.has(name)))
}

export const withoutZeros = (amounts: Quantities): Quantities =>
  Object.fromEntries(Object.entries(amounts).filter(([, amount]) => compareQuantities(amount, '0') !== 0))

/** The resources of which `a` has more than `b` allows; what `b` does not name is not limited. */
export const exceeding = (a: Quantities, b: Quantities): string[] =>
  Object.entries(a)
    .filter(([name, amount]) => b[name] !== undefined && compareQuantities(amount, b[name]) > 0)
    .map(([name]) => name)

/** Whether both name the same resources with the same amounts, however they are written. */
export function sameAmounts(a: Quantities, b: Quantities): boolean {
  const names = Object.keys(a)
  if (names.length !== Object.keys(b).length) return false
  return names.every(name => b[name] !== undefined && compareQuantities(a[name] ?? '0', b[name]) === 0)
}

/** `cpu=1,pods=2`, in the order of the names. */
export const describeAmounts = (amounts: Quantities): string =>
  Object.keys(amounts)
    .sort()
    .map(name => `${name}=${formatQuantity(quantityOf(amounts, name))}`)
    .join(',')
