import { ageColumn, nameColumn } from '../columns.ts'
import { defineKind } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import { embedded, int32, message, microTime, optional, stored, string, type Static } from '../schema/schema.ts'

export const LeaseSpec = message('io.k8s.api.coordination.v1.LeaseSpec', '', {
  holderIdentity: optional(1, string(), ''),
  leaseDurationSeconds: optional(2, int32(), ''),
  acquireTime: optional(3, microTime(), ''),
  renewTime: optional(4, microTime(), ''),
  leaseTransitions: optional(5, int32(), ''),
  strategy: optional(6, string(), ''),
  preferredHolder: optional(7, string(), ''),
})
export type LeaseSpec = Static<typeof LeaseSpec>

export const LeaseSchema = message('io.k8s.api.coordination.v1.Lease', '', {
  apiVersion: stored(0, string(), ''),
  kind: stored(0, string(), ''),
  metadata: embedded(1, ObjectMeta, ''),
  spec: embedded(2, LeaseSpec, ''),
})
export type Lease = Static<typeof LeaseSchema>

export const Lease = defineKind(LeaseSchema, {
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  namespaced: true,
  columns: [nameColumn, ageColumn],
})
