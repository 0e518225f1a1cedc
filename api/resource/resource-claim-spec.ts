import { embedded, list, message, optional, string, type Static } from '../schema/schema.ts'
import { DeviceRequest, withRequestDefaults } from './device-request.ts'
import { opaqueConfiguration } from './device-selector.ts'

export const DeviceConstraint = message(
  'io.k8s.api.resource.v1.DeviceConstraint',
  'What must hold of the devices of several requests together.',
  {
    requests: optional(1, list(string()), 'The requests; all of the claim when empty.'),
    matchAttribute: optional(2, string({ presence: 'pointer' }), 'An attribute that all of them have with the same value.'),
    distinctAttribute: optional(3, string({ presence: 'pointer' }), 'An attribute that no two of them have with the same value.'),
  },
)
export type DeviceConstraint = Static<typeof DeviceConstraint>

export const DeviceClaimConfiguration = message(
  'io.k8s.api.resource.v1.DeviceClaimConfiguration',
  'Settings for the devices of some requests.',
  {
    requests: optional(1, list(string()), 'The requests; all of the claim when empty.'),
    opaque: opaqueConfiguration,
  },
)
export type DeviceClaimConfiguration = Static<typeof DeviceClaimConfiguration>

export const DeviceClaim = message('io.k8s.api.resource.v1.DeviceClaim', 'The devices that are wanted.', {
  requests: optional(1, list(DeviceRequest), 'What is wanted.'),
  constraints: optional(2, list(DeviceConstraint), 'What must hold of all of it together.'),
  config: optional(3, list(DeviceClaimConfiguration), 'Settings for the drivers.'),
})
export type DeviceClaim = Static<typeof DeviceClaim>

export const ResourceClaimSpec = message('io.k8s.api.resource.v1.ResourceClaimSpec', 'What a claim wants; it cannot be changed.', {
  devices: embedded(1, DeviceClaim, 'The devices that are wanted.'),
})
export type ResourceClaimSpec = Static<typeof ResourceClaimSpec>

export const withClaimDefaults = (spec: ResourceClaimSpec): ResourceClaimSpec =>
  spec.devices.requests ? { ...spec, devices: { ...spec.devices, requests: spec.devices.requests.map(withRequestDefaults) } } : spec
