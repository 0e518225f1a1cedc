import { validateCronJob, validateCronJobUpdate } from './cron-job-validation.ts'
import { cronJobWarnings } from './cron-job-warnings.ts'
import { JobSpec } from './job-spec.ts'
import { templateColumns, withTemplateDefaults } from '../apps/pod-template.ts'
import { ageColumn, nameColumn } from '../columns.ts'
import { ObjectReference } from '../core/references.ts'
import { defineKind, statusSubresource } from '../kind.ts'
import { formatLabelSelector } from '../label-selector.ts'
import { ObjectMeta } from '../meta.ts'
import { ageOf } from '../time.ts'
import {
  boolean,
  embedded,
  int32,
  int64,
  list,
  message,
  oneOf,
  optional,
  required,
  stored,
  string,
  time,
  type Static,
} from '../schema/schema.ts'

export const JobTemplateSpec = message('io.k8s.api.batch.v1.JobTemplateSpec', 'What the jobs look like.', {
  metadata: embedded(1, ObjectMeta, 'Labels and annotations of the jobs.'),
  spec: embedded(2, JobSpec, 'What the jobs do.'),
})
export type JobTemplateSpec = Static<typeof JobTemplateSpec>

export const CronJobSpec = message('io.k8s.api.batch.v1.CronJobSpec', 'When jobs are made, and what they look like.', {
  schedule: required(1, string(), 'When, as minute, hour, day, month and weekday, or a name such as @daily.'),
  startingDeadlineSeconds: optional(2, int64({ presence: 'pointer' }), 'How late a job may start; one that is later is missed.'),
  concurrencyPolicy: optional(
    3,
    oneOf(['Allow', 'Forbid', 'Replace'], { default: 'Allow' }),
    'What to do when the last job still runs: Allow a second one, Forbid it, or Replace the first.',
  ),
  suspend: optional(4, boolean({ default: false, presence: 'pointer' }), 'When true no jobs are made.'),
  jobTemplate: required(5, JobTemplateSpec, 'What the jobs look like.'),
  successfulJobsHistoryLimit: optional(6, int32({ default: 3, presence: 'pointer' }), 'How many successful jobs are kept.'),
  failedJobsHistoryLimit: optional(7, int32({ default: 1, presence: 'pointer' }), 'How many failed jobs are kept.'),
  timeZone: optional(
    8,
    string({ presence: 'pointer' }),
    'Time zone of the schedule, such as Europe/Berlin; that of the control plane by default.',
  ),
})
export type CronJobSpec = Static<typeof CronJobSpec>

export const CronJobStatus = message('io.k8s.api.batch.v1.CronJobStatus', 'What has been made.', {
  active: optional(1, list(ObjectReference), 'Jobs that are running.'),
  lastScheduleTime: optional(4, time(), 'When a job was last due and made.'),
  lastSuccessfulTime: optional(5, time(), 'When a job last succeeded.'),
})
export type CronJobStatus = Static<typeof CronJobStatus>

export const CronJobSchema = message('io.k8s.api.batch.v1.CronJob', 'Makes jobs at times.', {
  apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
  kind: stored(0, string(), 'What the object is: CronJob.'),
  metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
  spec: required(2, CronJobSpec, 'When jobs are made, and what they look like.'),
  status: embedded(3, CronJobStatus, 'What has been made.'),
})
export type CronJob = Static<typeof CronJobSchema>

export const CronJob = defineKind(CronJobSchema, {
  group: 'batch',
  version: 'v1',
  kind: 'CronJob',
  plural: 'cronjobs',
  shortNames: ['cj'],
  categories: ['all'],
  namespaced: true,
  generation: true,
  subresources: { status: statusSubresource },
  applyDefaults: job => {
    const { jobTemplate } = job.spec
    const template = withTemplateDefaults(jobTemplate.spec.template)
    return { ...job, spec: { ...job.spec, jobTemplate: { ...jobTemplate, spec: { ...jobTemplate.spec, template } } } }
  },
  validate: validateCronJob,
  validateUpdate: validateCronJobUpdate,
  warnings: cronJobWarnings,
  columns: [
    nameColumn,
    { name: 'Schedule', type: 'string', description: 'When jobs are made.', cell: ({ spec }) => spec.schedule },
    { name: 'Timezone', type: 'string', description: 'Where that time is told.', cell: ({ spec }) => spec.timeZone ?? '<none>' },
    { name: 'Suspend', type: 'boolean', description: 'Whether it rests.', cell: ({ spec }) => (spec.suspend ? 'True' : 'False') },
    { name: 'Active', type: 'integer', description: 'Jobs that are running.', cell: ({ status }) => status.active?.length ?? 0 },
    {
      name: 'Last Schedule',
      type: 'string',
      description: 'Time since a job was last due.',
      cell: ({ status }, now) => (status.lastScheduleTime ? ageOf(status.lastScheduleTime, now) : '<none>'),
    },
    ageColumn,
    ...templateColumns.map(column => ({
      ...column,
      cell: (job: CronJob, now: Date) => column.cell({ ...job, spec: job.spec.jobTemplate.spec }, now),
    })),
    {
      name: 'Selector',
      type: 'string',
      priority: 1,
      description: 'Which pods belong to its jobs.',
      cell: job => formatLabelSelector(job.spec.jobTemplate.spec.selector),
    },
  ],
})
