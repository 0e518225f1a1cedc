import type { JobSpec } from './job-spec.ts'
import { validatePodFailurePolicy, validateSuccessPolicy } from './job-policies-validation.ts'
import type { Job } from './job.ts'
import { isConditionTrue } from '../conditions.ts'
import { nonNegativeErrors } from '../apps/template-validation.ts'
import { invalidAll } from '../core/pod-field-checks.ts'
import { validatePodTemplateSpec } from '../core/pod-spec-validation.ts'
import { matches, selectorFromObject, validateLabelSelector } from '../label-selector.ts'
import { dns1123LabelErrors, domainPrefixedPathErrors } from '../names.ts'
import { validateImmutableField } from '../object-meta-validation.ts'
import { fieldInvalid, fieldNotSupported, fieldRequired, fieldTooLong, type FieldError } from '../schema/field-error.ts'
import { isEqual } from '../../common/equal.ts'

const mostParallelIndexes = 100_000
const manyCompletions = 100_000
const mostParallelWithMany = 10_000
const mostFailedIndexes = 100_000
const mostFailedWithMany = 10_000
const longestManager = 63

/** What holds for the jobs of cron jobs too, whose selector nobody knows yet. */
export function validateJobTemplate(spec: JobSpec, path: string): FieldError[] {
  const counts = ['parallelism', 'completions', 'activeDeadlineSeconds', 'backoffLimit', 'ttlSecondsAfterFinished'] as const
  return [
    ...counts.flatMap(name => nonNegativeErrors(spec[name], `${path}.${name}`)),
    ...nonNegativeErrors(spec.backoffLimitPerIndex, `${path}.backoffLimitPerIndex`),
    ...nonNegativeErrors(spec.maxFailedIndexes, `${path}.maxFailedIndexes`),
    ...(spec.maxFailedIndexes !== undefined && spec.backoffLimitPerIndex === undefined
      ? [fieldRequired(`${path}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified')]
      : []),
    ...validateManager(spec, path),
    ...validateCompletionMode(spec, path),
    ...(spec.podFailurePolicy ? validatePodFailurePolicy(spec, `${path}.podFailurePolicy`) : []),
    ...(spec.successPolicy ? validateSuccessPolicy(spec, `${path}.successPolicy`) : []),
    ...validateReplacement(spec, `${path}.podReplacementPolicy`),
    ...validatePodTemplateSpec(spec.template, `${path}.template`),
    ...validateRestart(spec, `${path}.template.spec.restartPolicy`),
  ]
}

function validateManager({ managedBy }: JobSpec, path: string): FieldError[] {
  if (managedBy === undefined) return []
  return [
    ...domainPrefixedPathErrors(managedBy, `${path}.managedBy`),
    ...(managedBy.length > longestManager ? [fieldTooLong(`${path}.managedBy`, longestManager)] : []),
  ]
}

function validateCompletionMode(spec: JobSpec, path: string): FieldError[] {
  const { completionMode: mode = 'NonIndexed', backoffLimitPerIndex, maxFailedIndexes } = spec
  if (mode === 'Indexed') return validateIndexed(spec, path)
  const needs = 'requires indexed completion mode'
  return [
    ...(mode === 'NonIndexed' ? [] : [fieldNotSupported(`${path}.completionMode`, mode, ['NonIndexed', 'Indexed'])]),
    ...(backoffLimitPerIndex === undefined ? [] : [fieldInvalid(`${path}.backoffLimitPerIndex`, backoffLimitPerIndex, needs)]),
    ...(maxFailedIndexes === undefined ? [] : [fieldInvalid(`${path}.maxFailedIndexes`, maxFailedIndexes, needs)]),
  ]
}

function validateIndexed({ completions, parallelism = 0, maxFailedIndexes, backoffLimitPerIndex }: JobSpec, path: string): FieldError[] {
  const most = (name: string, value: number | undefined, [limit, when]: readonly [number, string]) =>
    value !== undefined && value > limit ? [fieldInvalid(`${path}.${name}`, value, `must be less than or equal to ${limit}${when}`)] : []
  const errors = [
    ...(completions === undefined ? [fieldRequired(`${path}.completions`, 'when completion mode is Indexed')] : []),
    ...most('parallelism', parallelism, [mostParallelIndexes, ' when completion mode is Indexed']),
    ...(completions !== undefined && (maxFailedIndexes ?? 0) > completions
      ? [fieldInvalid(`${path}.maxFailedIndexes`, maxFailedIndexes, 'must be less than or equal to completions')]
      : []),
    ...most('maxFailedIndexes', maxFailedIndexes, [mostFailedIndexes, '']),
  ]
  if ((completions ?? 0) <= manyCompletions || backoffLimitPerIndex === undefined) return errors
  const when = ` when completions are above ${manyCompletions} and used with backoff limit per index`
  const why = `must be specified when completions is above ${manyCompletions}`
  return [
    ...errors,
    ...(maxFailedIndexes === undefined ? [fieldRequired(`${path}.maxFailedIndexes`, why)] : []),
    ...most('parallelism', parallelism, [mostParallelWithMany, when]),
    ...most('maxFailedIndexes', maxFailedIndexes, [mostFailedWithMany, when]),
  ]
}

function validateReplacement({ podReplacementPolicy: policy, podFailurePolicy }: JobSpec, path: string): FieldError[] {
  if (policy === undefined) return []
  const policies = podFailurePolicy ? (['Failed'] as const) : (['Failed', 'TerminatingOrFailed'] as const)
  return policies.some(each => each === policy) ? [] : [fieldNotSupported(path, policy, policies)]
}

function validateRestart({ template, podFailurePolicy }: JobSpec, path: string): FieldError[] {
  const { restartPolicy: policy } = template.spec
  if (!policy || policy === 'Always') return [fieldRequired(path, 'valid values: "OnFailure", "Never"')]
  if (policy !== 'OnFailure' && policy !== 'Never') return [fieldNotSupported(path, policy, ['OnFailure', 'Never'])]
  return podFailurePolicy && policy !== 'Never'
    ? [fieldInvalid(path, policy, 'only "Never" is supported when podFailurePolicy is specified')]
    : []
}

function validateSelector({ selector, template }: JobSpec): FieldError[] {
  const errors = selector ? validateLabelSelector(selector, 'spec.selector') : [fieldRequired('spec.selector')]
  const { labels } = template.metadata
  // No selector selects nothing.
  if (!selector || (errors.length === 0 && !matches(selectorFromObject(selector), labels)))
    errors.push(fieldInvalid('spec.template.metadata.labels', labels ?? null, '`selector` does not match template `labels`'))
  return errors
}

/** What the server made up must have come through: users may have set the same labels to something else. */
function validateGenerated({ metadata, spec }: Job): FieldError[] {
  if (spec.manualSelector || !spec.selector) return []
  const { uid, name } = metadata
  const generated = {
    'controller-uid': uid,
    'job-name': name,
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
  }
  const labels = spec.template.metadata.labels ?? {}
  const errors = Object.entries(generated).flatMap(([key, wanted]) => {
    const path = `spec.template.metadata.labels[${key}]`
    if (labels[key] === wanted) return []
    return labels[key] === undefined
      ? [fieldRequired(path, `must be '${wanted}'`)]
      : [fieldInvalid(path, labels[key], `must be '${wanted}'`)]
  })
  const known = validateLabelSelector(spec.selector, 'spec.selector').length === 0
  return known && !matches(selectorFromObject(spec.selector), generated)
    ? [...errors, fieldInvalid('spec.selector', spec.selector, '`selector` not auto-generated')]
    : errors
}

/** The pod of the last index has the longest name. */
function validatePodNames({ metadata, spec }: Job): FieldError[] {
  if (spec.completionMode !== 'Indexed' || !spec.completions) return []
  const last = `${metadata.name}-${spec.completions - 1}`
  const why = `will not able to create pod with invalid DNS label: ${last}`
  return dns1123LabelErrors(last).length > 0 ? invalidAll('metadata.name', metadata.name, [why]) : []
}

const validateSpec = (spec: JobSpec): FieldError[] => [...validateJobTemplate(spec, 'spec'), ...validateSelector(spec)]

export const validateJob = (job: Job): FieldError[] => [...validateGenerated(job), ...validateSpec(job.spec), ...validatePodNames(job)]

export function validateJobUpdate({ spec }: Job, current: Job): FieldError[] {
  const fixed = ['completionMode', 'podFailurePolicy', 'backoffLimitPerIndex', 'managedBy', 'successPolicy'] as const
  return [
    ...validateSpec(spec),
    ...validateCompletionsUpdate(spec, current.spec),
    ...validateImmutableField(spec.selector ?? null, current.spec.selector ?? null, 'spec.selector'),
    ...validateTemplateUpdate(spec, current),
    ...fixed.flatMap(name => validateImmutableField(spec[name] ?? null, current.spec[name] ?? null, `spec.${name}`)),
  ]
}

function validateCompletionsUpdate(spec: JobSpec, current: JobSpec): FieldError[] {
  const path = 'spec.completions'
  if (spec.completionMode !== 'Indexed') return validateImmutableField(spec.completions ?? null, current.completions ?? null, path)
  if (spec.completions === current.completions || spec.completions === undefined || spec.completions === spec.parallelism) return []
  return [fieldInvalid(path, spec.completions, 'can only be modified in tandem with spec.parallelism')]
}

/** While a job rests without pods, its pods may still be labelled, sent elsewhere, and given other resources. */
function validateTemplateUpdate({ template }: JobSpec, { spec: current, status }: Job): FieldError[] {
  const rested = !status.startTime || isConditionTrue(status.conditions, 'Suspended')
  const resting = current.suspend === true && rested && (status.active ?? 0) === 0
  const same = resting ? isEqual(fixedParts(template), fixedParts(current.template)) : isEqual(template, current.template)
  return same ? [] : [fieldInvalid('spec.template', template, 'field is immutable')]
}

/** What stays as it is even then. */
function fixedParts({ spec }: JobSpec['template']) {
  const { affinity, nodeSelector: _selector, tolerations: _tolerations, schedulingGates: _gates, ...rest } = spec
  const { nodeAffinity: _nodes, ...pods } = affinity ?? {}
  const withoutResources = ({ resources: _, ...container }: (typeof spec.containers)[number]) => container
  const { containers = [], initContainers = [] } = rest
  return { ...rest, pods, containers: containers.map(withoutResources), initContainers: initContainers.map(withoutResources) }
}
