import { validateNodeSelector } from '../core/affinity-validation.ts'
import { validateImmutableField } from '../object-meta-validation.ts'
import { fieldInvalid, fieldRequired, type FieldError } from '../schema/field-error.ts'
import { validateDriverName } from '../storage/csi-validation.ts'
import { counterErrors, counterSetName, deviceErrors, nodeNameErrors } from './device-validation.ts'
import type { CounterSet, Device } from './device.ts'
import { distinct } from './collection-checks.ts'
import { poolName } from './name-checks.ts'
import { haveListAttributes } from './resource-slice-fields.ts'
import type { ResourcePool, ResourceSlice, ResourceSliceSpec } from './resource-slice.ts'

const mostDevices = 128
/** The most of those that need more room each. */
const mostElaborateDevices = 64
const mostCounterSets = 8

const poolErrors = ({ name, resourceSliceCount, generation }: ResourcePool): FieldError[] => [
  ...poolName(name, 'spec.pool.name'),
  ...(resourceSliceCount > 0 ? [] : [fieldInvalid('spec.pool.resourceSliceCount', resourceSliceCount, 'must be greater than zero')]),
  ...(generation < 0 ? [fieldInvalid('spec.pool.generation', generation, 'must be greater than or equal to zero')] : []),
]

/** Exactly one way of saying which nodes reach the devices. */
function placeErrors({ nodeName, nodeSelector, allNodes, perDeviceNodeSelection: perDevice }: ResourceSliceSpec): FieldError[] {
  const errors: FieldError[] = []
  if (nodeName) errors.push(...nodeNameErrors(nodeName, 'spec.nodeName'))
  if (nodeName === '') errors.push(fieldInvalid('spec.nodeName', nodeName, 'must be either unset or set to a non-empty string'))
  if (nodeSelector) {
    errors.push(...validateNodeSelector(nodeSelector, 'spec.nodeSelector'))
    const terms = nodeSelector.nodeSelectorTerms
    if (terms.length !== 1) {
      errors.push(fieldInvalid('spec.nodeSelector.nodeSelectorTerms', terms, 'must have exactly one node selector term'))
    }
  }
  for (const [name, value] of Object.entries({ allNodes, perDeviceNodeSelection: perDevice })) {
    if (value === false) errors.push(fieldInvalid(`spec.${name}`, value, 'must be either unset or set to true'))
  }
  const ways = { nodeName, nodeSelector, allNodes, perDeviceNodeSelection: perDevice }
  const set = Object.entries(ways).flatMap(([name, value]) => (value ? [`\`${name}\``] : []))
  const one = 'exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required'
  if (set.length === 0) errors.push(fieldRequired('spec', one))
  else if (set.length > 1) errors.push(fieldInvalid('spec', `{${set.join(', ')}}`, `${one}, but multiple fields are set`))
  return errors
}

const isElaborate = ({ taints = [], consumesCounters = [] }: Device): boolean => taints.length > 0 || consumesCounters.length > 0

const counterSetErrors = ({ name, counters }: CounterSet, path: string): FieldError[] => [
  ...counterSetName(name, `${path}.name`),
  ...counterErrors(counters, `${path}.counters`),
]

function sliceErrors({ spec }: ResourceSlice, current?: ResourceSlice): FieldError[] {
  const { devices = [], sharedCounters } = spec
  const before = new Map(current?.spec.devices?.map(device => [device.name, device]))
  const most = devices.some(isElaborate) || haveListAttributes(devices) ? mostElaborateDevices : mostDevices
  const perDevice = spec.perDeviceNodeSelection === true
  return [
    ...validateDriverName(spec.driver, 'spec.driver'),
    ...poolErrors(spec.pool),
    ...(current ? fixedErrors(spec, current.spec) : []),
    ...placeErrors(spec),
    ...(sharedCounters && spec.devices ? [fieldInvalid('spec', '', 'only one of `sharedCounters` or `devices` is allowed')] : []),
    ...distinct(devices, 'spec.devices', {
      most,
      check: (device, path) => deviceErrors(device, path, { current: before.get(device.name), perDevice }),
      key: ({ name }) => name,
    }),
    ...distinct(sharedCounters, 'spec.sharedCounters', { most: mostCounterSets, check: counterSetErrors, key: ({ name }) => name }),
  ]
}

const fixedErrors = (next: ResourceSliceSpec, current: ResourceSliceSpec): FieldError[] => [
  ...validateImmutableField(next.pool.name, current.pool.name, 'spec.pool.name'),
  ...validateImmutableField(next.driver, current.driver, 'spec.driver'),
  ...validateImmutableField(next.nodeName ?? null, current.nodeName ?? null, 'spec.nodeName'),
]

export const validateResourceSlice = (slice: ResourceSlice): FieldError[] => sliceErrors(slice)
export const validateResourceSliceUpdate = (next: ResourceSlice, current: ResourceSlice): FieldError[] => sliceErrors(next, current)
