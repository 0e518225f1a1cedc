import type { PriorityClass } from './priority-class.ts'
import { fieldForbidden, fieldNotSupported, type FieldError } from '../schema/field-error.ts'
import { validateImmutableField } from '../object-meta-validation.ts'

const systemPrefix = 'system-'
const highestOfUsers = 1_000_000_000
/** The classes of the system, with the values that they must have. */
export const systemPriorityClasses: Readonly<Record<string, number>> = {
  'system-node-critical': 2_000_001_000,
  'system-cluster-critical': 2_000_000_000,
}

export function validatePriorityClass({ metadata, value, globalDefault, preemptionPolicy: policy }: PriorityClass): FieldError[] {
  const { name = '' } = metadata
  const policies = ['PreemptLowerPriority', 'Never'] as const
  const errors: FieldError[] = []
  if (name.startsWith(systemPrefix)) {
    const wrong = whyNotSystem(name, value, globalDefault ?? false)
    const reserved = `priority class names with '${systemPrefix}' prefix are reserved for system use only. error: ${wrong}`
    if (wrong) errors.push(fieldForbidden('metadata.name', reserved))
  } else if (value > highestOfUsers) {
    errors.push(fieldForbidden('value', `maximum allowed value of a user defined priority is ${highestOfUsers}`))
  }
  return policy === undefined || policies.includes(policy) ? errors : [...errors, fieldNotSupported('preemptionPolicy', policy, policies)]
}

function whyNotSystem(name: string, value: number, globalDefault: boolean): string | undefined {
  const wanted = systemPriorityClasses[name]
  if (wanted === undefined) return `${name} is not a known system priority class`
  if (value !== wanted) return `value of ${name} PriorityClass must be ${wanted}`
  return globalDefault ? `globalDefault of ${name} PriorityClass must be false` : undefined
}

export const validatePriorityClassUpdate = (next: PriorityClass, current: PriorityClass): FieldError[] => [
  ...(next.value === current.value ? [] : [fieldForbidden('value', 'may not be changed in an update.')]),
  ...validateImmutableField(next.preemptionPolicy ?? null, current.preemptionPolicy ?? null, 'preemptionPolicy'),
]
