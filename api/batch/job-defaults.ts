import type { Job } from './job.ts'
import { withTemplateDefaults } from '../apps/pod-template.ts'

const mostRetries = 2 ** 31 - 1
const prefix = 'batch.kubernetes.io/'

/** One success is wanted, six failures are forgiven, unless told otherwise. */
export function applyJobDefaults(job: Job): Job {
  const { spec } = job
  const once = spec.completions === undefined && spec.parallelism === undefined
  return withLabels({
    ...job,
    spec: {
      ...spec,
      ...(once ? { completions: 1 } : {}),
      parallelism: spec.parallelism ?? 1,
      backoffLimit: spec.backoffLimit ?? (spec.backoffLimitPerIndex === undefined ? 6 : mostRetries),
      completionMode: spec.completionMode ?? 'NonIndexed',
      suspend: spec.suspend ?? false,
      manualSelector: spec.manualSelector ?? false,
      podReplacementPolicy: spec.podReplacementPolicy ?? (spec.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed'),
      template: withTemplateDefaults(spec.template),
    },
  })
}

/** A job without labels of its own has those of its pods. */
function withLabels(job: Job): Job {
  const { labels } = job.spec.template.metadata
  const given = Object.keys(job.metadata.labels ?? {}).length > 0
  return labels && !given ? { ...job, metadata: { ...job.metadata, labels: { ...labels } } } : job
}

/** Pods are found by the uid of their job, which no other job has; the name is for people. */
export function withGeneratedSelector(job: Job): Job {
  const { metadata, spec } = job
  if (spec.manualSelector) return job
  const { uid, name } = metadata
  const own = { [`${prefix}controller-uid`]: uid, [`${prefix}job-name`]: name, 'controller-uid': uid, 'job-name': name }
  const template = { ...spec.template, metadata: { ...spec.template.metadata, labels: { ...own, ...spec.template.metadata.labels } } }
  const matchLabels = { [`${prefix}controller-uid`]: uid, ...spec.selector?.matchLabels }
  const before = spec.template.metadata.labels
  // Labels that came from the template are the same object upstream, so they grow with it.
  const shared =
    metadata.labels === undefined || (before && Object.keys(metadata.labels).every(key => metadata.labels?.[key] === before[key]))
  const labels = shared ? template.metadata.labels : metadata.labels
  return { ...job, metadata: { ...metadata, labels }, spec: { ...spec, template, selector: { ...spec.selector, matchLabels } } }
}
