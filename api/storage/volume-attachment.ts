import { validateVolumeAttachment, validateVolumeAttachmentUpdate } from './volume-attachment-validation.ts'
import { ageColumn, nameColumn } from '../columns.ts'
import { PersistentVolumeSpec } from '../core/persistent-volume-spec.ts'
import { defineKind, statusSubresource } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import { boolean, embedded, int32, map, message, optional, required, stored, string, time, type Static } from '../schema/schema.ts'

export const VolumeError = message('io.k8s.api.storage.v1.VolumeError', 'What went wrong with a volume.', {
  time: optional(1, time(), 'When it went wrong.'),
  message: optional(2, string(), 'What happened, as a sentence for people.'),
  errorCode: optional(3, int32({ presence: 'pointer' }), 'What happened, as a number of the driver.'),
})
export type VolumeError = Static<typeof VolumeError>

export const VolumeAttachmentSource = message('io.k8s.api.storage.v1.VolumeAttachmentSource', 'The volume to attach.', {
  persistentVolumeName: optional(1, string({ presence: 'pointer' }), 'Name of the persistent volume.'),
  inlineVolumeSpec: optional(2, PersistentVolumeSpec, 'The volume itself, where there is no persistent volume.'),
})
export type VolumeAttachmentSource = Static<typeof VolumeAttachmentSource>

export const VolumeAttachmentSpec = message('io.k8s.api.storage.v1.VolumeAttachmentSpec', 'Which volume is to be attached where.', {
  attacher: required(1, string(), 'The storage driver that attaches it.'),
  source: required(2, VolumeAttachmentSource, 'The volume.'),
  nodeName: required(3, string(), 'The node.'),
})
export type VolumeAttachmentSpec = Static<typeof VolumeAttachmentSpec>

export const VolumeAttachmentStatus = message('io.k8s.api.storage.v1.VolumeAttachmentStatus', 'Whether the volume is attached.', {
  attached: required(1, boolean(), 'True when it is.'),
  attachmentMetadata: optional(2, map(string()), 'What is needed to mount it.'),
  attachError: optional(3, VolumeError, 'What went wrong when it was attached.'),
  detachError: optional(4, VolumeError, 'What went wrong when it was detached.'),
})
export type VolumeAttachmentStatus = Static<typeof VolumeAttachmentStatus>

export const VolumeAttachmentSchema = message('io.k8s.api.storage.v1.VolumeAttachment', 'Wants a volume to be attached to a node.', {
  apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
  kind: stored(0, string(), 'What the object is: VolumeAttachment.'),
  metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
  spec: required(2, VolumeAttachmentSpec, 'Which volume is to be attached where.'),
  status: embedded(3, VolumeAttachmentStatus, 'Whether it is attached.'),
})
export type VolumeAttachment = Static<typeof VolumeAttachmentSchema>

export const VolumeAttachment = defineKind(VolumeAttachmentSchema, {
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'VolumeAttachment',
  plural: 'volumeattachments',
  namespaced: false,
  inert: true,
  subresources: { status: statusSubresource },
  statusKeeps: 'metadata',
  validate: validateVolumeAttachment,
  validateUpdate: validateVolumeAttachmentUpdate,
  columns: [
    nameColumn,
    { name: 'Attacher', type: 'string', format: 'name', description: 'The driver that attaches it.', cell: ({ spec }) => spec.attacher },
    { name: 'PV', type: 'string', description: 'The volume.', cell: ({ spec }) => spec.source.persistentVolumeName ?? '' },
    { name: 'Node', type: 'string', description: 'The node.', cell: ({ spec }) => spec.nodeName },
    { name: 'Attached', type: 'boolean', description: 'Whether it is there.', cell: ({ status }) => status.attached },
    ageColumn,
  ],
})
