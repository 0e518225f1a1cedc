import { validatePodTemplateSpec } from './pod-spec-validation.ts'
import { PodTemplateSpec } from './pod-spec.ts'
import { warningsForPodTemplate } from './pod-warnings.ts'
import { templateColumns, withTemplateDefaults } from '../apps/pod-template.ts'
import { nameColumn } from '../columns.ts'
import { defineKind } from '../kind.ts'
import { formatLabels } from '../label-selector.ts'
import { ObjectMeta } from '../meta.ts'
import { embedded, message, stored, string, type Static } from '../schema/schema.ts'

export const PodTemplateSchema = message('io.k8s.api.core.v1.PodTemplate', 'A description of pods, kept for whoever makes them.', {
  apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
  kind: stored(0, string(), 'What the object is: PodTemplate.'),
  metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
  template: embedded(2, PodTemplateSpec, 'What the pods look like.'),
})
export type PodTemplate = Static<typeof PodTemplateSchema>

export const PodTemplate = defineKind(PodTemplateSchema, {
  group: '',
  version: 'v1',
  kind: 'PodTemplate',
  plural: 'podtemplates',
  namespaced: true,
  generation: true,
  applyDefaults: object => ({ ...object, template: withTemplateDefaults(object.template) }),
  validate: ({ template }) => validatePodTemplateSpec(template, 'template'),
  warnings: ({ template }) => warningsForPodTemplate(template, 'template'),
  columns: [
    nameColumn,
    ...templateColumns.map(({ priority: _, cell, ...column }) => ({
      ...column,
      cell: (object: PodTemplate, now: Date) => cell({ ...object, spec: { template: object.template } }, now),
    })),
    {
      name: 'Pod Labels',
      type: 'string',
      description: 'Labels that the pods get.',
      cell: ({ template }) => formatLabels(template.metadata.labels),
    },
  ],
})
