import { validatePriorityClass, validatePriorityClassUpdate } from './priority-class-validation.ts'
import { ageColumn, nameColumn } from '../columns.ts'
import { defineKind } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import { boolean, embedded, int32, message, oneOf, optional, stored, string, type Static } from '../schema/schema.ts'

export const PriorityClassSchema = message('io.k8s.api.scheduling.v1.PriorityClass', 'How important pods are that name it.', {
  apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
  kind: stored(0, string(), 'What the object is: PriorityClass.'),
  metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
  value: embedded(2, int32(), 'The priority: of two pods the one with the higher number is more important. It cannot be changed.'),
  globalDefault: optional(3, boolean(), 'When true it holds for pods that name no class; at most one class may say so.'),
  description: optional(4, string(), 'When to use it.'),
  preemptionPolicy: optional(
    5,
    oneOf(['Never', 'PreemptLowerPriority'], { default: 'PreemptLowerPriority', presence: 'pointer' }),
    'Whether its pods may push out less important ones: PreemptLowerPriority or Never.',
  ),
})
export type PriorityClass = Static<typeof PriorityClassSchema>

export const PriorityClass = defineKind(PriorityClassSchema, {
  group: 'scheduling.k8s.io',
  version: 'v1',
  kind: 'PriorityClass',
  plural: 'priorityclasses',
  shortNames: ['pc'],
  namespaced: false,
  generation: true,
  validate: validatePriorityClass,
  validateUpdate: validatePriorityClassUpdate,
  columns: [
    nameColumn,
    { name: 'Value', type: 'integer', description: 'The priority.', cell: priority => priority.value },
    {
      name: 'Global-Default',
      type: 'boolean',
      description: 'Whether it holds for pods that name no class.',
      cell: priority => priority.globalDefault ?? false,
    },
    ageColumn,
    {
      name: 'PreemptionPolicy',
      type: 'string',
      description: 'Whether its pods may push out others.',
      cell: priority => priority.preemptionPolicy ?? '',
    },
  ],
})
