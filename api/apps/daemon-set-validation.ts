import type { DaemonSet, DaemonSetSpec, RollingUpdateDaemonSet } from './daemon-set.ts'
import { amountOf, internalStrategy, validateAmount, validateAtMostAll } from './rolling-update-validation.ts'
import { decrementedErrors, immutableSelectorErrors, nonNegativeErrors, validSelector } from './template-validation.ts'
import { validatePodTemplateSpec } from '../core/pod-spec-validation.ts'
import { matches, validateLabelSelector } from '../label-selector.ts'
import { fieldForbidden, fieldInvalid, fieldNotSupported, fieldRequired, type FieldError } from '../schema/field-error.ts'

export const validateDaemonSet = ({ spec }: DaemonSet): FieldError[] => [
  ...validateSelector(spec),
  ...validatePodTemplateSpec(spec.template, 'spec.template'),
  ...validateLife(spec),
  ...nonNegativeErrors(spec.minReadySeconds, 'spec.minReadySeconds'),
  ...validateUpdateStrategy(spec),
  ...nonNegativeErrors(spec.revisionHistoryLimit, 'spec.revisionHistoryLimit'),
]

function validateSelector({ selector, template }: Partial<DaemonSetSpec>): FieldError[] {
  const path = 'spec.selector'
  const parsed = validSelector(selector)
  const labels = template?.metadata.labels
  const empty = selector && Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length === 0
  return [
    ...validateLabelSelector(selector, path),
    ...(parsed && !matches(parsed, labels)
      ? [fieldInvalid('spec.template.metadata.labels', labels ?? null, '`selector` does not match template `labels`')]
      : []),
    ...(empty ? [fieldInvalid(path, selector, 'empty selector is invalid for daemonset')] : []),
  ]
}

/** Daemons run for ever. */
function validateLife({ template }: DaemonSetSpec): FieldError[] {
  const { restartPolicy = '', activeDeadlineSeconds } = template.spec
  const path = 'spec.template.spec'
  return [
    ...(restartPolicy === 'Always' ? [] : [fieldNotSupported(`${path}.restartPolicy`, restartPolicy, ['Always'])]),
    ...(activeDeadlineSeconds === undefined
      ? []
      : [fieldForbidden(`${path}.activeDeadlineSeconds`, 'activeDeadlineSeconds in DaemonSet is not Supported')]),
  ]
}

function validateUpdateStrategy({ updateStrategy }: DaemonSetSpec): FieldError[] {
  const { type, rollingUpdate } = updateStrategy
  if (type === 'OnDelete') return []
  if (type !== 'RollingUpdate')
    return [
      fieldNotSupported('spec.updateStrategy', internalStrategy(updateStrategy, { maxUnavailable: 0, maxSurge: 0 }), [
        'RollingUpdate',
        'OnDelete',
      ]),
    ]
  const path = 'spec.updateStrategy.rollingUpdate'
  return rollingUpdate ? validateRollingUpdate(rollingUpdate, path) : [fieldRequired(path)]
}

/** Exactly one of the two says how far an update may go. */
function validateRollingUpdate({ maxUnavailable = 0, maxSurge = 0 }: RollingUpdateDaemonSet, path: string): FieldError[] {
  const [hasUnavailable, hasSurge] = [amountOf(maxUnavailable) !== 0, amountOf(maxSurge) !== 0]
  return [
    ...validateAmount(maxUnavailable, `${path}.maxUnavailable`),
    ...validateAtMostAll(maxUnavailable, `${path}.maxUnavailable`),
    ...validateAmount(maxSurge, `${path}.maxSurge`),
    ...validateAtMostAll(maxSurge, `${path}.maxSurge`),
    ...(hasUnavailable && hasSurge ? [fieldInvalid(`${path}.maxSurge`, maxSurge, 'may not be set when maxUnavailable is non-zero')] : []),
    ...(!hasUnavailable && !hasSurge ? [fieldRequired(`${path}.maxUnavailable`, 'cannot be 0 when maxSurge is 0')] : []),
  ]
}

export const validateDaemonSetUpdate = (next: DaemonSet, current: DaemonSet): FieldError[] => [
  ...validateDaemonSet(next),
  ...immutableSelectorErrors<DaemonSetSpec>(next.spec, current.spec),
]

export function validateDaemonSetStatus({ status }: DaemonSet, current: DaemonSet): FieldError[] {
  const counts = [
    'currentNumberScheduled',
    'numberMisscheduled',
    'desiredNumberScheduled',
    'numberReady',
    'observedGeneration',
    'updatedNumberScheduled',
    'numberAvailable',
    'numberUnavailable',
    'collisionCount',
  ] as const
  return [
    ...counts.flatMap(name => nonNegativeErrors(status[name], `status.${name}`)),
    ...decrementedErrors(status.collisionCount, current.status.collisionCount),
  ]
}
