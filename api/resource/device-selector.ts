import { int64, message, optional, rawExtension, required, string, time, type Static } from '../schema/schema.ts'

export const CELDeviceSelector = message('io.k8s.api.resource.v1.CELDeviceSelector', 'Devices for which an expression is true.', {
  expression: required(1, string(), 'An expression in CEL about `device`: its driver, attributes and capacity.'),
})
export type CELDeviceSelector = Static<typeof CELDeviceSelector>

export const DeviceSelector = message('io.k8s.api.resource.v1.DeviceSelector', 'Which devices will do.', {
  cel: optional(1, CELDeviceSelector, 'An expression that has to be true of a device.'),
})
export type DeviceSelector = Static<typeof DeviceSelector>

export const OpaqueDeviceConfiguration = message(
  'io.k8s.api.resource.v1.OpaqueDeviceConfiguration',
  'Settings that only the driver understands.',
  {
    driver: required(1, string(), 'The driver that they are for.'),
    parameters: required(2, rawExtension(), 'The settings: any object.'),
  },
)
export type OpaqueDeviceConfiguration = Static<typeof OpaqueDeviceConfiguration>

/** The one field of upstream's DeviceConfiguration, whose JSON is part of the message that holds it. */
export const opaqueConfiguration = optional(0, OpaqueDeviceConfiguration, 'Settings that only the driver understands.')

export const DeviceTaint = message(
  'io.k8s.api.resource.v1.DeviceTaint',
  'A mark on a device that keeps away claims which do not tolerate it.',
  {
    key: required(1, string(), 'What the mark is about.'),
    value: optional(2, string(), 'Its value.'),
    effect: required(3, string(), 'What it does: NoSchedule, NoExecute or None.'),
    timeAdded: optional(4, time(), 'When it was put on.'),
  },
)
export type DeviceTaint = Static<typeof DeviceTaint>

export const DeviceToleration = message(
  'io.k8s.api.resource.v1.DeviceToleration',
  'Lets a claim have devices in spite of certain taints.',
  {
    key: optional(1, string(), 'Key of the taints; all when empty.'),
    operator: optional(2, string({ default: 'Equal' }), 'Whether the value has to be the same (Equal) or does not matter (Exists).'),
    value: optional(3, string(), 'Value of the taints.'),
    effect: optional(4, string(), 'Effect of the taints; all when empty.'),
    tolerationSeconds: optional(5, int64({ presence: 'pointer' }), 'How long NoExecute is tolerated; for ever when absent.'),
  },
)
export type DeviceToleration = Static<typeof DeviceToleration>
