import { isEqual } from '../../common/equal.ts'
import { validateConditions } from '../conditions-validation.ts'
import { validateNodeSelector } from '../core/affinity-validation.ts'
import { requiredUnless } from '../core/pod-field-checks.ts'
import { interfaceAddressErrors } from '../core/ip-validation.ts'
import { validateImmutableField } from '../object-meta-validation.ts'
import {
  fieldForbidden,
  fieldInvalid,
  fieldNotSupported,
  fieldRequired,
  fieldTooLong,
  fieldTooMany,
  type FieldError,
} from '../schema/field-error.ts'
import { validateDriverName } from '../storage/csi-validation.ts'
import { distinct, slice } from './collection-checks.ts'
import { bindingErrors, opaqueErrors, rawObject, tolerationErrors } from './field-checks.ts'
import { label, poolName, uidErrors } from './name-checks.ts'
import { sharedDeviceId } from './resource-claim-devices.ts'
import type {
  AllocatedDeviceStatus,
  AllocationResult,
  DeviceAllocationConfiguration,
  DeviceRequestAllocationResult,
  NetworkDeviceData,
  ResourceClaimConsumerReference,
} from './resource-claim-status.ts'
import { mostOfEach, requestNames, requestReference, requestReferences, type RequestNames } from './resource-claim-validation.ts'
import type { ResourceClaim } from './resource-claim.ts'

const mostConsumers = 256
const mostConditions = 8
const mostAddresses = 16
const longestInterface = 256
const longestHardwareAddress = 128

/** What was given does not change; who uses it does, and how the devices are doing (upstream's validateResourceClaimStatusUpdate). */
export function validateClaimStatusUpdate(next: ResourceClaim, current: ResourceClaim): FieldError[] {
  const { allocation, reservedFor, devices } = next.status
  const given = new Set((allocation?.devices.results ?? []).map(sharedDeviceId))
  return [
    ...distinct(reservedFor, 'status.reservedFor', { most: mostConsumers, check: consumerErrors, key: ({ uid }) => uid }),
    ...distinct(devices, 'status.devices', {
      most: Infinity,
      check: (device, path) => deviceErrors(device, path, given),
      key: sharedDeviceId,
    }),
    ...reservationErrors(next, current),
    ...allocationErrors(next, current),
  ]
}

const consumerErrors = (consumer: ResourceClaimConsumerReference, path: string): FieldError[] =>
  (['resource', 'name', 'uid'] as const).flatMap(name => requiredUnless(consumer[name], `${path}.${name}`))

function reservationErrors({ metadata, status }: ResourceClaim, current: ResourceClaim): FieldError[] {
  const path = 'status.reservedFor'
  const { reservedFor = [], allocation } = status
  if (reservedFor.length === 0) return []
  if (!allocation) return [fieldForbidden(path, 'may not be specified when `allocated` is not set')]
  const before = current.status.reservedFor ?? []
  const added = reservedFor.some(consumer => !before.some(known => isEqual(known, consumer)))
  return metadata.deletionTimestamp && added
    ? [fieldForbidden(path, 'new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set')]
    : []
}

function allocationErrors({ spec, status: { allocation } }: ResourceClaim, { status: before }: ResourceClaim): FieldError[] {
  const path = 'status.allocation'
  if (!allocation) return []
  if (before.allocation) return validateImmutableField(allocation, before.allocation, path)
  return newAllocationErrors(allocation, path, requestNames(spec.devices))
}

const newAllocationErrors = ({ devices, nodeSelector }: AllocationResult, path: string, names: RequestNames): FieldError[] => [
  ...slice(devices.results, `${path}.devices.results`, { most: mostOfEach, check: (result, at) => resultErrors(result, at, names) }),
  ...slice(devices.config, `${path}.devices.config`, { most: 2 * mostOfEach, check: (config, at) => settingErrors(config, at, names) }),
  ...(nodeSelector ? validateNodeSelector(nodeSelector, `${path}.nodeSelector`) : []),
]

const resultErrors = (result: DeviceRequestAllocationResult, path: string, names: RequestNames): FieldError[] => [
  ...requestReference(result.request, `${path}.request`, names),
  ...validateDriverName(result.driver, `${path}.driver`),
  ...poolName(result.pool, `${path}.pool`),
  ...label(result.device, `${path}.device`),
  ...bindingErrors(result, path),
  ...slice(result.tolerations, `${path}.tolerations`, { most: Infinity, check: tolerationErrors }),
  ...(result.shareID === undefined ? [] : uidErrors(result.shareID, `${path}.shareID`)),
]

function settingErrors({ source, requests, opaque }: DeviceAllocationConfiguration, path: string, names: RequestNames): FieldError[] {
  const at = `${path}.source`
  const sources = ['FromClaim', 'FromClass']
  return [
    ...(source ? (sources.includes(source) ? [] : [fieldNotSupported(at, source, sources)]) : [fieldRequired(at)]),
    ...requestReferences(requests, `${path}.requests`, names),
    ...opaqueErrors(opaque, path, false),
  ]
}

function deviceErrors(device: AllocatedDeviceStatus, path: string, given: ReadonlySet<string>): FieldError[] {
  const { conditions = [], data } = device
  const id = sharedDeviceId(device)
  return [
    ...validateDriverName(device.driver, `${path}.driver`),
    ...poolName(device.pool, `${path}.pool`),
    ...label(device.device, `${path}.device`),
    ...(device.shareID === undefined ? [] : uidErrors(device.shareID, `${path}.shareID`)),
    ...(given.has(id) ? [] : [fieldInvalid(path, id, 'must be an allocated device in the claim')]),
    ...(conditions.length > mostConditions ? [fieldTooMany(`${path}.conditions`, conditions.length, mostConditions)] : []),
    ...validateConditions(conditions, `${path}.conditions`),
    ...(data === undefined ? [] : rawObject(data, `${path}.data`)),
    ...networkErrors(device.networkData ?? {}, `${path}.networkData`),
  ]
}

const networkErrors = ({ interfaceName = '', hardwareAddress = '', ips }: NetworkDeviceData, path: string): FieldError[] => [
  ...(interfaceName.length > longestInterface ? [fieldTooLong(`${path}.interfaceName`, longestInterface)] : []),
  ...(hardwareAddress.length > longestHardwareAddress ? [fieldTooLong(`${path}.hardwareAddress`, longestHardwareAddress)] : []),
  ...distinct(ips, `${path}.ips`, { most: mostAddresses, check: interfaceAddressErrors, key: address => address }),
]
