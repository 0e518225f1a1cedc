import { withLimitRangeDefaults } from './limit-range-defaults.ts'
import { validateLimitRange } from './limit-range-validation.ts'
import { createdAtColumn, nameColumn } from '../columns.ts'
import { defineKind } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import { embedded, list, map, message, optional, quantity, required, stored, string, type Static } from '../schema/schema.ts'

export const LimitRangeItem = message('io.k8s.api.core.v1.LimitRangeItem', 'What one kind of thing may use.', {
  type: required(1, string(), 'What is limited: Pod, Container or PersistentVolumeClaim.'),
  max: optional(2, map(quantity()), 'The most of each resource that one may ask for.'),
  min: optional(3, map(quantity()), 'The least of each resource that one may ask for.'),
  default: optional(4, map(quantity()), 'Limits of containers that name none.'),
  defaultRequest: optional(5, map(quantity()), 'Requests of containers that name none.'),
  maxLimitRequestRatio: optional(6, map(quantity()), 'How many times its request a limit may be.'),
})
export type LimitRangeItem = Static<typeof LimitRangeItem>

export const LimitRangeSpec = message('io.k8s.api.core.v1.LimitRangeSpec', 'What single things may use.', {
  limits: required(1, list(LimitRangeItem), 'The limits, by kind of thing.'),
})
export type LimitRangeSpec = Static<typeof LimitRangeSpec>

export const LimitRangeSchema = message('io.k8s.api.core.v1.LimitRange', 'Limits and defaults of what single objects of a namespace use.', {
  apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
  kind: stored(0, string(), 'What the object is: LimitRange.'),
  metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
  spec: embedded(2, LimitRangeSpec, 'What single things may use.'),
})
export type LimitRange = Static<typeof LimitRangeSchema>

export const LimitRange = defineKind(LimitRangeSchema, {
  group: '',
  version: 'v1',
  kind: 'LimitRange',
  plural: 'limitranges',
  shortNames: ['limits'],
  namespaced: true,
  applyDefaults: withLimitRangeDefaults,
  validate: validateLimitRange,
  columns: [nameColumn, createdAtColumn],
})
