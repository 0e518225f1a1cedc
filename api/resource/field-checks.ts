import { invalidAll } from '../core/pod-field-checks.ts'
import { labelValueErrors, qualifiedNameErrors } from '../names.ts'
import { isRecord } from '../schema/records.ts'
import {
  fieldDuplicate,
  fieldInvalid,
  fieldNotSupported,
  fieldRequired,
  fieldTooLong,
  invalidWithoutValue,
  type FieldError,
} from '../schema/field-error.ts'
import { validateDriverName } from '../storage/csi-validation.ts'
import { slice, type Check } from './collection-checks.ts'
import type { DeviceTaint, DeviceToleration, OpaqueDeviceConfiguration } from './device-selector.ts'

const largestObject = 10 * 1024

/** Any JSON object that is not too large, as it was sent. */
export function rawObject(value: unknown, path: string, { stored = false } = {}): FieldError[] {
  if (value === undefined || value === null) return [fieldRequired(path)]
  if (!stored && Buffer.byteLength(JSON.stringify(value)) > largestObject) return [fieldTooLong(path, largestObject)]
  return isRecord(value) ? [] : [fieldInvalid(path, '<value omitted>', 'must be a valid JSON object')]
}

export function opaqueErrors(opaque: OpaqueDeviceConfiguration | undefined, path: string, stored: boolean): FieldError[] {
  const at = `${path}.opaque`
  if (!opaque) return [fieldRequired(at)]
  return [...validateDriverName(opaque.driver, `${at}.driver`), ...rawObject(opaque.parameters, `${at}.parameters`, { stored })]
}

const labelName: Check<string> = (value, path) => invalidAll(path, value, qualifiedNameErrors(value))
const labelValue: Check<string> = (value, path) => invalidAll(path, value, labelValueErrors(value))
const effects = ['NoExecute', 'NoSchedule', 'None']

const effectErrors: Check<string> = (effect, path) => (effects.includes(effect) ? [] : [fieldNotSupported(path, effect, effects)])

export const taintErrors = ({ key, value, effect }: DeviceTaint, path: string): FieldError[] => [
  ...labelName(key, `${path}.key`),
  ...(value ? labelValue(value, `${path}.value`) : []),
  ...(effect ? effectErrors(effect, `${path}.effect`) : [fieldRequired(`${path}.effect`)]),
]

function operatorErrors({ operator = '', value = '' }: DeviceToleration, path: string): readonly FieldError[] {
  if (operator === 'Exists') return value ? [fieldInvalid(`${path}.value`, value, 'must be empty for operator `Exists`')] : []
  if (operator === 'Equal') return labelValue(value, `${path}.value`)
  return operator ? [fieldNotSupported(`${path}.operator`, operator, ['Equal', 'Exists'])] : [fieldRequired(`${path}.operator`)]
}

export const tolerationErrors = (toleration: DeviceToleration, path: string): FieldError[] => [
  ...(toleration.key ? labelName(toleration.key, `${path}.key`) : []),
  ...operatorErrors(toleration, path),
  ...(toleration.effect ? effectErrors(toleration.effect, `${path}.effect`) : []),
]

const mostConditions = 4

/** Conditions and failures to wait for come together, and no condition is both (upstream's validateDeviceBindingParameters). */
export function bindingErrors(
  {
    bindingConditions: conditions = [],
    bindingFailureConditions: failures = [],
  }: { bindingConditions?: string[]; bindingFailureConditions?: string[] },
  path: string,
): FieldError[] {
  const [at, failuresAt] = [`${path}.bindingConditions`, `${path}.bindingFailureConditions`]
  const repeated = (names: readonly string[], where: string) =>
    names.flatMap((name, index) => (names.indexOf(name) < index ? [fieldDuplicate(`${where}[${index}]`, name)] : []))
  return [
    ...slice(conditions, at, { most: mostConditions, check: labelName }),
    ...slice(failures, failuresAt, { most: mostConditions, check: labelName }),
    ...repeated(conditions, at),
    ...failures.flatMap((name, index) => [
      ...(failures.indexOf(name) < index ? [fieldDuplicate(`${failuresAt}[${index}]`, name)] : []),
      ...(conditions.includes(name)
        ? [fieldInvalid(`${failuresAt}[${index}]`, name, 'bindingFailureConditions must not overlap with bindingConditions')]
        : []),
    ]),
    ...(conditions.length === 0 && failures.length > 0
      ? [invalidWithoutValue(at, 'null: bindingConditions are required to use bindingFailureConditions')]
      : []),
    ...(failures.length === 0 && conditions.length > 0
      ? [invalidWithoutValue(failuresAt, 'null: bindingFailureConditions are required to use bindingConditions')]
      : []),
  ]
}
