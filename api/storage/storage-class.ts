import { classNameColumn } from './class-name-column.ts'
import { validateStorageClass, validateStorageClassUpdate } from './storage-class-validation.ts'
import { ageColumn } from '../columns.ts'
import { TopologySelectorTerm } from '../core/topology-selector.ts'
import { defineKind } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import { boolean, embedded, list, map, message, oneOf, optional, required, stored, string, type Static } from '../schema/schema.ts'

export const StorageClassSchema = message('io.k8s.api.storage.v1.StorageClass', 'A kind of storage that claims can ask for.', {
  apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
  kind: stored(0, string(), 'What the object is: StorageClass.'),
  metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
  provisioner: required(2, string(), 'Who makes its volumes; it cannot be changed.'),
  parameters: optional(3, map(string()), 'What the provisioner wants to know; it cannot be changed.'),
  reclaimPolicy: optional(
    4,
    oneOf(['Delete', 'Retain'], { default: 'Delete', presence: 'pointer' }),
    'What happens to a volume when its claim is gone: Delete or Retain.',
  ),
  mountOptions: optional(5, list(string()), 'Options for mounting its volumes.'),
  allowVolumeExpansion: optional(6, boolean({ presence: 'pointer' }), 'When true claims may be made larger.'),
  volumeBindingMode: optional(
    7,
    oneOf(['Immediate', 'WaitForFirstConsumer'], { default: 'Immediate', presence: 'pointer' }),
    'When volumes are made: at once, or when the first pod that uses them has a node.',
  ),
  allowedTopologies: optional(8, list(TopologySelectorTerm), 'Nodes from which its volumes must be reachable.'),
})
export type StorageClass = Static<typeof StorageClassSchema>

export const StorageClass = defineKind(StorageClassSchema, {
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'StorageClass',
  plural: 'storageclasses',
  shortNames: ['sc'],
  namespaced: false,
  validate: validateStorageClass,
  validateUpdate: validateStorageClassUpdate,
  columns: [
    classNameColumn(['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class']),
    { name: 'Provisioner', type: 'string', description: 'Who makes its volumes.', cell: storage => storage.provisioner },
    {
      name: 'ReclaimPolicy',
      type: 'string',
      description: 'What happens to a volume when its claim is gone.',
      cell: storage => storage.reclaimPolicy ?? 'Delete',
    },
    {
      name: 'VolumeBindingMode',
      type: 'string',
      description: 'When volumes are made.',
      cell: storage => storage.volumeBindingMode ?? 'Immediate',
    },
    {
      name: 'AllowVolumeExpansion',
      type: 'string',
      description: 'Whether claims may be made larger.',
      cell: storage => storage.allowVolumeExpansion ?? false,
    },
    ageColumn,
  ],
})
