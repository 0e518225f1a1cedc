import { classNameColumn } from './class-name-column.ts'
import { validateAttributesClass, validateAttributesClassUpdate } from './storage-class-validation.ts'
import { ageColumn } from '../columns.ts'
import { defineKind } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import { embedded, map, message, optional, required, stored, string, type Static } from '../schema/schema.ts'

export const VolumeAttributesClassSchema = message(
  'io.k8s.api.storage.v1.VolumeAttributesClass',
  'A set of attributes that volumes can be given while they are in use.',
  {
    apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
    kind: stored(0, string(), 'What the object is: VolumeAttributesClass.'),
    metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
    driverName: required(2, string(), 'The storage driver that knows the attributes; it cannot be changed.'),
    parameters: optional(3, map(string()), 'The attributes; they cannot be changed.'),
  },
)
export type VolumeAttributesClass = Static<typeof VolumeAttributesClassSchema>

export const VolumeAttributesClass = defineKind(VolumeAttributesClassSchema, {
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'VolumeAttributesClass',
  plural: 'volumeattributesclasses',
  shortNames: ['vac'],
  namespaced: false,
  inert: true,
  validate: validateAttributesClass,
  validateUpdate: validateAttributesClassUpdate,
  columns: [
    classNameColumn(['volumeattributesclass.alpha.kubernetes.io/is-default-class']),
    { name: 'DriverName', type: 'string', description: 'The driver that knows the attributes.', cell: attributes => attributes.driverName },
    ageColumn,
  ],
})
