import { formatAccessModes } from './access-modes.ts'
import { withVolumeDefaults } from './persistent-volume-defaults.ts'
import { PersistentVolumeSpec } from './persistent-volume-spec.ts'
import { validatePersistentVolume, validatePersistentVolumeUpdate } from './persistent-volume-validation.ts'
import { classOf } from './storage-class-annotation.ts'
import { ageColumn, nameColumn } from '../columns.ts'
import { defineKind, statusSubresource } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import { embedded, message, optional, stored, string, time, type Static } from '../schema/schema.ts'

export const PersistentVolumeStatus = message('io.k8s.api.core.v1.PersistentVolumeStatus', 'In which part of its life the volume is.', {
  phase: optional(1, string(), 'Pending, Available, Bound, Released or Failed.'),
  message: optional(2, string(), 'A sentence for people that says why.'),
  reason: optional(3, string(), 'A word for programs that says why.'),
  lastPhaseTransitionTime: optional(4, time(), 'When the phase last changed.'),
})
export type PersistentVolumeStatus = Static<typeof PersistentVolumeStatus>

export const PersistentVolumeSchema = message(
  'io.k8s.api.core.v1.PersistentVolume',
  'A piece of storage in the cluster, with a life of its own.',
  {
    apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
    kind: stored(0, string(), 'What the object is: PersistentVolume.'),
    metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
    spec: embedded(2, PersistentVolumeSpec, 'What the storage is, and who has it.'),
    status: embedded(3, PersistentVolumeStatus, 'In which part of its life the volume is.'),
  },
)
export type PersistentVolume = Static<typeof PersistentVolumeSchema>

export const PersistentVolume = defineKind(PersistentVolumeSchema, {
  group: '',
  version: 'v1',
  kind: 'PersistentVolume',
  plural: 'persistentvolumes',
  shortNames: ['pv'],
  namespaced: false,
  subresources: { status: statusSubresource },
  applyDefaults: withVolumeDefaults,
  prepareForCreate: volume => ({
    ...volume,
    status: { phase: 'Pending', lastPhaseTransitionTime: volume.metadata.creationTimestamp },
  }),
  validate: validatePersistentVolume,
  validateUpdate: validatePersistentVolumeUpdate,
  columns: [
    nameColumn,
    { name: 'Capacity', type: 'string', description: 'How large it is.', cell: ({ spec }) => spec.capacity?.['storage'] ?? '0' },
    {
      name: 'Access Modes',
      type: 'string',
      description: 'How it can be mounted.',
      cell: ({ spec }) => formatAccessModes(spec.accessModes),
    },
    {
      name: 'Reclaim Policy',
      type: 'string',
      description: 'What happens when its claim is gone.',
      cell: ({ spec }) => spec.persistentVolumeReclaimPolicy ?? '',
    },
    {
      name: 'Status',
      type: 'string',
      description: 'In which part of its life it is.',
      cell: ({ metadata, status }) => (metadata.deletionTimestamp ? 'Terminating' : (status.phase ?? '')),
    },
    {
      name: 'Claim',
      type: 'string',
      description: 'The claim that has it.',
      cell: ({ spec: { claimRef } }) => (claimRef ? `${claimRef.namespace ?? ''}/${claimRef.name ?? ''}` : ''),
    },
    { name: 'StorageClass', type: 'string', description: 'The class that it belongs to.', cell: volume => classOf(volume) },
    {
      name: 'VolumeAttributesClass',
      type: 'string',
      description: 'The class of its attributes.',
      cell: ({ spec }) => spec.volumeAttributesClassName ?? '<unset>',
    },
    { name: 'Reason', type: 'string', description: 'Why it is in that part of its life.', cell: ({ status }) => status.reason ?? '' },
    ageColumn,
    {
      name: 'VolumeMode',
      type: 'string',
      priority: 1,
      description: 'Files or a raw device.',
      cell: ({ spec }) => spec.volumeMode ?? '<unset>',
    },
  ],
})
