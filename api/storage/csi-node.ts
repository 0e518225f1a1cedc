import { validateCsiNode, validateCsiNodeUpdate } from './csi-validation.ts'
import { ageColumn, nameColumn } from '../columns.ts'
import { defineKind } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import { embedded, int32, list, listMap, message, optional, required, stored, string, type Static } from '../schema/schema.ts'

export const VolumeNodeResources = message('io.k8s.api.storage.v1.VolumeNodeResources', 'How many volumes a node can have.', {
  count: optional(1, int32({ presence: 'pointer' }), "The most of the driver's volumes that can be there at once."),
})
export type VolumeNodeResources = Static<typeof VolumeNodeResources>

export const CSINodeDriver = message('io.k8s.api.storage.v1.CSINodeDriver', 'A storage driver on a node.', {
  name: required(1, string(), 'Name of the driver.'),
  nodeID: required(2, string(), 'What the driver calls the node.'),
  topologyKeys: optional(3, list(string()), 'Labels of nodes that say from where volumes can be reached.'),
  allocatable: optional(4, VolumeNodeResources, 'How many volumes the node can have.'),
})
export type CSINodeDriver = Static<typeof CSINodeDriver>

export const CSINodeSpec = message('io.k8s.api.storage.v1.CSINodeSpec', 'The storage drivers of a node.', {
  drivers: required(1, listMap(CSINodeDriver, ['name']), 'The drivers.'),
})
export type CSINodeSpec = Static<typeof CSINodeSpec>

export const CSINodeSchema = message('io.k8s.api.storage.v1.CSINode', 'Which storage drivers a node has; named as the node is.', {
  apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
  kind: stored(0, string(), 'What the object is: CSINode.'),
  metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
  spec: required(2, CSINodeSpec, 'The drivers.'),
})
export type CSINode = Static<typeof CSINodeSchema>

export const CSINode = defineKind(CSINodeSchema, {
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSINode',
  plural: 'csinodes',
  namespaced: false,
  validate: validateCsiNode,
  validateUpdate: validateCsiNodeUpdate,
  columns: [
    nameColumn,
    { name: 'Drivers', type: 'integer', description: 'How many it has.', cell: ({ spec }) => spec.drivers.length },
    ageColumn,
  ],
})
