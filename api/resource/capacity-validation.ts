import { addQuantities, canonicalQuantity, compareQuantities, formatQuantity, parseQuantity, quantityToNumber } from '../quantity.ts'
import { fieldForbidden, fieldInvalid, fieldRequired, type FieldError } from '../schema/field-error.ts'
import type { CapacityRequestPolicy, CapacityRequestPolicyRange, DeviceCapacity } from './device.ts'
import { distinct } from './collection-checks.ts'

const mostOptions = 10

/** How much of a capacity may be asked for can be said where several may share the device, and only there. */
export function capacityErrors({ value, requestPolicy: policy }: DeviceCapacity, path: string, shared: boolean): FieldError[] {
  if (!policy) return []
  const at = `${path}.requestPolicy`
  return shared ? policyErrors(policy, at, value) : [fieldForbidden(at, 'allowMultipleAllocations must be true')]
}

function policyErrors(
  { default: usual, validValues = [], validRange }: CapacityRequestPolicy,
  path: string,
  capacity: string,
): FieldError[] {
  if (validValues.length > 0 && validRange) {
    const one = 'exactly one policy can be specified, cannot specify "validValues" and "validRange" at the same time'
    return [fieldForbidden(path, one)]
  }
  const missing = (name: string) => [fieldRequired(`${path}.default`, `required when ${name} is defined`)]
  if (validValues.length > 0) {
    return usual === undefined ? missing('validValues') : valueErrors(validValues, `${path}.validValues`, { usual, capacity })
  }
  if (!validRange) return []
  return usual === undefined ? missing('validRange') : rangeErrors(validRange, `${path}.validRange`, { usual, capacity })
}

interface Amounts {
  /** What those get who do not say. */
  readonly usual: string
  /** What there is. */
  readonly capacity: string
}

function valueErrors(values: readonly string[], path: string, { usual, capacity }: Amounts): FieldError[] {
  const unsorted = values.flatMap((value, index) => {
    const before = values[index - 1]
    if (before === undefined || compareQuantities(before, value) <= 0) return []
    return [fieldInvalid(`${path}[${index}]`, canonicalQuantity(value), 'values must be sorted in ascending order')]
  })
  const options = distinct(values, path, {
    most: mostOptions,
    check: (value, at) =>
      compareQuantities(value, capacity) > 0
        ? [fieldInvalid(at, canonicalQuantity(value), `option is larger than capacity value: ${canonicalQuantity(capacity)}`)]
        : [],
    key: value => String(quantityToNumber(value)),
  })
  const known = values.length <= mostOptions && values.some(value => compareQuantities(value, usual) === 0)
  const unknown = fieldInvalid(path, canonicalQuantity(usual), 'default value is not valid according to the requestPolicy')
  return [...unsorted, ...options, ...(known ? [] : [unknown])]
}

function rangeErrors({ min, max, step }: CapacityRequestPolicyRange, path: string, { usual, capacity }: Amounts): FieldError[] {
  // Its type says that it is there; what users send need not.
  if ((min as string | undefined) === undefined) return [fieldRequired(`${path}.min`, 'required when validRange is defined')]
  const wrong = (field: string, value: string, why: string) => fieldInvalid(`${path}.${field}`, canonicalQuantity(value), why)
  const most = canonicalQuantity(capacity)
  const least = canonicalQuantity(min)
  const larger = (a: string, b: string) => compareQuantities(a, b) > 0
  const errors: FieldError[] = []
  if (larger(min, capacity)) errors.push(wrong('min', min, `min is larger than capacity value: ${most}`))
  if (larger(min, usual)) errors.push(wrong('default', usual, `default is less than min: ${least}`))
  if (max !== undefined) {
    if (larger(min, max)) errors.push(wrong('max', min, `min is larger than max: ${canonicalQuantity(max)}`))
    if (larger(max, capacity)) errors.push(wrong('max', max, `max is larger than capacity value: ${most}`))
    if (larger(usual, max)) errors.push(wrong('default', usual, `default is more than max: ${canonicalQuantity(max)}`))
  }
  return step === undefined ? errors : [...errors, ...stepErrors(step, `${path}.step`, { min, max, usual, capacity })]
}

function stepErrors(
  step: string,
  path: string,
  { min, max, usual, capacity }: Amounts & { min: string; max: string | undefined },
): FieldError[] {
  if (compareQuantities(step, '0') <= 0) return [fieldInvalid(path, canonicalQuantity(step), 'must be greater than zero')]
  const first = formatQuantity(addQuantities(parseQuantity(min), parseQuantity(step)))
  const tooLarge = `one step ${first} is larger than capacity value: ${canonicalQuantity(capacity)}`
  const unreached = (value: string): FieldError[] => {
    const why = `value is not a multiple of a given step (${canonicalQuantity(step)}) from (${canonicalQuantity(min)})`
    const rest = (quantityToNumber(value) - quantityToNumber(min)) % quantityToNumber(step)
    return rest === 0 ? [] : [fieldInvalid(path, canonicalQuantity(value), why)]
  }
  return [
    ...(compareQuantities(first, capacity) > 0 ? [fieldInvalid(path, canonicalQuantity(step), tooLarge)] : []),
    ...unreached(usual),
    ...(max === undefined ? [] : unreached(max)),
  ]
}
