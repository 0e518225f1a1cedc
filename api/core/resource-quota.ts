import { validateResourceQuota, validateResourceQuotaStatus, validateResourceQuotaUpdate } from './resource-quota-validation.ts'
import { ageColumn, nameColumn } from '../columns.ts'
import { defineKind, statusSubresource } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import { atomicMessage, embedded, list, map, message, optional, quantity, required, stored, string, type Static } from '../schema/schema.ts'

export const ScopedResourceSelectorRequirement = atomicMessage(
  'io.k8s.api.core.v1.ScopedResourceSelectorRequirement',
  'A rule about which objects count.',
  {
    scopeName: required(
      1,
      string(),
      'What the rule looks at: Terminating, NotTerminating, BestEffort, NotBestEffort, PriorityClass, CrossNamespacePodAffinity or VolumeAttributesClass.',
    ),
    operator: required(2, string(), 'How: In, NotIn, Exists or DoesNotExist.'),
    values: optional(3, list(string()), 'The values, for In and NotIn.'),
  },
)
export type ScopedResourceSelectorRequirement = Static<typeof ScopedResourceSelectorRequirement>

export const ScopeSelector = atomicMessage('io.k8s.api.core.v1.ScopeSelector', 'Selects the objects that count.', {
  matchExpressions: optional(1, list(ScopedResourceSelectorRequirement), 'Rules, all of which must hold.'),
})
export type ScopeSelector = Static<typeof ScopeSelector>

export const ResourceQuotaSpec = message('io.k8s.api.core.v1.ResourceQuotaSpec', 'How much may be used.', {
  hard: optional(1, map(quantity()), 'The most that may be used, by resource.'),
  scopes: optional(2, list(string()), 'What must be true of an object for it to count.'),
  scopeSelector: optional(3, ScopeSelector, 'Further rules about which objects count.'),
})
export type ResourceQuotaSpec = Static<typeof ResourceQuotaSpec>

export const ResourceQuotaStatus = message('io.k8s.api.core.v1.ResourceQuotaStatus', 'How much is used.', {
  hard: optional(1, map(quantity()), 'The limits that are enforced.'),
  used: optional(2, map(quantity()), 'How much is used of each resource.'),
})
export type ResourceQuotaStatus = Static<typeof ResourceQuotaStatus>

export const ResourceQuotaSchema = message('io.k8s.api.core.v1.ResourceQuota', 'Limits what all objects of a namespace may use together.', {
  apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
  kind: stored(0, string(), 'What the object is: ResourceQuota.'),
  metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
  spec: embedded(2, ResourceQuotaSpec, 'How much may be used.'),
  status: embedded(3, ResourceQuotaStatus, 'How much is used.'),
})
export type ResourceQuota = Static<typeof ResourceQuotaSchema>

export const ResourceQuota = defineKind(ResourceQuotaSchema, {
  group: '',
  version: 'v1',
  kind: 'ResourceQuota',
  plural: 'resourcequotas',
  shortNames: ['quota'],
  namespaced: true,
  subresources: { status: statusSubresource },
  validate: validateResourceQuota,
  validateUpdate: validateResourceQuotaUpdate,
  validateStatusUpdate: validateResourceQuotaStatus,
  columns: [
    nameColumn,
    {
      name: 'Request',
      type: 'string',
      description: 'Used and allowed, of everything but limits.',
      cell: quota => usage(quota, name => !name.startsWith('limits.')),
    },
    {
      name: 'Limit',
      type: 'string',
      description: 'Used and allowed limits.',
      cell: quota => usage(quota, name => name.startsWith('limits.')),
    },
    ageColumn,
  ],
})

/** `cpu: 1/2, memory: 1Gi/2Gi` */
function usage({ status }: ResourceQuota, wanted: (name: string) => boolean): string {
  const names = Object.keys(status.hard ?? {})
    .filter(wanted)
    .sort()
  return names.map(name => `${name}: ${status.used?.[name] ?? '0'}/${status.hard?.[name] ?? '0'}`).join(', ')
}
