import { cidrErrors } from './network-policy-validation.ts'
import { isEqual } from '../../common/equal.ts'
import { ageColumn, nameColumn } from '../columns.ts'
import { defineKind, statusSubresource } from '../kind.ts'
import { Condition, ObjectMeta } from '../meta.ts'
import { fieldInvalid, fieldRequired } from '../schema/field-error.ts'
import { embedded, list, listMap, message, optional, stored, string, type Static } from '../schema/schema.ts'

export const ServiceCIDRSpec = message('io.k8s.api.networking.v1.ServiceCIDRSpec', 'Ranges of addresses.', {
  cidrs: optional(1, list(string()), 'One range, or one of each family; they cannot be changed.'),
})
export type ServiceCIDRSpec = Static<typeof ServiceCIDRSpec>

export const ServiceCIDRStatus = message('io.k8s.api.networking.v1.ServiceCIDRStatus', 'Whether addresses may be taken from the ranges.', {
  conditions: optional(1, listMap(Condition, ['type']), 'Aspects of the state: Ready.'),
})
export type ServiceCIDRStatus = Static<typeof ServiceCIDRStatus>

export const ServiceCIDRSchema = message('io.k8s.api.networking.v1.ServiceCIDR', 'Ranges from which services get their addresses.', {
  apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
  kind: stored(0, string(), 'What the object is: ServiceCIDR.'),
  metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
  spec: embedded(2, ServiceCIDRSpec, 'The ranges.'),
  status: embedded(3, ServiceCIDRStatus, 'Whether addresses may be taken from them.'),
})
export type ServiceCIDR = Static<typeof ServiceCIDRSchema>

export const ServiceCIDR = defineKind(ServiceCIDRSchema, {
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'ServiceCIDR',
  plural: 'servicecidrs',
  namespaced: false,
  generation: true,
  inert: true,
  subresources: { status: statusSubresource },
  validate: ({ spec: { cidrs = [] } }) => [
    ...(cidrs.length > 0 ? [] : [fieldRequired('spec.cidrs', 'at least one CIDR required')]),
    ...(cidrs.length > 2 ? [fieldInvalid('spec.cidrs', cidrs, 'may only hold up to 2 values')] : []),
    ...cidrs.flatMap((cidr, index) => cidrErrors(cidr, `spec.cidrs[${index}]`)),
  ],
  validateUpdate: (next, current) =>
    isEqual(next.spec, current.spec) ? [] : [fieldInvalid('spec.cidrs', next.spec.cidrs, 'field is immutable')],
  columns: [
    nameColumn,
    { name: 'CIDRs', type: 'string', description: 'The ranges.', cell: ({ spec }) => (spec.cidrs ?? []).join(',') },
    ageColumn,
  ],
})
