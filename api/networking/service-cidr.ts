import { isIP } from 'node:net'
import { cidrErrors } from './network-policy-validation.ts'
import { isCidr } from '../../common/cidr.ts'
import { isEqual } from '../../common/equal.ts'
import { ageColumn, nameColumn } from '../columns.ts'
import { defineKind, statusSubresource } from '../kind.ts'
import { Condition, ObjectMeta } from '../meta.ts'
import { fieldInvalid, fieldRequired, type FieldError } from '../schema/field-error.ts'
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

/** One range of each family. */
const isDual = (cidrs: readonly string[]): boolean =>
  cidrs.every(isCidr) && new Set(cidrs.map(cidr => isIP(cidr.split('/')[0] ?? ''))).size === cidrs.length

function validateRanges(spec: ServiceCIDRSpec): FieldError[] {
  const { cidrs = [] } = spec
  if (cidrs.length === 0) return [fieldRequired('spec.cidrs', 'at least one CIDR required')]
  if (cidrs.length > 2) return [fieldInvalid('spec.cidrs', spec, 'may only hold up to 2 values')]
  if (cidrs.length === 2 && !isDual(cidrs)) {
    const detail = 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64'
    return [fieldInvalid('spec.cidrs', spec, detail)]
  }
  return cidrs.flatMap((cidr, index) => cidrErrors(cidr, `spec.cidrs[${index}]`))
}

export const ServiceCIDR = defineKind(ServiceCIDRSchema, {
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'ServiceCIDR',
  plural: 'servicecidrs',
  namespaced: false,
  generation: true,
  subresources: { status: statusSubresource },
  validate: ({ spec }) => validateRanges(spec),
  validateUpdate: (next, current) =>
    isEqual(next.spec, current.spec) ? [] : [fieldInvalid('spec.cidrs', next.spec.cidrs, 'field is immutable')],
  columns: [
    nameColumn,
    { name: 'CIDRs', type: 'string', description: 'The ranges.', cell: ({ spec }) => (spec.cidrs ?? []).join(',') },
    ageColumn,
  ],
})
