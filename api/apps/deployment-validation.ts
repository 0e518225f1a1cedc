import type { Deployment, DeploymentSpec, DeploymentStrategy, RollingUpdateDeployment } from './deployment.ts'
import { amountOf, internalStrategy, validateAmount, validateAtMostAll } from './rolling-update-validation.ts'
import {
  decrementedErrors,
  immutableSelectorErrors,
  nonNegativeErrors,
  validateReplicasTemplate,
  validateSelector,
} from './template-validation.ts'
import { fieldForbidden, fieldInvalid, fieldNotSupported, fieldRequired, type FieldError } from '../schema/field-error.ts'

export const validateDeployment = ({ spec }: Deployment): FieldError[] => [
  ...nonNegativeErrors(spec.replicas, 'spec.replicas'),
  ...validateSelector(spec),
  ...validateReplicasTemplate(spec),
  ...validateStrategy(spec.strategy),
  ...nonNegativeErrors(spec.minReadySeconds, 'spec.minReadySeconds'),
  ...nonNegativeErrors(spec.revisionHistoryLimit, 'spec.revisionHistoryLimit'),
  ...validateDeadline(spec),
]

export const validateDeploymentUpdate = (next: Deployment, current: Deployment): FieldError[] => [
  ...validateDeployment(next),
  ...immutableSelectorErrors<DeploymentSpec>(next.spec, current.spec),
]

function validateDeadline({ progressDeadlineSeconds, minReadySeconds = 0 }: DeploymentSpec): FieldError[] {
  if (progressDeadlineSeconds === undefined) return []
  const path = 'spec.progressDeadlineSeconds'
  return [
    ...nonNegativeErrors(progressDeadlineSeconds, path),
    ...(progressDeadlineSeconds <= minReadySeconds
      ? [fieldInvalid(path, progressDeadlineSeconds, 'must be greater than minReadySeconds')]
      : []),
  ]
}

function validateStrategy(strategy: DeploymentStrategy): FieldError[] {
  const { type, rollingUpdate } = strategy
  const path = 'spec.strategy.rollingUpdate'
  if (type === 'Recreate') {
    return rollingUpdate ? [fieldForbidden(path, "may not be specified when strategy `type` is 'Recreate'")] : []
  }
  if (type !== 'RollingUpdate')
    return [
      fieldNotSupported('spec.strategy', internalStrategy(strategy, { maxUnavailable: 0, maxSurge: 0 }), ['Recreate', 'RollingUpdate']),
    ]
  return rollingUpdate ? validateRollingUpdate(rollingUpdate, path) : [fieldRequired(path, 'this should be defaulted and never be nil')]
}

function validateRollingUpdate({ maxUnavailable = 0, maxSurge = 0 }: RollingUpdateDeployment, path: string): FieldError[] {
  const unavailablePath = `${path}.maxUnavailable`
  return [
    ...validateAmount(maxUnavailable, unavailablePath),
    ...validateAmount(maxSurge, `${path}.maxSurge`),
    ...(amountOf(maxUnavailable) === 0 && amountOf(maxSurge) === 0
      ? [fieldInvalid(unavailablePath, maxUnavailable, 'may not be 0 when `maxSurge` is 0')]
      : []),
    ...validateAtMostAll(maxUnavailable, unavailablePath),
  ]
}

export function validateDeploymentStatus({ status }: Deployment, current: Deployment): FieldError[] {
  const { replicas = 0, updatedReplicas = 0, readyReplicas = 0, availableReplicas = 0 } = status
  const counts = ['observedGeneration', 'replicas', 'updatedReplicas', 'readyReplicas', 'availableReplicas'] as const
  const more = ['unavailableReplicas', 'collisionCount'] as const
  const tooMany = (field: string, value: number, than: string) => fieldInvalid(`status.${field}`, value, `cannot be greater than ${than}`)
  return [
    ...[...counts, ...more].flatMap(field => nonNegativeErrors(status[field], `status.${field}`)),
    ...(updatedReplicas > replicas ? [tooMany('updatedReplicas', updatedReplicas, 'status.replicas')] : []),
    ...(readyReplicas > replicas ? [tooMany('readyReplicas', readyReplicas, 'status.replicas')] : []),
    ...(availableReplicas > replicas ? [tooMany('availableReplicas', availableReplicas, 'status.replicas')] : []),
    ...(availableReplicas > readyReplicas ? [tooMany('availableReplicas', availableReplicas, 'readyReplicas')] : []),
    ...decrementedErrors(status.collisionCount, current.status.collisionCount),
  ]
}
