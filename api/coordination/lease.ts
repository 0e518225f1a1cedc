import { ageColumn, nameColumn } from '../columns.ts'
import { defineKind } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import { dns1123SubdomainErrors, nameCheck } from '../names.ts'
import { fieldForbidden, fieldInvalid, type FieldError } from '../schema/field-error.ts'
import { embedded, int32, message, microTime, optional, stored, string, type Static } from '../schema/schema.ts'

export const LeaseSpec = message('io.k8s.api.coordination.v1.LeaseSpec', 'Who holds a lease and until when.', {
  holderIdentity: optional(1, string({ presence: 'pointer' }), 'Who holds it.'),
  leaseDurationSeconds: optional(2, int32({ presence: 'pointer' }), 'Seconds after renewTime during which nobody else may take it.'),
  acquireTime: optional(3, microTime(), 'When the holder got it.'),
  renewTime: optional(4, microTime(), 'When the holder last confirmed it.'),
  leaseTransitions: optional(5, int32({ presence: 'pointer' }), 'How often it changed hands.'),
  strategy: optional(6, string({ presence: 'pointer' }), 'How a new holder is chosen among candidates.'),
  preferredHolder: optional(7, string({ presence: 'pointer' }), 'Who the holder should hand it to.'),
})
export type LeaseSpec = Static<typeof LeaseSpec>

export const LeaseSchema = message(
  'io.k8s.api.coordination.v1.Lease',
  'A claim that somebody holds for a limited time: heartbeats of nodes, election of leaders.',
  {
    apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
    kind: stored(0, string(), 'What the object is: Lease.'),
    metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
    spec: embedded(2, LeaseSpec, 'Who holds it and until when.'),
  },
)
export type Lease = Static<typeof LeaseSchema>

export const Lease = defineKind(LeaseSchema, {
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  namespaced: true,
  createOnUpdate: true,
  needsVersionOnUpdate: true,
  validateName: nameCheck(dns1123SubdomainErrors),
  validate: validateLease,
  columns: [
    nameColumn,
    { name: 'Holder', type: 'string', description: 'Who holds the lease.', cell: lease => lease.spec.holderIdentity ?? '' },
    ageColumn,
  ],
})

function validateLease({ spec }: Lease): FieldError[] {
  const { leaseDurationSeconds, leaseTransitions, preferredHolder, strategy } = spec
  return [
    ...(leaseDurationSeconds !== undefined && leaseDurationSeconds <= 0
      ? [fieldInvalid('spec.leaseDurationSeconds', leaseDurationSeconds, 'must be greater than 0')]
      : []),
    ...(leaseTransitions !== undefined && leaseTransitions < 0
      ? [fieldInvalid('spec.leaseTransitions', leaseTransitions, 'must be greater than or equal to 0')]
      : []),
    ...(preferredHolder && !strategy ? [fieldForbidden('spec.preferredHolder', 'may only be specified when `strategy` is defined')] : []),
  ]
}
