import { ageColumn, nameColumn } from '../columns.ts'
import { defineKind } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import { embedded, message, required, stored, string, type Static } from '../schema/schema.ts'
import { ResourceClaimSpec, withClaimDefaults } from './resource-claim-spec.ts'
import { validateTemplate, validateTemplateUpdate } from './resource-claim-validation.ts'

export const ResourceClaimTemplateSpec = message(
  'io.k8s.api.resource.v1.ResourceClaimTemplateSpec',
  'What the claims look like that are made from a template.',
  {
    metadata: embedded(1, ObjectMeta, 'Labels and annotations that they get.'),
    spec: required(2, ResourceClaimSpec, 'What they want.'),
  },
)
export type ResourceClaimTemplateSpec = Static<typeof ResourceClaimTemplateSpec>

export const ResourceClaimTemplateSchema = message(
  'io.k8s.api.resource.v1.ResourceClaimTemplate',
  'What claims look like that are made for pods, one for each.',
  {
    apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
    kind: stored(0, string(), 'What the object is: ResourceClaimTemplate.'),
    metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
    spec: required(2, ResourceClaimTemplateSpec, 'What the claims look like; it cannot be changed.'),
  },
)
export type ResourceClaimTemplate = Static<typeof ResourceClaimTemplateSchema>

export const ResourceClaimTemplate = defineKind(ResourceClaimTemplateSchema, {
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceClaimTemplate',
  plural: 'resourceclaimtemplates',
  namespaced: true,
  inert: true,
  applyDefaults: template => ({ ...template, spec: { ...template.spec, spec: withClaimDefaults(template.spec.spec) } }),
  validate: validateTemplate,
  validateUpdate: validateTemplateUpdate,
  columns: [nameColumn, ageColumn],
})
