import { ageColumn, nameColumn } from '../columns.ts'
import { NodeSelector } from '../core/affinity.ts'
import { defineKind } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import { boolean, embedded, int64, list, message, optional, required, stored, string, type Static } from '../schema/schema.ts'
import { CounterSet, Device } from './device.ts'
import { withDeviceDefaults, withoutDisabledFields } from './resource-slice-fields.ts'
import { validateResourceSlice, validateResourceSliceUpdate } from './resource-slice-validation.ts'

export const ResourcePool = message('io.k8s.api.resource.v1.ResourcePool', 'The pool that the devices of a slice are in.', {
  name: required(1, string(), 'Name of the pool, often that of a node.'),
  generation: required(2, int64(), 'Counts up when the pool changes: slices of older generations do not count.'),
  resourceSliceCount: required(3, int64(), 'How many slices there are of this generation.'),
})
export type ResourcePool = Static<typeof ResourcePool>

export const ResourceSliceSpec = message('io.k8s.api.resource.v1.ResourceSliceSpec', 'Devices that a driver has to give.', {
  driver: required(1, string(), 'The driver.'),
  pool: required(2, ResourcePool, 'The pool that they are in.'),
  nodeName: optional(3, string({ presence: 'pointer' }), 'The node that they are on.'),
  nodeSelector: optional(4, NodeSelector, 'The nodes that can reach them.'),
  allNodes: optional(5, boolean({ presence: 'pointer' }), 'True when all nodes can reach them.'),
  devices: optional(6, list(Device), 'The devices.'),
  perDeviceNodeSelection: optional(7, boolean({ presence: 'pointer' }), 'True when each device says which nodes can reach it.'),
  sharedCounters: optional(8, list(CounterSet), 'What devices of the pool have in common.'),
})
export type ResourceSliceSpec = Static<typeof ResourceSliceSpec>

export const ResourceSliceSchema = message('io.k8s.api.resource.v1.ResourceSlice', 'Some devices of a pool, as their driver tells.', {
  apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
  kind: stored(0, string(), 'What the object is: ResourceSlice.'),
  metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
  spec: required(2, ResourceSliceSpec, 'The devices.'),
})
export type ResourceSlice = Static<typeof ResourceSliceSchema>

export const ResourceSlice = defineKind(ResourceSliceSchema, {
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceSlice',
  plural: 'resourceslices',
  namespaced: false,
  generation: true,
  inert: true,
  unselectable: field => `field label not supported for resource.k8s.io/v1, Kind=ResourceSlice: ${field}`,
  selectableFields: { 'spec.nodeName': ({ spec }) => spec.nodeName ?? '', 'spec.driver': ({ spec }) => spec.driver },
  applyDefaults: withDeviceDefaults,
  prepareForCreate: slice => withoutDisabledFields(slice),
  prepareForUpdate: withoutDisabledFields,
  validate: validateResourceSlice,
  validateUpdate: validateResourceSliceUpdate,
  warnings: ({ spec: { driver } }) =>
    driver === driver.toLowerCase()
      ? []
      : [`spec.driver: driver names should be lowercase; ${JSON.stringify(driver)} contains uppercase characters`],
  columns: [
    nameColumn,
    { name: 'Node', type: 'string', description: 'The node that the devices are on.', cell: ({ spec }) => spec.nodeName ?? '' },
    { name: 'Driver', type: 'string', description: 'The driver.', cell: ({ spec }) => spec.driver },
    { name: 'Pool', type: 'string', description: 'The pool that the devices are in.', cell: ({ spec }) => spec.pool.name },
    ageColumn,
  ],
})
