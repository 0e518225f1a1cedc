import { Job } from '../../../api/batch/job.ts'
import { isConflict, isNotFound } from '../../../api/errors.ts'
import { watching, type Controller } from '../../../client/controller.ts'
import type { ControllerContext } from '../context.ts'
import { jobFinishedAt } from './job-conditions.ts'

/** Milliseconds until a Job is due to be deleted; undefined while it is not finished, has no limit, or is being deleted already. */
export function expiresIn(job: Job, now: Date): number | undefined {
  const { ttlSecondsAfterFinished } = job.spec
  const finished = jobFinishedAt(job)
  if (ttlSecondsAfterFinished === undefined || finished === undefined || job.metadata.deletionTimestamp) return undefined
  return Math.max(0, finished + ttlSecondsAfterFinished * 1000 - now.getTime())
}

/** Deletes finished Jobs, and with them their pods, when the time in `ttlSecondsAfterFinished` is over. */
export const ttlAfterFinishedController = ({ client, informers, clock }: ControllerContext): Controller => {
  const jobs = informers.for(Job).cache
  /** The limit may have been raised since the cache was told. */
  const current = async (job: Job): Promise<Job | undefined> => {
    try {
      return await client.get(Job, job.metadata)
    } catch (error) {
      if (isNotFound(error)) return undefined
      throw error
    }
  }
  return {
    name: 'ttl-after-finished-controller',
    watches: [watching(Job)],
    workers: 5,
    async reconcile(key) {
      const job = jobs.get(key)
      const wait = job && expiresIn(job, clock.now())
      if (!job || wait === undefined) return undefined
      if (wait > 0) return wait
      const fresh = await current(job)
      const still = fresh && expiresIn(fresh, clock.now())
      if (!fresh || still === undefined) return undefined
      if (still > 0) return still
      const { uid, resourceVersion } = fresh.metadata
      try {
        await client.delete(Job, fresh.metadata, { propagationPolicy: 'Foreground', preconditions: { uid, resourceVersion } })
      } catch (error) {
        if (!isNotFound(error) && !isConflict(error)) throw error
        return isConflict(error) ? 1000 : undefined
      }
      return undefined
    },
  }
}
