import { compareQuantities, formatQuantity, parseQuantity, type Quantity } from '../../quantity.ts'
import { refuse, type Library } from './library.ts'

class CelQuantity {
  readonly value: Quantity
  constructor(value: Quantity) {
    this.value = value
  }
  valueOf(): bigint {
    return this.value.nanos
  }
  toString(): string {
    return formatQuantity(this.value)
  }
}

const nano = 10n ** 9n
const largest = 2n ** 63n - 1n

function parse(text: string): CelQuantity {
  try {
    return new CelQuantity(parseQuantity(text))
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error))
  }
}
const isQuantity = (text: string): boolean => {
  try {
    return parse(text).value.nanos !== undefined
  } catch {
    return false
  }
}

const nanosOf = (operand: CelQuantity | bigint): bigint => (typeof operand === 'bigint' ? operand * nano : operand.value.nanos)
const plus = (quantity: CelQuantity, nanos: bigint) =>
  new CelQuantity({ nanos: quantity.value.nanos + nanos, format: quantity.value.format })
const isInteger = ({ value: { nanos } }: CelQuantity) => nanos % nano === 0n && nanos / nano <= largest && nanos / nano >= -largest - 1n
const asInteger = (quantity: CelQuantity): bigint =>
  isInteger(quantity) ? quantity.value.nanos / nano : refuse('cannot convert value to integer')
const compare = (a: CelQuantity, b: CelQuantity): number => compareQuantities(a.value, b.value)

/** Kubernetes' quantity functions. */
export const quantities: Library = environment => {
  environment
    .registerType('kubernetes.Quantity', CelQuantity)
    .registerFunction('quantity(string): kubernetes.Quantity', parse)
    .registerFunction('isQuantity(string): bool', isQuantity)
    .registerFunction('kubernetes.Quantity.isInteger(): bool', isInteger)
    .registerFunction('kubernetes.Quantity.asInteger(): int', asInteger)
    .registerFunction('kubernetes.Quantity.asApproximateFloat(): double', (quantity: CelQuantity) => Number(quantity.value.nanos) / 1e9)
    .registerFunction('kubernetes.Quantity.sign(): int', ({ value: { nanos } }: CelQuantity) => (nanos > 0n ? 1n : nanos < 0n ? -1n : 0n))
    .registerFunction('kubernetes.Quantity.isGreaterThan(kubernetes.Quantity): bool', (a: CelQuantity, b: CelQuantity) => compare(a, b) > 0)
    .registerFunction('kubernetes.Quantity.isLessThan(kubernetes.Quantity): bool', (a: CelQuantity, b: CelQuantity) => compare(a, b) < 0)
    .registerFunction('kubernetes.Quantity.compareTo(kubernetes.Quantity): int', (a: CelQuantity, b: CelQuantity) => BigInt(compare(a, b)))
    .registerOperator('kubernetes.Quantity == kubernetes.Quantity', (a: CelQuantity, b: CelQuantity) => compare(a, b) === 0)
  for (const operand of ['kubernetes.Quantity', 'int']) {
    environment
      .registerFunction(`kubernetes.Quantity.add(${operand}): kubernetes.Quantity`, (a: CelQuantity, b: CelQuantity | bigint) =>
        plus(a, nanosOf(b)),
      )
      .registerFunction(`kubernetes.Quantity.sub(${operand}): kubernetes.Quantity`, (a: CelQuantity, b: CelQuantity | bigint) =>
        plus(a, -nanosOf(b)),
      )
  }
}
