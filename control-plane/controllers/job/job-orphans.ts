import { Job } from '../../../api/batch/job.ts'
import { Pod } from '../../../api/core/pod.ts'
import { isNotFound } from '../../../api/errors.ts'
import { apiVersionOf } from '../../../api/kind.ts'
import { controllerOf } from '../../../api/owners.ts'
import { keyOf } from '../../../client/cache.ts'
import { watching, type Controller } from '../../../client/controller.ts'
import type { ControllerContext } from '../context.ts'
import { removeFinalizer } from './job-pod-control.ts'
import { isJobFinished, isManagedElsewhere, isTracked } from './job-pods.ts'

/**
 * Takes the tracking finalizer from pods that no Job will count any more: their Job is gone or finished, or they have none.
 * Else they could never be deleted (upstream's syncOrphanPod).
 */
export const jobOrphansController = ({ client, informers }: ControllerContext): Controller => {
  const jobs = informers.for(Job).cache
  const pods = informers.for(Pod).cache
  const mayEnd = (job: Job) => isJobFinished(job) || jobs.get(keyOf(job))?.metadata.uid !== job.metadata.uid
  const trackedPodsOf = (job: Job) =>
    pods.inNamespace(job.metadata.namespace ?? '').filter(pod => isTracked(pod) && controllerOf(pod)?.uid === job.metadata.uid)

  /** Whether nobody will count the pod. The cache may not show a Job yet that is there. */
  const isForgotten = async (pod: Pod): Promise<boolean> => {
    const owner = controllerOf(pod)
    if (!owner) return true
    if (owner.kind !== Job.kind || owner.apiVersion !== apiVersionOf(Job)) return false
    try {
      const job = await client.get(Job, { name: owner.name, namespace: pod.metadata.namespace })
      return job.metadata.uid !== owner.uid || (isJobFinished(job) && !isManagedElsewhere(job))
    } catch (error) {
      if (isNotFound(error)) return true
      throw error
    }
  }

  return {
    name: 'job-controller',
    watches: [
      watching(Pod, pod => (isTracked(pod) && isCandidate(pod, jobs.get(ownerKey(pod))) ? [keyOf(pod)] : [])),
      watching(Job, job => (mayEnd(job) ? trackedPodsOf(job).map(keyOf) : [])),
    ],
    async reconcile(key) {
      const pod = pods.get(key)
      if (pod && isTracked(pod) && (await isForgotten(pod))) await removeFinalizer(client, pod)
    },
  }
}

const ownerKey = (pod: Pod) => `${pod.metadata.namespace ?? ''}/${controllerOf(pod)?.name ?? ''}`

/** Pods of a Job that is there and goes on are not worth a question. */
function isCandidate(pod: Pod, job: Job | undefined): boolean {
  const owner = controllerOf(pod)
  if (owner && owner.kind !== Job.kind) return false
  return !owner || job?.metadata.uid !== owner.uid || isJobFinished(job)
}
