import { eachAt, invalidAll } from '../core/pod-field-checks.ts'
import { cIdentifierErrors, dns1123LabelErrors, dns1123SubdomainErrors, labelValueErrors, qualifiedNameErrors } from '../names.ts'
import { isRecord } from '../schema/records.ts'
import {
  fieldDuplicate,
  fieldInvalid,
  fieldNotSupported,
  fieldRequired,
  fieldTooLong,
  fieldTooMany,
  invalidWithoutValue,
  type FieldError,
} from '../schema/field-error.ts'
import { validateDriverName } from '../storage/csi-validation.ts'
import type { DeviceTaint, DeviceToleration, OpaqueDeviceConfiguration } from './device-selector.ts'

type Check<T> = (item: T, path: string) => readonly FieldError[]

export const label: Check<string> = (value, path) => invalidAll(path, value, dns1123LabelErrors(value))

/** No more than `most` items, each as it should be; when there are more, nothing else is said (upstream's validateSlice). */
export const slice = <T>(
  items: readonly T[] | undefined,
  path: string,
  { most, check }: { most: number; check: Check<T> },
): FieldError[] => (items && items.length > most ? [fieldTooMany(path, items.length, most)] : eachAt(items ?? [], path, check))

/** The same, and no two items with one key (upstream's validateSet). */
export function distinct<T>(
  items: readonly T[] | undefined,
  path: string,
  options: { most: number; check: Check<T>; key(item: T): string },
): FieldError[] {
  const errors = slice(items, path, options)
  if (!items || items.length > options.most) return errors
  const seen = new Set<string>()
  const repeated = eachAt(items, path, (item, at) => {
    const key = options.key(item)
    if (seen.has(key)) return [fieldDuplicate(at, key)]
    seen.add(key)
    return []
  })
  return [...errors, ...repeated]
}

const sorted = <T>(entries: Readonly<Record<string, T>>): [string, T][] => Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1))

/** Longer keys are shown without their middle. */
function shortened(key: string, longest: number): string {
  if (key.length <= longest) return key
  const left = longest - 3
  return `${key.slice(0, Math.floor((left + 1) / 2))}...${key.slice(key.length - Math.floor(left / 2))}`
}

/** No more than `most` entries; keys are checked under the path of the map, values under their own (upstream's validateMap). */
export function entries<T>(
  map: Readonly<Record<string, T>> | undefined,
  path: string,
  options: { most: number; longestKey: number; key: Check<string>; value: Check<T> },
): FieldError[] {
  const all = sorted(map ?? {})
  if (all.length > options.most) return [fieldTooMany(path, all.length, options.most)]
  return all.flatMap(([key, value]) => [
    ...options.key(key, path),
    ...options.value(value, `${path}[${shortened(key, options.longestKey)}]`),
  ])
}

const longestPool = 253

export function poolName(name: string, path: string): FieldError[] {
  if (!name) return [fieldRequired(path)]
  return [
    ...(name.length > longestPool ? [fieldTooLong(path, longestPool)] : []),
    ...name.split('/').flatMap(part => invalidAll(path, part, dns1123SubdomainErrors(part))),
  ]
}

const uuid = /^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/

/** Forms that are a UUID, but not the one to be written. */
const otherUuid = /^(urn:uuid:)?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$|^\{[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}$|^[0-9a-f]{32}$/i

export function uidErrors(uid: string, path: string): FieldError[] {
  if (!otherUuid.test(uid)) {
    const why = [32, 36, 38, 45].includes(uid.length) ? 'invalid UUID format' : `invalid UUID length: ${uid.length}`
    return [fieldInvalid(path, uid, `error validating uid: ${why}`)]
  }
  if (uuid.test(uid) && uid === uid.toLowerCase()) return []
  const form = 'uid must be in RFC 4122 normalized form, `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` with lowercase hexadecimal characters'
  return [fieldInvalid(path, uid, form)]
}

const longestId = 32

const cIdentifier: Check<string> = (id, path) => [
  ...(id.length > longestId ? [fieldTooLong(path, longestId)] : []),
  ...invalidAll(path, id, cIdentifierErrors(id)),
]

/** The longest name of an attribute or a capacity. */
export const longestQualifiedName = 63 + 1 + longestId

/** `name` or `domain/name`: what attributes and capacities are called. */
export function qualifiedName(name: string, path: string): readonly FieldError[] {
  const [first = '', second, ...more] = name.split('/')
  if (more.length > 0) return [fieldInvalid(path, name, 'must not contain more than one slash')]
  if (second === undefined) return cIdentifier(first, path)
  return [
    ...(first ? validateDriverName(first, path) : [fieldInvalid(path, '', 'the domain must not be empty')]),
    ...(second ? cIdentifier(second, path) : [fieldInvalid(path, '', 'the name must not be empty')]),
  ]
}

export const fullyQualifiedName = (name: string, path: string): FieldError[] => [
  ...qualifiedName(name, path),
  ...(name.includes('/') ? [] : [fieldInvalid(path, name, 'a fully qualified name must be a domain and a name separated by a slash')]),
]

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
