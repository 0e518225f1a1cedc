import { applyJobDefaults, withGeneratedSelector } from './job-defaults.ts'
import { completionsOf, durationOf, jobStatusOf } from './job-printer.ts'
import { JobSpec } from './job-spec.ts'
import { validateJobStatus } from './job-status-validation.ts'
import { validateJob, validateJobUpdate } from './job-validation.ts'
import { templateColumns, templateWarnings } from '../apps/pod-template.ts'
import { ageColumn, nameColumn } from '../columns.ts'
import { defineKind, statusSubresource } from '../kind.ts'
import { formatLabelSelector } from '../label-selector.ts'
import { ObjectMeta } from '../meta.ts'
import { embedded, int32, list, message, optional, required, set, stored, string, time, type Static } from '../schema/schema.ts'

export const UncountedTerminatedPods = message(
  'io.k8s.api.batch.v1.UncountedTerminatedPods',
  'Pods that have ended and whose end is not counted yet.',
  {
    succeeded: optional(1, set(string()), 'UIDs of pods that succeeded.'),
    failed: optional(2, set(string()), 'UIDs of pods that failed.'),
  },
)
export type UncountedTerminatedPods = Static<typeof UncountedTerminatedPods>

export const JobCondition = message('io.k8s.api.batch.v1.JobCondition', 'One aspect of the state of a job.', {
  type: required(1, string(), 'Which aspect this is about.'),
  status: required(2, string(), 'True, False or Unknown.'),
  lastProbeTime: optional(3, time(), 'When this was last looked at.'),
  lastTransitionTime: optional(4, time(), 'When the status last changed.'),
  reason: optional(5, string(), 'A word for programs that says why.'),
  message: optional(6, string(), 'A sentence for people that says why.'),
})
export type JobCondition = Static<typeof JobCondition>

export const JobStatus = message('io.k8s.api.batch.v1.JobStatus', 'How far a job has come.', {
  conditions: optional(
    1,
    list(JobCondition, { patchMergeKey: 'type' }),
    'Aspects of the state: Complete, Failed, Suspended, and what leads to them.',
  ),
  startTime: optional(2, time(), 'When its controller began with it.'),
  completionTime: optional(3, time(), 'When it was complete.'),
  active: optional(4, int32(), 'How many pods are running or waiting.'),
  succeeded: optional(5, int32(), 'How many pods have succeeded.'),
  failed: optional(6, int32(), 'How many pods have failed.'),
  completedIndexes: optional(7, string(), 'Indexes that have succeeded, such as 0,2-4.'),
  uncountedTerminatedPods: optional(8, UncountedTerminatedPods, 'Pods that have ended and whose end is not counted yet.'),
  ready: optional(9, int32({ presence: 'pointer' }), 'How many active pods are ready.'),
  failedIndexes: optional(10, string({ presence: 'pointer' }), 'Indexes that have failed, such as 0,2-4.'),
  terminating: optional(11, int32({ presence: 'pointer' }), 'How many pods are ending.'),
})
export type JobStatus = Static<typeof JobStatus>

export const JobSchema = message('io.k8s.api.batch.v1.Job', 'Runs pods until enough of them have succeeded.', {
  apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
  kind: stored(0, string(), 'What the object is: Job.'),
  metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
  spec: embedded(2, JobSpec, 'How often pods must succeed, how many run at once, and what they look like.'),
  status: embedded(3, JobStatus, 'How far the job has come.'),
})
export type Job = Static<typeof JobSchema>

export const Job = defineKind(JobSchema, {
  group: 'batch',
  version: 'v1',
  kind: 'Job',
  plural: 'jobs',
  categories: ['all'],
  namespaced: true,
  generation: true,
  orphansDependents:
    'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning',
  subresources: { status: statusSubresource },
  unselectable: field => `field label ${JSON.stringify(field)} not supported for batchv1.Job`,
  selectableFields: { 'status.successful': job => String(job.status.succeeded ?? 0) },
  applyDefaults: applyJobDefaults,
  prepareForCreate: withGeneratedSelector,
  validate: validateJob,
  validateUpdate: validateJobUpdate,
  validateStatusUpdate: validateJobStatus,
  warnings: templateWarnings,
  columns: [
    nameColumn,
    { name: 'Status', type: 'string', description: 'How it goes, in a word.', cell: jobStatusOf },
    { name: 'Completions', type: 'string', description: 'Successes, of those that are needed.', cell: completionsOf },
    { name: 'Duration', type: 'string', description: 'How long it has taken.', cell: durationOf },
    ageColumn,
    ...templateColumns,
    {
      name: 'Selector',
      type: 'string',
      priority: 1,
      description: 'Which pods belong to it.',
      cell: job => formatLabelSelector(job.spec.selector),
    },
  ],
})
