import { isEqual } from '../../common/equal.ts'
import { validateNodeSelector } from '../core/affinity-validation.ts'
import { invalidAll } from '../core/pod-field-checks.ts'
import { dns1123SubdomainErrors } from '../names.ts'
import { fieldInvalid, fieldRequired, fieldTooLong, invalidWithoutValue, type FieldError } from '../schema/field-error.ts'
import { capacityErrors } from './capacity-validation.ts'
import type { Device, DeviceAttribute, DeviceCounterConsumption } from './device.ts'
import { distinct, entries, slice } from './collection-checks.ts'
import { bindingErrors, taintErrors } from './field-checks.ts'
import { label, longestQualifiedName, qualifiedName } from './name-checks.ts'

const mostAttributes = 32
const mostTaints = 16
const mostConsumptions = 2
const mostCounters = 32
const longestValue = 64

/** Counters by name, in sets and in what devices take of them. */
export const counterErrors = (counters: Readonly<Record<string, unknown>> | undefined, path: string): FieldError[] =>
  Object.keys(counters ?? {}).length === 0
    ? [fieldRequired(path)]
    : entries(counters, path, { most: mostCounters, longestKey: 63, key: label, value: () => [] })

export const counterSetName = (name: string, path: string): readonly FieldError[] => (name ? label(name, path) : [fieldRequired(path)])

const number = '(0|[1-9]\\d*)'
const semver = new RegExp(
  `^${number}\\.${number}\\.${number}(-(0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*)(\\.(0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?(\\+[0-9a-zA-Z-]+(\\.[0-9a-zA-Z-]+)*)?$`,
)

const textErrors = (text: string, path: string): FieldError[] =>
  Buffer.byteLength(text) > longestValue ? [fieldTooLong(path, longestValue)] : []

const versionErrors = (version: string, path: string): FieldError[] => [
  ...(semver.test(version) ? [] : [fieldInvalid(path, version, 'must be a string compatible with semver.org spec 2.0.0')]),
  ...textErrors(version, path),
]

function attributeErrors(attribute: DeviceAttribute, path: string): FieldError[] {
  const given = Object.values(attribute).filter(value => value !== undefined)
  return [
    ...(attribute.string === undefined ? [] : textErrors(attribute.string, `${path}.string`)),
    ...(attribute.version === undefined ? [] : versionErrors(attribute.version, `${path}.version`)),
    ...slice(attribute.strings, `${path}.strings`, { most: Infinity, check: textErrors }),
    ...slice(attribute.versions, `${path}.versions`, { most: Infinity, check: versionErrors }),
    ...(given.length === 1 ? [] : [fieldInvalid(path, given.length === 0 ? '' : attribute, 'exactly one value must be specified')]),
  ]
}

const consumptionErrors = ({ counterSet, counters }: DeviceCounterConsumption, path: string): FieldError[] => [
  ...counterSetName(counterSet, `${path}.counterSet`),
  ...counterErrors(counters, `${path}.counters`),
]

export const nodeNameErrors = (name: string, path: string): FieldError[] => invalidAll(path, name, dns1123SubdomainErrors(name))

/** Which nodes reach a device is said by each device where the slice says so, and by none elsewhere. */
function placeErrors(device: Device, path: string, perDevice: boolean): FieldError[] {
  const { nodeName, nodeSelector, allNodes } = device
  const given = [nodeName, nodeSelector, allNodes].some(value => value !== undefined)
  if (!perDevice) {
    const where =
      '`nodeName`, `nodeSelector` and `allNodes` can only be set if `perDeviceNodeSelection` is set to true in the ResourceSlice spec'
    return given ? [invalidWithoutValue(path, `null: ${where}`)] : []
  }
  const errors: FieldError[] = []
  if (nodeName === '') errors.push(fieldInvalid(`${path}.nodeName`, nodeName, 'must not be empty'))
  else if (nodeName !== undefined) errors.push(...nodeNameErrors(nodeName, `${path}.nodeName`))
  if (nodeSelector) errors.push(...validateNodeSelector(nodeSelector, `${path}.nodeSelector`))
  if (allNodes === false) errors.push(fieldInvalid(`${path}.allNodes`, allNodes, 'must be either unset or set to true'))
  const set = [nodeName ? '`nodeName`' : [], nodeSelector ? '`nodeSelector`' : [], allNodes ? '`allNodes`' : []].flat()
  const one =
    'exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when `perDeviceNodeSelection` is set to true in the ResourceSlice spec'
  if (set.length === 0) errors.push(fieldRequired(path, one))
  else if (set.length > 1) errors.push(fieldInvalid(path, `{${set.join(', ')}}`, one))
  return errors
}

function sizeErrors({ attributes = {}, capacity = {} }: Device, path: string): FieldError[] {
  const size = Object.keys(attributes).length + Object.keys(capacity).length
  return size > mostAttributes
    ? [fieldInvalid(path, size, `the total number of attributes and capacities must not exceed ${mostAttributes}`)]
    : []
}

/** What did not change since it was stored was good once. `current` is the device of this name that is stored. */
export function deviceErrors(device: Device, path: string, options: { current: Device | undefined; perDevice: boolean }): FieldError[] {
  const { attributes, capacity, taints, consumesCounters } = device
  const { current, perDevice } = options
  const names = { most: Infinity, longestKey: longestQualifiedName, key: qualifiedName }
  const shared = device.allowMultipleAllocations === true
  return [
    ...label(device.name, `${path}.name`),
    ...sizeErrors(device, path),
    ...entries(attributes, `${path}.attributes`, { ...names, value: attributeErrors }),
    ...(current && isEqual(current.capacity, capacity)
      ? []
      : entries(capacity, `${path}.capacity`, { ...names, value: (amount, at) => capacityErrors(amount, at, shared) })),
    ...(current && isEqual(current.taints, taints) ? [] : slice(taints, `${path}.taints`, { most: mostTaints, check: taintErrors })),
    ...distinct(consumesCounters, `${path}.consumesCounters`, {
      most: mostConsumptions,
      check: consumptionErrors,
      key: ({ counterSet }) => counterSet,
    }),
    ...placeErrors(device, path, perDevice),
    ...bindingErrors(device, path),
  ]
}
