import { validatePodTemplateSpec } from '../core/pod-spec-validation.ts'
import type { PodTemplateSpec } from '../core/pod-spec.ts'
import { matches, selectorFromObject, validateLabelSelector, type Selector } from '../label-selector.ts'
import type { LabelSelector } from '../meta.ts'
import { fieldForbidden, fieldInvalid, fieldNotSupported, fieldRequired, type FieldError } from '../schema/field-error.ts'
import { isEqual } from '../../common/equal.ts'

/** What Deployments and ReplicaSets have in common. A selector that was left out is absent, whatever its type says. */
interface TemplatedSpec {
  readonly selector?: LabelSelector
  readonly template: PodTemplateSpec
}

export const nonNegativeErrors = (value: number | undefined, path: string): FieldError[] =>
  value !== undefined && value < 0 ? [fieldInvalid(path, value, 'must be greater than or equal to 0')] : []

/** The number of times that a controller met a name that was taken only grows. */
export const decrementedErrors = (next: number | undefined, current: number | undefined): FieldError[] =>
  current !== undefined && (next ?? 0) < current ? [fieldInvalid('status.collisionCount', next ?? 0, 'cannot be decremented')] : []

/** "for deployment" is what upstream says of replica sets too. */
export function validateSelector({ selector }: TemplatedSpec): FieldError[] {
  if (!selector) return [fieldRequired('spec.selector')]
  const errors = validateLabelSelector(selector, 'spec.selector')
  const empty = Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length === 0
  return empty ? [...errors, fieldInvalid('spec.selector', selector, 'empty selector is invalid for deployment')] : errors
}

/** The template must make pods that the selector finds and that run for ever. */
export function validateReplicasTemplate({ selector, template }: TemplatedSpec): FieldError[] {
  const parsed = validSelector(selector)
  if (!parsed) return [fieldInvalid('spec.selector', selector, 'invalid label selector')]
  const path = 'spec.template'
  const { labels } = template.metadata
  const { restartPolicy = '', activeDeadlineSeconds } = template.spec
  return [
    ...(matches(parsed, labels)
      ? []
      : [fieldInvalid(`${path}.metadata.labels`, labels ?? null, '`selector` does not match template `labels`')]),
    ...validatePodTemplateSpec(template, path),
    ...(restartPolicy === 'Always' ? [] : [fieldNotSupported(`${path}.spec.restartPolicy`, restartPolicy, ['Always'])]),
    ...(activeDeadlineSeconds === undefined
      ? []
      : [fieldForbidden(`${path}.spec.activeDeadlineSeconds`, 'activeDeadlineSeconds in ReplicaSet is not Supported')]),
  ]
}

/** Undefined for one with errors, with which nothing can be compared; one that was left out selects nothing. */
export const validSelector = (selector: LabelSelector | undefined): Selector | undefined =>
  validateLabelSelector(selector, 'spec.selector').length > 0 ? undefined : selectorFromObject(selector)

/** Pods of a changed selector would be lost. */
export const immutableSelectorErrors = <S extends TemplatedSpec>(next: S, current: S): FieldError[] =>
  isEqual(next.selector, current.selector) ? [] : [fieldInvalid('spec.selector', next.selector ?? null, 'field is immutable')]
