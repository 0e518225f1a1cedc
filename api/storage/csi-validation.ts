import type { CSIDriver } from './csi-driver.ts'
import type { CSINode, CSINodeDriver } from './csi-node.ts'
import type { CSIStorageCapacity } from './csi-storage-capacity.ts'
import { nonNegativeErrors } from '../apps/template-validation.ts'
import { eachAt, invalidAll, supported } from '../core/pod-field-checks.ts'
import { validateLabelSelector } from '../label-selector.ts'
import { dns1123SubdomainErrors, qualifiedNameErrors } from '../names.ts'
import { validateImmutableField } from '../object-meta-validation.ts'
import { canonicalQuantity, compareQuantities } from '../quantity.ts'
import { fieldDuplicate, fieldInvalid, fieldRequired, fieldTooLong, type FieldError } from '../schema/field-error.ts'

const longestDriver = 63
const longestNodeId = 256
const shortestToken = 600
const longestToken = 2 ** 32

export function validateDriverName(name: string, path: string): FieldError[] {
  if (!name) return [fieldRequired(path)]
  return [
    ...(name.length > longestDriver ? [fieldTooLong(path, longestDriver)] : []),
    ...invalidAll(path, name, dns1123SubdomainErrors(name.toLowerCase())),
  ]
}

export function validateCsiDriver({ spec }: CSIDriver): FieldError[] {
  const { fsGroupPolicy, volumeLifecycleModes = [], nodeAllocatableUpdatePeriodSeconds: period } = spec
  return [
    ...supported('spec.fsGroupPolicy', fsGroupPolicy ?? '', ['File', 'None', 'ReadWriteOnceWithFSType']),
    ...validateTokenRequests(spec.tokenRequests ?? []),
    ...volumeLifecycleModes.flatMap(mode => supported('spec.volumeLifecycleModes', mode, ['Persistent', 'Ephemeral'])),
    ...(period !== undefined && period < 10
      ? [fieldInvalid('spec.nodeAllocatableUpdatePeriodSeconds', period, 'must be greater than or equal to 10 seconds')]
      : []),
  ]
}

function validateTokenRequests(requests: NonNullable<CSIDriver['spec']['tokenRequests']>): FieldError[] {
  const audiences = new Set<string>()
  return eachAt(requests, 'spec.tokenRequests', ({ audience, expirationSeconds: seconds }, path) => {
    if (audiences.has(audience)) return [fieldDuplicate(`${path}.audience`, audience)]
    audiences.add(audience)
    if (seconds === undefined) return []
    const wrong = (why: string) => [fieldInvalid(`${path}.expirationSeconds`, seconds, why)]
    if (seconds < shortestToken) return wrong('may not specify a duration less than 10 minutes')
    return seconds > longestToken ? wrong('may not specify a duration larger than 2^32 seconds') : []
  })
}

/** `attachedRequired` is what upstream calls the field here. */
export const validateCsiDriverUpdate = (next: CSIDriver, current: CSIDriver): FieldError[] => [
  ...validateCsiDriver(next),
  ...validateImmutableField(next.spec.attachRequired, current.spec.attachRequired, 'spec.attachedRequired'),
  ...validateImmutableField(next.spec.volumeLifecycleModes, current.spec.volumeLifecycleModes, 'spec.volumeLifecycleModes'),
]

export function validateCsiNode({ spec }: CSINode): FieldError[] {
  const names = new Set<string>()
  return eachAt(spec.drivers, 'spec.drivers', (driver, path) => {
    const duplicate = names.has(driver.name)
    names.add(driver.name)
    return [
      ...validateDriverName(driver.name, `${path}.name`),
      ...validateNodeId(driver.nodeID, `${path}.nodeID`),
      ...nonNegativeErrors(driver.allocatable?.count, `${path}.allocatable.count`),
      ...(duplicate ? [fieldDuplicate(`${path}.name`, driver.name)] : []),
      ...validateTopologyKeys(driver, path),
    ]
  })
}

function validateNodeId(id: string, path: string): FieldError[] {
  if (!id) return [fieldRequired(path)]
  return id.length > longestNodeId ? [fieldInvalid(path, id, `must be ${longestNodeId} characters or less`)] : []
}

const validateTopologyKeys = ({ topologyKeys = [] }: CSINodeDriver, path: string): FieldError[] =>
  topologyKeys.flatMap((key, index) => [
    ...(key ? [] : [fieldRequired(path)]),
    ...(topologyKeys.indexOf(key) < index ? [fieldDuplicate(path, key)] : []),
    ...invalidAll(path, key, qualifiedNameErrors(key)),
  ])

/** A driver says once what it is; only how many volumes fit may change. */
export function validateCsiNodeUpdate(next: CSINode, current: CSINode): FieldError[] {
  const fixed = ({ allocatable: _, ...driver }: CSINodeDriver) => driver
  return [
    ...validateCsiNode(next),
    ...current.spec.drivers.flatMap(before =>
      next.spec.drivers
        .filter(({ name }) => name === before.name)
        .flatMap(after => validateImmutableField(fixed(after), fixed(before), 'spec.drivers')),
    ),
  ]
}

export const validateStorageCapacity = ({ nodeTopology, storageClassName, capacity }: CSIStorageCapacity): FieldError[] => [
  ...validateLabelSelector(nodeTopology, 'nodeTopology'),
  ...invalidAll('storageClassName', storageClassName, dns1123SubdomainErrors(storageClassName)),
  ...(capacity !== undefined && compareQuantities(capacity, '0') < 0
    ? [fieldInvalid('capacity', canonicalQuantity(capacity), 'must be greater than or equal to 0')]
    : []),
]

export const validateStorageCapacityUpdate = (next: CSIStorageCapacity, current: CSIStorageCapacity): FieldError[] => [
  ...validateImmutableField(next.nodeTopology ?? null, current.nodeTopology ?? null, 'nodeTopology'),
  ...validateImmutableField(next.storageClassName, current.storageClassName, 'storageClassName'),
]
