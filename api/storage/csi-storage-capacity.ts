import { validateStorageCapacity, validateStorageCapacityUpdate } from './csi-validation.ts'
import { createdAtColumn, nameColumn } from '../columns.ts'
import { defineKind } from '../kind.ts'
import { LabelSelector, ObjectMeta } from '../meta.ts'
import { embedded, message, optional, quantity, required, stored, string, type Static } from '../schema/schema.ts'

export const CSIStorageCapacitySchema = message(
  'io.k8s.api.storage.v1.CSIStorageCapacity',
  'How much room a storage driver has for a class in a part of the cluster.',
  {
    apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
    kind: stored(0, string(), 'What the object is: CSIStorageCapacity.'),
    metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
    nodeTopology: optional(2, LabelSelector, 'Nodes from which the room can be used.'),
    storageClassName: required(3, string(), 'The class that it is about.'),
    capacity: optional(4, quantity({ presence: 'pointer' }), 'How much room there is.'),
    maximumVolumeSize: optional(5, quantity({ presence: 'pointer' }), 'How large a volume can be.'),
  },
)
export type CSIStorageCapacity = Static<typeof CSIStorageCapacitySchema>

export const CSIStorageCapacity = defineKind(CSIStorageCapacitySchema, {
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSIStorageCapacity',
  plural: 'csistoragecapacities',
  namespaced: true,
  inert: true,
  validate: validateStorageCapacity,
  validateUpdate: validateStorageCapacityUpdate,
  columns: [nameColumn, createdAtColumn],
})
