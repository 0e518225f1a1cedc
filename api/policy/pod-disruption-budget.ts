import { validateRollingAmount } from '../apps/rolling-update-validation.ts'
import { nonNegativeErrors } from '../apps/template-validation.ts'
import { ageColumn, nameColumn } from '../columns.ts'
import { defineKind, statusSubresource } from '../kind.ts'
import { validateLabelSelector } from '../label-selector.ts'
import { Condition, LabelSelector, ObjectMeta } from '../meta.ts'
import { fieldInvalid, fieldNotSupported, type FieldError } from '../schema/field-error.ts'
import {
  embedded,
  int32,
  int64,
  intOrString,
  listMap,
  map,
  message,
  oneOf,
  optional,
  stored,
  string,
  time,
  type Static,
} from '../schema/schema.ts'

export const PodDisruptionBudgetSpec = message('io.k8s.api.policy.v1.PodDisruptionBudgetSpec', 'How many of which pods may be missing.', {
  minAvailable: optional(
    1,
    intOrString({ presence: 'pointer' }),
    'How many pods must stay, as a number or a percentage; not together with maxUnavailable.',
  ),
  selector: optional(
    2,
    { ...LabelSelector, 'x-kubernetes-patch-strategy': 'replace' },
    'Which pods it is about; an empty one selects all of the namespace.',
  ),
  maxUnavailable: optional(3, intOrString({ presence: 'pointer' }), 'How many pods may be missing, as a number or a percentage.'),
  unhealthyPodEvictionPolicy: optional(
    4,
    oneOf(['AlwaysAllow', 'IfHealthyBudget'], { presence: 'pointer' }),
    'When pods that are not ready may be evicted: always, or when enough others are healthy.',
  ),
})
export type PodDisruptionBudgetSpec = Static<typeof PodDisruptionBudgetSpec>

export const PodDisruptionBudgetStatus = message('io.k8s.api.policy.v1.PodDisruptionBudgetStatus', 'How many pods may be disrupted now.', {
  observedGeneration: optional(1, int64(), 'Generation of the spec that this status is about.'),
  disruptedPods: optional(2, map(time()), 'Pods whose eviction has begun, and when, by name.'),
  disruptionsAllowed: embedded(3, int32(), 'How many pods may be evicted now.'),
  currentHealthy: embedded(4, int32(), 'How many pods are healthy.'),
  desiredHealthy: embedded(5, int32(), 'How many pods must be healthy.'),
  expectedPods: embedded(6, int32(), 'How many pods there should be.'),
  conditions: optional(7, listMap(Condition, ['type']), 'Aspects of the state: DisruptionAllowed.'),
})
export type PodDisruptionBudgetStatus = Static<typeof PodDisruptionBudgetStatus>

export const PodDisruptionBudgetSchema = message(
  'io.k8s.api.policy.v1.PodDisruptionBudget',
  'Limits how many pods are evicted at the same time.',
  {
    apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
    kind: stored(0, string(), 'What the object is: PodDisruptionBudget.'),
    metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
    spec: embedded(2, PodDisruptionBudgetSpec, 'How many of which pods may be missing.'),
    status: embedded(3, PodDisruptionBudgetStatus, 'How many pods may be disrupted now.'),
  },
)
export type PodDisruptionBudget = Static<typeof PodDisruptionBudgetSchema>

export const PodDisruptionBudget = defineKind(PodDisruptionBudgetSchema, {
  group: 'policy',
  version: 'v1',
  kind: 'PodDisruptionBudget',
  plural: 'poddisruptionbudgets',
  shortNames: ['pdb'],
  namespaced: true,
  generation: true,
  subresources: { status: statusSubresource },
  validate: validateBudget,
  validateStatusUpdate: ({ status }) =>
    (['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'] as const).flatMap(name =>
      nonNegativeErrors(status[name], `status.${name}`),
    ),
  columns: [
    nameColumn,
    { name: 'Min Available', type: 'string', description: 'Pods that must stay.', cell: ({ spec }) => String(spec.minAvailable ?? 'N/A') },
    {
      name: 'Max Unavailable',
      type: 'string',
      description: 'Pods that may be missing.',
      cell: ({ spec }) => String(spec.maxUnavailable ?? 'N/A'),
    },
    {
      name: 'Allowed Disruptions',
      type: 'integer',
      description: 'Pods that may be evicted now.',
      cell: ({ status }) => status.disruptionsAllowed,
    },
    ageColumn,
  ],
})

function validateBudget({ spec }: PodDisruptionBudget): FieldError[] {
  const { minAvailable, maxUnavailable, unhealthyPodEvictionPolicy: policy } = spec
  const policies = ['AlwaysAllow', 'IfHealthyBudget'] as const
  return [
    ...(minAvailable !== undefined && maxUnavailable !== undefined
      ? [fieldInvalid('spec', asGoPrints(spec), 'minAvailable and maxUnavailable cannot be both set')]
      : []),
    ...(minAvailable === undefined ? [] : validateRollingAmount(minAvailable, 'spec.minAvailable')),
    ...(maxUnavailable === undefined ? [] : validateRollingAmount(maxUnavailable, 'spec.maxUnavailable')),
    ...validateLabelSelector(spec.selector, 'spec.selector'),
    ...(policy === undefined || policies.includes(policy) ? [] : [fieldNotSupported('spec.unhealthyPodEvictionPolicy', policy, policies)]),
  ]
}

/** The spec as upstream's messages show it: under the names of its fields in Go. */
const asGoPrints = ({ minAvailable, selector, maxUnavailable, unhealthyPodEvictionPolicy }: PodDisruptionBudgetSpec) => ({
  MinAvailable: minAvailable,
  Selector: selector ?? null,
  MaxUnavailable: maxUnavailable,
  UnhealthyPodEvictionPolicy: unhealthyPodEvictionPolicy ?? null,
})
