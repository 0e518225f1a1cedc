import type { CronJob } from './cron-job.ts'
import { nameWarnings } from '../apps/pod-template.ts'
import { warningsForPodTemplate } from '../core/pod-warnings.ts'

export const cronJobWarnings = (job: CronJob): string[] => [
  ...nameWarnings(job),
  ...warningsForPodTemplate(job.spec.jobTemplate.spec.template, 'spec.jobTemplate.spec.template'),
]
