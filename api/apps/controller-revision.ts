import { nonNegativeErrors } from './template-validation.ts'
import { ageColumn, nameColumn } from '../columns.ts'
import { defineKind } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import { validateImmutableField } from '../object-meta-validation.ts'
import { fieldRequired, type FieldError } from '../schema/field-error.ts'
import { embedded, int64, message, optional, rawExtension, required, stored, string, type Static } from '../schema/schema.ts'

export const ControllerRevisionSchema = message(
  'io.k8s.api.apps.v1.ControllerRevision',
  'What a controller wanted at one point in time, kept so that it can go back there.',
  {
    apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
    kind: stored(0, string(), 'What the object is: ControllerRevision.'),
    metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
    data: optional(2, rawExtension(), 'The state itself; it cannot be changed.'),
    revision: required(3, int64(), 'Counts the states; the highest is the newest.'),
  },
)
export type ControllerRevision = Static<typeof ControllerRevisionSchema>

export const ControllerRevision = defineKind(ControllerRevisionSchema, {
  group: 'apps',
  version: 'v1',
  kind: 'ControllerRevision',
  plural: 'controllerrevisions',
  namespaced: true,
  validate: validateControllerRevision,
  validateUpdate: (next, current) => [...validateControllerRevision(next), ...validateImmutableField(next.data, current.data, 'data')],
  columns: [
    nameColumn,
    { name: 'Controller', type: 'string', description: 'Whose state it is.', cell: controllerOf },
    { name: 'Revision', type: 'string', description: 'Its number.', cell: revision => revision.revision },
    ageColumn,
  ],
})

function validateControllerRevision({ data, revision }: ControllerRevision): FieldError[] {
  return [...(data ? [] : [fieldRequired('data', 'data is mandatory')]), ...nonNegativeErrors(revision, 'revision')]
}

/** `daemonset.apps/logs` */
function controllerOf({ metadata }: ControllerRevision): string {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller)
  if (!owner) return '<none>'
  const group = owner.apiVersion.includes('/') ? `.${owner.apiVersion.split('/', 1)[0]}` : ''
  return `${owner.kind.toLowerCase()}${group}/${owner.name}`
}
