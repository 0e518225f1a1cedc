import { validatePriorityLevel } from './priority-level-validation.ts'
import { ageColumn, nameColumn } from '../columns.ts'
import { defineKind, statusSubresource } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import { embedded, int32, listMap, message, optional, required, stored, string, time, type Static } from '../schema/schema.ts'

export const QueuingConfiguration = message('io.k8s.api.flowcontrol.v1.QueuingConfiguration', 'How requests wait.', {
  queues: embedded(1, int32({ default: 64 }), 'How many queues there are.'),
  handSize: embedded(2, int32({ default: 8 }), 'Among how many queues each flow is spread.'),
  queueLengthLimit: embedded(3, int32({ default: 50 }), 'How many requests may wait in a queue.'),
})
export type QueuingConfiguration = Static<typeof QueuingConfiguration>

export const LimitResponse = message('io.k8s.api.flowcontrol.v1.LimitResponse', 'What happens to requests that are too many.', {
  type: required(1, string(), 'Queue lets them wait, Reject refuses them.'),
  queuing: optional(2, QueuingConfiguration, 'How they wait.'),
})
export type LimitResponse = Static<typeof LimitResponse>

export const LimitedPriorityLevelConfiguration = message(
  'io.k8s.api.flowcontrol.v1.LimitedPriorityLevelConfiguration',
  'How many requests are served at the same time.',
  {
    nominalConcurrencyShares: optional(1, int32({ default: 30, presence: 'pointer' }), 'Share of the whole that belongs to the level.'),
    limitResponse: embedded(2, LimitResponse, 'What happens to requests that are too many.'),
    lendablePercent: optional(3, int32({ default: 0, presence: 'pointer' }), 'How much of its share others may use, in percent.'),
    borrowingLimitPercent: optional(
      4,
      int32({ presence: 'pointer' }),
      'How much it may use of others, in percent of its share; as much as there is by default.',
    ),
  },
)
export type LimitedPriorityLevelConfiguration = Static<typeof LimitedPriorityLevelConfiguration>

export const ExemptPriorityLevelConfiguration = message(
  'io.k8s.api.flowcontrol.v1.ExemptPriorityLevelConfiguration',
  'How much of the whole is kept for requests that never wait.',
  {
    nominalConcurrencyShares: optional(1, int32({ default: 0, presence: 'pointer' }), 'Share of the whole that belongs to the level.'),
    lendablePercent: optional(2, int32({ default: 0, presence: 'pointer' }), 'How much of its share others may use, in percent.'),
  },
)
export type ExemptPriorityLevelConfiguration = Static<typeof ExemptPriorityLevelConfiguration>

export const PriorityLevelConfigurationSpec = message(
  'io.k8s.api.flowcontrol.v1.PriorityLevelConfigurationSpec',
  'How requests of a priority level are served.',
  {
    type: required(1, string(), 'Limited, or Exempt for requests that never wait.'),
    limited: optional(2, LimitedPriorityLevelConfiguration, 'How many are served at the same time.'),
    exempt: optional(3, ExemptPriorityLevelConfiguration, 'How much is kept for requests that never wait.'),
  },
)
export type PriorityLevelConfigurationSpec = Static<typeof PriorityLevelConfigurationSpec>

export const PriorityLevelConfigurationCondition = message(
  'io.k8s.api.flowcontrol.v1.PriorityLevelConfigurationCondition',
  'One aspect of the state of a priority level.',
  {
    type: optional(1, string(), 'Which aspect this is about.'),
    status: optional(2, string(), 'True, False or Unknown.'),
    lastTransitionTime: optional(3, time(), 'When the status last changed.'),
    reason: optional(4, string(), 'A word for programs that says why.'),
    message: optional(5, string(), 'A sentence for people that says why.'),
  },
)
export type PriorityLevelConfigurationCondition = Static<typeof PriorityLevelConfigurationCondition>

export const PriorityLevelConfigurationStatus = message(
  'io.k8s.api.flowcontrol.v1.PriorityLevelConfigurationStatus',
  'The state of a priority level.',
  {
    conditions: optional(1, listMap(PriorityLevelConfigurationCondition, ['type']), 'Aspects of the state.'),
  },
)
export type PriorityLevelConfigurationStatus = Static<typeof PriorityLevelConfigurationStatus>

export const PriorityLevelConfigurationSchema = message(
  'io.k8s.api.flowcontrol.v1.PriorityLevelConfiguration',
  'Says how many requests of a priority level are served at the same time.',
  {
    apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
    kind: stored(0, string(), 'What the object is: PriorityLevelConfiguration.'),
    metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
    spec: embedded(2, PriorityLevelConfigurationSpec, 'How its requests are served.'),
    status: embedded(3, PriorityLevelConfigurationStatus, 'Its state.'),
  },
)
export type PriorityLevelConfiguration = Static<typeof PriorityLevelConfigurationSchema>

export const PriorityLevelConfiguration = defineKind(PriorityLevelConfigurationSchema, {
  group: 'flowcontrol.apiserver.k8s.io',
  version: 'v1',
  kind: 'PriorityLevelConfiguration',
  plural: 'prioritylevelconfigurations',
  namespaced: false,
  generation: true,
  subresources: { status: statusSubresource },
  statusKeeps: 'metadata',
  applyDefaults: level =>
    level.spec.type === 'Exempt' && !level.spec.exempt
      ? { ...level, spec: { ...level.spec, exempt: { nominalConcurrencyShares: 0, lendablePercent: 0 } } }
      : level,
  validate: validatePriorityLevel,
  columns: [
    nameColumn,
    { name: 'Type', type: 'string', description: 'Whether its requests are limited.', cell: ({ spec }) => spec.type },
    {
      name: 'NominalConcurrencyShares',
      type: 'string',
      description: 'Its share of the whole.',
      cell: ({ spec }) => (spec.limited ?? spec.exempt)?.nominalConcurrencyShares ?? '<none>',
    },
    {
      name: 'Queues',
      type: 'string',
      description: 'Number of queues.',
      cell: ({ spec }) => spec.limited?.limitResponse.queuing?.queues ?? '<none>',
    },
    {
      name: 'HandSize',
      type: 'string',
      description: 'Queues that each flow is spread among.',
      cell: ({ spec }) => spec.limited?.limitResponse.queuing?.handSize ?? '<none>',
    },
    {
      name: 'QueueLengthLimit',
      type: 'string',
      description: 'Requests that may wait in a queue.',
      cell: ({ spec }) => spec.limited?.limitResponse.queuing?.queueLengthLimit ?? '<none>',
    },
    ageColumn,
  ],
})
