import { formatAccessModes } from './access-modes.ts'
import { validateClaim, validateClaimStatus, validateClaimUpdate } from './persistent-volume-claim-validation.ts'
import { classOf } from './storage-class-annotation.ts'
import { PersistentVolumeClaimSpec } from './volume.ts'
import { ageColumn, nameColumn } from '../columns.ts'
import { defineKind, statusSubresource } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import { embedded, list, listMap, map, message, optional, quantity, required, stored, string, time, type Static } from '../schema/schema.ts'

export const PersistentVolumeClaimCondition = message(
  'io.k8s.api.core.v1.PersistentVolumeClaimCondition',
  'One aspect of the state of a claim.',
  {
    type: required(1, string(), 'Which aspect this is about.'),
    status: required(2, string(), 'True, False or Unknown.'),
    lastProbeTime: optional(3, time(), 'When this was last looked at.'),
    lastTransitionTime: optional(4, time(), 'When the status last changed.'),
    reason: optional(5, string(), 'A word for programs that says why.'),
    message: optional(6, string(), 'A sentence for people that says why.'),
  },
)
export type PersistentVolumeClaimCondition = Static<typeof PersistentVolumeClaimCondition>

export const ModifyVolumeStatus = message('io.k8s.api.core.v1.ModifyVolumeStatus', 'How a change of the attributes of a volume goes.', {
  targetVolumeAttributesClassName: optional(1, string(), 'The class whose attributes the volume is to get.'),
  status: required(2, string(), 'Pending, InProgress or Infeasible.'),
})
export type ModifyVolumeStatus = Static<typeof ModifyVolumeStatus>

export const PersistentVolumeClaimStatus = message('io.k8s.api.core.v1.PersistentVolumeClaimStatus', 'What the claim has got.', {
  phase: optional(1, string(), 'Pending, Bound or Lost.'),
  accessModes: optional(2, list(string()), 'How the volume can be mounted.'),
  capacity: optional(3, map(quantity()), 'How large the volume is.'),
  conditions: optional(4, listMap(PersistentVolumeClaimCondition, ['type']), 'Aspects of the state, such as Resizing.'),
  allocatedResources: optional(5, map(quantity()), 'How large the volume will be when a change of its size is done.'),
  allocatedResourceStatuses: optional(7, map(string(), { granular: true }), 'How far a change of size has come, by resource.'),
  currentVolumeAttributesClassName: optional(8, string({ presence: 'pointer' }), 'The class whose attributes the volume has.'),
  modifyVolumeStatus: optional(9, ModifyVolumeStatus, 'How a change of the attributes goes.'),
})
export type PersistentVolumeClaimStatus = Static<typeof PersistentVolumeClaimStatus>

export const PersistentVolumeClaimSchema = message('io.k8s.api.core.v1.PersistentVolumeClaim', 'Asks for storage that outlives pods.', {
  apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
  kind: stored(0, string(), 'What the object is: PersistentVolumeClaim.'),
  metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
  spec: embedded(2, PersistentVolumeClaimSpec, 'What is asked for.'),
  status: embedded(3, PersistentVolumeClaimStatus, 'What the claim has got.'),
})
export type PersistentVolumeClaim = Static<typeof PersistentVolumeClaimSchema>

export const PersistentVolumeClaim = defineKind(PersistentVolumeClaimSchema, {
  group: '',
  version: 'v1',
  kind: 'PersistentVolumeClaim',
  plural: 'persistentvolumeclaims',
  shortNames: ['pvc'],
  namespaced: true,
  subresources: { status: statusSubresource },
  applyDefaults: withClaimDefaults,
  prepareForCreate: claim => ({ ...claim, status: { phase: 'Pending' } }),
  validate: validateClaim,
  validateUpdate: validateClaimUpdate,
  validateStatusUpdate: validateClaimStatus,
  columns: [
    nameColumn,
    {
      name: 'Status',
      type: 'string',
      description: 'Whether it has a volume.',
      cell: ({ metadata, status }) => (metadata.deletionTimestamp ? 'Terminating' : (status.phase ?? '')),
    },
    { name: 'Volume', type: 'string', description: 'The volume that it has.', cell: ({ spec }) => spec.volumeName ?? '' },
    {
      name: 'Capacity',
      type: 'string',
      description: 'How large the volume is.',
      cell: ({ spec, status }) => (spec.volumeName ? (status.capacity?.['storage'] ?? '0') : ''),
    },
    {
      name: 'Access Modes',
      type: 'string',
      description: 'How it can be mounted.',
      cell: ({ spec, status }) => (spec.volumeName ? formatAccessModes(status.accessModes) : ''),
    },
    {
      name: 'StorageClass',
      type: 'string',
      description: 'The class that it asked for.',
      cell: claim => classOf(claim),
    },
    {
      name: 'VolumeAttributesClass',
      type: 'string',
      description: 'The class of attributes that it asked for.',
      cell: ({ spec }) => spec.volumeAttributesClassName ?? '<unset>',
    },
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

/** A copy source is the same under its old name and its new one; a claim without a status waits. */
export function withClaimDefaults<C extends Pick<PersistentVolumeClaim, 'spec' | 'status'>>(claim: C): C {
  const { dataSource, dataSourceRef } = claim.spec
  const copied = {
    ...(dataSource && !dataSourceRef ? { dataSourceRef: dataSource } : {}),
    ...(dataSourceRef && !dataSource && !dataSourceRef.namespace ? { dataSource: dataSourceRef } : {}),
  }
  const phase = claim.status?.phase || 'Pending'
  return { ...claim, spec: { ...claim.spec, ...copied }, status: { ...claim.status, phase } }
}
