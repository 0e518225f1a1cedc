import type { ReplicaSet, ReplicaSetSpec } from './replica-set.ts'
import { immutableSelectorErrors, nonNegativeErrors, validateReplicasTemplate, validateSelector } from './template-validation.ts'
import type { FieldError } from '../schema/field-error.ts'
import { fieldInvalid } from '../schema/field-error.ts'

export const validateReplicaSet = ({ spec }: ReplicaSet): FieldError[] => [
  ...nonNegativeErrors(spec.replicas, 'spec.replicas'),
  ...nonNegativeErrors(spec.minReadySeconds, 'spec.minReadySeconds'),
  ...validateSelector(spec),
  ...validateReplicasTemplate(spec),
]

export const validateReplicaSetUpdate = (next: ReplicaSet, current: ReplicaSet): FieldError[] => [
  ...validateReplicaSet(next),
  ...immutableSelectorErrors<ReplicaSetSpec>(next.spec, current.spec),
]

export function validateReplicaSetStatus({ status }: Pick<ReplicaSet, 'status'>): FieldError[] {
  const { replicas = 0, fullyLabeledReplicas = 0, readyReplicas = 0, availableReplicas = 0, observedGeneration } = status
  const tooMany = (field: string, value: number, than: string) => fieldInvalid(`status.${field}`, value, `cannot be greater than ${than}`)
  return [
    ...nonNegativeErrors(replicas, 'status.replicas'),
    ...nonNegativeErrors(fullyLabeledReplicas, 'status.fullyLabeledReplicas'),
    ...nonNegativeErrors(readyReplicas, 'status.readyReplicas'),
    ...nonNegativeErrors(availableReplicas, 'status.availableReplicas'),
    ...nonNegativeErrors(observedGeneration, 'status.observedGeneration'),
    ...(fullyLabeledReplicas > replicas ? [tooMany('fullyLabeledReplicas', fullyLabeledReplicas, 'status.replicas')] : []),
    ...(readyReplicas > replicas ? [tooMany('readyReplicas', readyReplicas, 'status.replicas')] : []),
    ...(availableReplicas > replicas ? [tooMany('availableReplicas', availableReplicas, 'status.replicas')] : []),
    ...(availableReplicas > readyReplicas ? [tooMany('availableReplicas', availableReplicas, 'readyReplicas')] : []),
  ]
}
