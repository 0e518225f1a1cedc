import { boolean, int64, list, map, message, optional, quantity, required, string, type Static } from '../schema/schema.ts'
import { DeviceSelector, DeviceToleration } from './device-selector.ts'

export const CapacityRequirements = message(
  'io.k8s.api.resource.v1.CapacityRequirements',
  'How much of a device is needed, where several may share it.',
  { requests: optional(1, map(quantity()), 'The least that is needed of each capacity.') },
)
export type CapacityRequirements = Static<typeof CapacityRequirements>

export const ExactDeviceRequest = message('io.k8s.api.resource.v1.ExactDeviceRequest', 'A request for devices of one class.', {
  deviceClassName: required(1, string(), 'The DeviceClass.'),
  selectors: optional(2, list(DeviceSelector), 'What must hold of a device besides what its class says.'),
  allocationMode: optional(3, string(), 'So many as `count` says (ExactCount) or all that there are (All); ExactCount when absent.'),
  count: optional(4, int64(), 'How many; one when absent.'),
  adminAccess: optional(5, boolean({ presence: 'pointer' }), 'Whether devices in use are given too, for looking after them.'),
  tolerations: optional(6, list(DeviceToleration), 'Taints that do not matter.'),
  capacity: optional(7, CapacityRequirements, 'How much of each device is needed.'),
})
export type ExactDeviceRequest = Static<typeof ExactDeviceRequest>

export const DeviceSubRequest = message(
  'io.k8s.api.resource.v1.DeviceSubRequest',
  'One of several requests, of which the first that can be met counts.',
  {
    name: required(1, string(), 'Name of the alternative within its request.'),
    deviceClassName: required(2, string(), 'The DeviceClass.'),
    selectors: optional(3, list(DeviceSelector), 'What must hold of a device besides what its class says.'),
    allocationMode: optional(4, string(), 'So many as `count` says (ExactCount) or all that there are (All); ExactCount when absent.'),
    count: optional(5, int64(), 'How many; one when absent.'),
    tolerations: optional(6, list(DeviceToleration), 'Taints that do not matter.'),
    capacity: optional(7, CapacityRequirements, 'How much of each device is needed.'),
  },
)
export type DeviceSubRequest = Static<typeof DeviceSubRequest>

export const DeviceRequest = message('io.k8s.api.resource.v1.DeviceRequest', 'A request for devices, in one form or another.', {
  name: required(1, string(), 'Name of the request, by which pods, constraints and settings refer to it.'),
  exactly: optional(2, ExactDeviceRequest, 'Devices of one class.'),
  firstAvailable: optional(3, list(DeviceSubRequest), 'Alternatives, the best first.'),
})
export type DeviceRequest = Static<typeof DeviceRequest>

/** One device unless the request says otherwise (upstream's SetDefaults_ExactDeviceRequest and SetDefaults_DeviceSubRequest). */
function withCount<R extends ExactDeviceRequest | DeviceSubRequest>(request: R): R {
  const allocationMode = request.allocationMode || 'ExactCount'
  return { ...request, allocationMode, ...(allocationMode === 'ExactCount' && !request.count ? { count: 1 } : {}) }
}

export const withRequestDefaults = (request: DeviceRequest): DeviceRequest => ({
  ...request,
  ...(request.exactly ? { exactly: withCount(request.exactly) } : {}),
  ...(request.firstAvailable ? { firstAvailable: request.firstAvailable.map(withCount) } : {}),
})
