import { formatQuantity, parseQuantity, subtractQuantities, type Quantity } from '../../api/quantity.ts'

export type Amounts = Readonly<Record<string, string>>

/** What is left for pods: the capacity without what is reserved; nothing is less than zero. */
export const allocatable = (capacity: Amounts, reserved: readonly Amounts[]): Record<string, string> =>
  Object.fromEntries(
    Object.entries(capacity).map(([name, whole]) => {
      const taken = reserved.flatMap(amounts => amounts[name] ?? [])
      return [name, taken.length === 0 ? whole : formatQuantity(notNegative(taken.reduce(minus, parseQuantity(whole))))]
    }),
  )

const minus = (left: Quantity, taken: string): Quantity => subtractQuantities(left, parseQuantity(taken))
const notNegative = (quantity: Quantity): Quantity => (quantity.nanos < 0n ? { ...quantity, nanos: 0n } : quantity)
