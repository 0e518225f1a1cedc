import { NodeSelector } from '../core/affinity.ts'
import { Condition } from '../meta.ts'
import {
  boolean,
  embedded,
  list,
  listMap,
  map,
  message,
  optional,
  quantity,
  rawExtension,
  required,
  string,
  time,
  type Static,
} from '../schema/schema.ts'
import { DeviceToleration, opaqueConfiguration } from './device-selector.ts'

export const DeviceRequestAllocationResult = message(
  'io.k8s.api.resource.v1.DeviceRequestAllocationResult',
  'A device that was given to a request.',
  {
    request: required(1, string(), 'The request, and after a slash the alternative of it that was met.'),
    driver: required(2, string(), 'The driver of the device.'),
    pool: required(3, string(), 'The pool that the device is in.'),
    device: required(4, string(), 'The device.'),
    adminAccess: optional(5, boolean({ presence: 'pointer' }), 'Whether it was given for looking after it.'),
    tolerations: optional(6, list(DeviceToleration), 'The tolerations of the request.'),
    bindingConditions: optional(7, list(string()), 'Conditions that must be true before a pod is bound.'),
    bindingFailureConditions: optional(8, list(string()), 'Conditions any of which says that no pod can be bound.'),
    shareID: optional(9, string({ presence: 'pointer' }), 'Which share of the device it is, where several may have it.'),
    consumedCapacity: optional(10, map(quantity()), 'How much of the device is taken.'),
  },
)
export type DeviceRequestAllocationResult = Static<typeof DeviceRequestAllocationResult>

export const DeviceAllocationConfiguration = message(
  'io.k8s.api.resource.v1.DeviceAllocationConfiguration',
  'Settings for devices that were given, and where they come from.',
  {
    source: required(1, string(), 'Where they come from: FromClass or FromClaim.'),
    requests: optional(2, list(string()), 'The requests that they are for; all when empty.'),
    opaque: opaqueConfiguration,
  },
)
export type DeviceAllocationConfiguration = Static<typeof DeviceAllocationConfiguration>

export const DeviceAllocationResult = message('io.k8s.api.resource.v1.DeviceAllocationResult', 'The devices that a claim was given.', {
  results: optional(1, list(DeviceRequestAllocationResult), 'The devices.'),
  config: optional(2, list(DeviceAllocationConfiguration), 'Settings for their drivers.'),
})
export type DeviceAllocationResult = Static<typeof DeviceAllocationResult>

export const AllocationResult = message('io.k8s.api.resource.v1.AllocationResult', 'What a claim was given.', {
  devices: embedded(1, DeviceAllocationResult, 'The devices.'),
  nodeSelector: optional(3, NodeSelector, 'Nodes on which they can be used; all when absent.'),
  allocationTimestamp: optional(5, time(), 'When they were given.'),
})
export type AllocationResult = Static<typeof AllocationResult>

export const ResourceClaimConsumerReference = message(
  'io.k8s.api.resource.v1.ResourceClaimConsumerReference',
  'Somebody who may use what a claim was given.',
  {
    apiGroup: optional(1, string(), 'Group of the object; the core group when empty.'),
    resource: required(3, string(), 'Resource of the object, such as pods.'),
    name: required(4, string(), 'Name of the object.'),
    uid: required(5, string(), 'UID of the object.'),
  },
)
export type ResourceClaimConsumerReference = Static<typeof ResourceClaimConsumerReference>

export const NetworkDeviceData = message('io.k8s.api.resource.v1.NetworkDeviceData', 'What is known of a network interface.', {
  interfaceName: optional(1, string(), 'Its name.'),
  ips: optional(2, list(string()), 'Its addresses, with the lengths of their prefixes.'),
  hardwareAddress: optional(3, string(), 'Its hardware address.'),
})
export type NetworkDeviceData = Static<typeof NetworkDeviceData>

export const AllocatedDeviceStatus = message('io.k8s.api.resource.v1.AllocatedDeviceStatus', 'How a device that was given is doing.', {
  driver: required(1, string(), 'The driver of the device.'),
  pool: required(2, string(), 'The pool that the device is in.'),
  device: required(3, string(), 'The device.'),
  conditions: optional(4, listMap(Condition, ['type'], { patchStrategy: 'replace' }), 'Aspects of its state.'),
  data: optional(5, rawExtension(), 'What else the driver has to say.'),
  networkData: optional(6, NetworkDeviceData, 'What is known of it as a network interface.'),
  shareID: optional(7, string({ presence: 'pointer' }), 'Which share of the device it is.'),
})
export type AllocatedDeviceStatus = Static<typeof AllocatedDeviceStatus>

export const ResourceClaimStatus = message('io.k8s.api.resource.v1.ResourceClaimStatus', 'What a claim was given, and who uses it.', {
  allocation: optional(1, AllocationResult, 'What it was given.'),
  reservedFor: optional(2, listMap(ResourceClaimConsumerReference, ['uid']), 'Who may use it.'),
  devices: optional(
    4,
    listMap(AllocatedDeviceStatus, ['driver', 'device', 'pool', 'shareID'], { patchStrategy: 'replace' }),
    'How the devices are doing.',
  ),
})
export type ResourceClaimStatus = Static<typeof ResourceClaimStatus>
