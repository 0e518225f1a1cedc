import { DaemonSet } from '../../../../api/apps/daemon-set.ts'
import { Deployment } from '../../../../api/apps/deployment.ts'
import { ReplicaSet } from '../../../../api/apps/replica-set.ts'
import { StatefulSet } from '../../../../api/apps/stateful-set.ts'
import { CronJob } from '../../../../api/batch/cron-job.ts'
import { Job } from '../../../../api/batch/job.ts'
import { PodTemplate } from '../../../../api/core/pod-template.ts'
import { ReplicationController } from '../../../../api/core/replication-controller.ts'
import type { Kind } from '../../../../api/kind.ts'
import type { AdmissionContext } from '../../interfaces.ts'
import { concerns } from '../rule.ts'
import type { PodLike } from './check.ts'

/** Kinds that make pods of what stands in `spec.template`. */
const withTemplate: readonly Kind[] = [Deployment, ReplicaSet, StatefulSet, DaemonSet, Job, ReplicationController]

interface MaybeTemplate {
  readonly metadata?: PodLike['metadata']
  readonly spec?: PodLike['spec']
}

/** What the pods of the object in this request will look like; undefined for what makes none. */
export function podTemplateOf(context: AdmissionContext): PodLike | undefined {
  const { object } = context
  if (withTemplate.some(kind => concerns(context, kind)))
    return asPod((object as unknown as { spec: { template?: MaybeTemplate } }).spec.template)
  if (concerns(context, CronJob)) return asPod((object as CronJob).spec.jobTemplate.spec.template)
  return concerns(context, PodTemplate) ? asPod((object as PodTemplate).template) : undefined
}

const asPod = (template: MaybeTemplate | undefined): PodLike | undefined =>
  template?.spec ? { metadata: template.metadata ?? {}, spec: template.spec } : undefined
