import { ageColumn, nameColumn } from '../columns.ts'
import { defineKind, statusSubresource } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import { embedded, message, required, stored, string, type Static } from '../schema/schema.ts'
import { ResourceClaimSpec, withClaimDefaults } from './resource-claim-spec.ts'
import { withoutDeallocated } from './resource-claim-devices.ts'
import { validateClaimStatusUpdate } from './resource-claim-status-validation.ts'
import { ResourceClaimStatus } from './resource-claim-status.ts'
import { validateClaimSpec, validateClaimUpdate } from './resource-claim-validation.ts'

export const ResourceClaimSchema = message('io.k8s.api.resource.v1.ResourceClaim', 'A claim to devices, which pods use.', {
  apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
  kind: stored(0, string(), 'What the object is: ResourceClaim.'),
  metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
  spec: required(2, ResourceClaimSpec, 'What it wants; it cannot be changed.'),
  status: embedded(3, ResourceClaimStatus, 'What it was given, and who uses it.'),
})
export type ResourceClaim = Static<typeof ResourceClaimSchema>

/** Upstream's resourceClaimState. */
function stateOf({ metadata, status }: ResourceClaim): string {
  const deleted = metadata.deletionTimestamp ? ['deleted'] : []
  if (!status.allocation) return metadata.deletionTimestamp ? 'deleted' : 'pending'
  return [...deleted, 'allocated', ...(status.reservedFor?.length ? ['reserved'] : [])].join(',')
}

export const ResourceClaim = defineKind(ResourceClaimSchema, {
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceClaim',
  plural: 'resourceclaims',
  namespaced: true,
  inert: true,
  subresources: { status: statusSubresource },
  statusKeeps: 'metadata',
  applyDefaults: claim => ({ ...claim, spec: withClaimDefaults(claim.spec) }),
  prepareSubresource: { status: withoutDeallocated },
  validate: ({ spec }) => validateClaimSpec(spec, 'spec'),
  validateUpdate: validateClaimUpdate,
  validateStatusUpdate: validateClaimStatusUpdate,
  columns: [nameColumn, { name: 'State', type: 'string', description: 'How far it has come.', cell: stateOf }, ageColumn],
})
