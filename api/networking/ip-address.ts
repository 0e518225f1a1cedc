import { isEqual } from '../../common/equal.ts'
import { nameColumn } from '../columns.ts'
import { ipErrors } from '../core/pod-field-checks.ts'
import { defineKind } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import { fieldInvalid, fieldRequired } from '../schema/field-error.ts'
import { embedded, message, optional, required, requiredPointer, stored, string, type Static } from '../schema/schema.ts'

export const ParentReference = message('io.k8s.api.networking.v1.ParentReference', 'The object that an address belongs to.', {
  group: optional(1, string(), 'Group of the object; the core group when empty.'),
  resource: required(2, string(), 'Resource of the object, such as services.'),
  namespace: optional(3, string(), 'Namespace of the object.'),
  name: required(4, string(), 'Name of the object.'),
})
export type ParentReference = Static<typeof ParentReference>

export const IPAddressSpec = message('io.k8s.api.networking.v1.IPAddressSpec', 'Who has an address.', {
  parentRef: requiredPointer(1, ParentReference, 'The object that it belongs to; it cannot be changed.'),
})
export type IPAddressSpec = Static<typeof IPAddressSpec>

export const IPAddressSchema = message('io.k8s.api.networking.v1.IPAddress', 'An address that is taken; its name is the address.', {
  apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
  kind: stored(0, string(), 'What the object is: IPAddress.'),
  metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
  spec: required(2, IPAddressSpec, 'Who has it.'),
})
export type IPAddress = Static<typeof IPAddressSchema>

export const IPAddress = defineKind(IPAddressSchema, {
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IPAddress',
  plural: 'ipaddresses',
  shortNames: ['ip'],
  namespaced: false,
  generation: true,
  validateName: ipErrors,
  validate: ({ spec: { parentRef } }) => {
    if (!parentRef) return [fieldRequired('spec.parentRef')]
    return (['resource', 'name'] as const).flatMap(name => (parentRef[name] ? [] : [fieldRequired(`spec.parentRef.${name}`)]))
  },
  validateUpdate: (next, current) =>
    isEqual(next.spec, current.spec) ? [] : [fieldInvalid('spec.parentRef', next.spec.parentRef, 'field is immutable')],
  columns: [
    nameColumn,
    {
      name: 'ParentRef',
      type: 'string',
      description: 'Who has it.',
      cell: ({ spec: { parentRef } }) => {
        const { group, resource = '', namespace, name = '' } = parentRef ?? {}
        return [group ? `${resource}.${group}` : resource, namespace, name].filter(part => part).join('/')
      },
    },
  ],
})
