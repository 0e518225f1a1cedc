import { ageColumn, nameColumn } from '../columns.ts'
import { defineKind } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import { embedded, list, message, optional, required, stored, string, type Static } from '../schema/schema.ts'
import { validateDeviceClass, validateDeviceClassUpdate } from './device-class-validation.ts'
import { DeviceSelector, opaqueConfiguration } from './device-selector.ts'

export const DeviceClassConfiguration = message('io.k8s.api.resource.v1.DeviceClassConfiguration', 'Settings for the devices of a class.', {
  opaque: opaqueConfiguration,
})
export type DeviceClassConfiguration = Static<typeof DeviceClassConfiguration>

export const DeviceClassSpec = message('io.k8s.api.resource.v1.DeviceClassSpec', 'Which devices are of a class, and their settings.', {
  selectors: optional(1, list(DeviceSelector), 'What must hold of a device for it to be of this class.'),
  config: optional(2, list(DeviceClassConfiguration), 'Settings for their drivers.'),
  extendedResourceName: optional(4, string({ presence: 'pointer' }), 'An extended resource that pods can ask for to get such a device.'),
})
export type DeviceClassSpec = Static<typeof DeviceClassSpec>

export const DeviceClassSchema = message('io.k8s.api.resource.v1.DeviceClass', 'A kind of device that claims can ask for.', {
  apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
  kind: stored(0, string(), 'What the object is: DeviceClass.'),
  metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
  spec: required(2, DeviceClassSpec, 'Which devices are of this class.'),
})
export type DeviceClass = Static<typeof DeviceClassSchema>

export const DeviceClass = defineKind(DeviceClassSchema, {
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'DeviceClass',
  plural: 'deviceclasses',
  namespaced: false,
  generation: true,
  inert: true,
  validate: validateDeviceClass,
  validateUpdate: validateDeviceClassUpdate,
  columns: [nameColumn, ageColumn],
})
