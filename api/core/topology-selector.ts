import { atomicMessage, list, message, optional, required, string, type Static } from '../schema/schema.ts'

export const TopologySelectorLabelRequirement = message(
  'io.k8s.api.core.v1.TopologySelectorLabelRequirement',
  'Values that a label of a node may have.',
  {
    key: required(1, string(), 'The label.'),
    values: required(2, list(string()), 'The values, one of which it must have.'),
  },
)
export type TopologySelectorLabelRequirement = Static<typeof TopologySelectorLabelRequirement>

export const TopologySelectorTerm = atomicMessage('io.k8s.api.core.v1.TopologySelectorTerm', 'Selects nodes by their labels.', {
  matchLabelExpressions: optional(1, list(TopologySelectorLabelRequirement), 'Rules about labels, all of which must hold.'),
})
export type TopologySelectorTerm = Static<typeof TopologySelectorTerm>
