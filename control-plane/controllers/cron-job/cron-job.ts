import { CronJob, type CronJobStatus } from '../../../api/batch/cron-job.ts'
import { Job } from '../../../api/batch/job.ts'
import { isAlreadyExists, isConflict, isNamespaceTerminating, isNotFound } from '../../../api/errors.ts'
import { controllerOf, controllerReference, isControlledBy } from '../../../api/owners.ts'
import { timestamp } from '../../../api/time.ts'
import { keyOf } from '../../../client/cache.ts'
import type { NewObject } from '../../../client/client.ts'
import { watching, type Controller } from '../../../client/controller.ts'
import type { EventText } from '../../../client/event-recorder.ts'
import { messageOf } from '../../../common/error-message.ts'
import type { ControllerContext } from '../context.ts'
import { OwnWrites } from '../own-writes.ts'
import { sameStatus } from '../same-status.ts'
import { dueRun, waitForNextRun } from './due-runs.ts'
import { readSchedule, type NextRun } from './next-run.ts'
import { jobName, planStart, referenceTo, reviewJobs, scheduledTimestamp, surplusHistory } from './plan-cron-job.ts'
import { rfc3339In, TimeZone } from './time-zone.ts'

/** How often a status is written before others have their turn. */
const attempts = 5

/** Makes a Job each time a schedule is due; upstream's cronjob controller. */
export const cronJobController = (context: ControllerContext): Controller => {
  const controller = new CronJobController(context)
  const ownerOf = (job: Job) => {
    const owner = controllerOf(job)
    return owner?.kind === CronJob.kind ? [`${job.metadata.namespace ?? ''}/${owner.name}`] : []
  }
  return {
    name: 'cronjob-controller',
    watches: [watching(CronJob), watching(Job, ownerOf)],
    workers: 5,
    reconcile: (key, signal) => controller.reconcile(key, signal),
  }
}

class CronJobController {
  readonly #context: ControllerContext
  readonly #jobWrites: OwnWrites<Job>
  readonly #writes: OwnWrites<CronJob>

  constructor(context: ControllerContext) {
    this.#context = context
    this.#jobWrites = new OwnWrites(context, Job)
    this.#writes = new OwnWrites(context, CronJob)
  }

  async reconcile(key: string, signal: AbortSignal): Promise<number | void> {
    const { informers, clock } = this.#context
    await Promise.all([this.#jobWrites.seen(key, signal), this.#writes.seen(key, signal)])
    const found = informers.for(CronJob).cache.get(key)
    if (!found) return
    const jobs = informers
      .for(Job)
      .cache.inNamespace(found.metadata.namespace ?? '')
      .filter(job => isControlledBy(job, found) && !this.#jobWrites.isDeleted(job))
    // 1. What has become of its Jobs
    const cronJob = { ...found, status: await this.#review(found, jobs) }
    // 2. The run that is due
    const { status, after, error } = await this.#start(cronJob, clock.now())
    await this.#writeStatus(found, status)
    // 3. The history: as long as a run is not written down, its Job says that it has been
    for (const job of surplusHistory(found, jobs)) await this.#deleteJob(found, job)
    if (error !== undefined) throw error
    return after
  }

  async #review(cronJob: CronJob, jobs: readonly Job[]): Promise<CronJobStatus> {
    const { status, events, missing } = reviewJobs(cronJob, jobs)
    for (const event of events) this.#tell(cronJob, event)
    const gone: string[] = []
    for (const name of missing) if (!(await this.#get(cronJob, name))) gone.push(name)
    for (const name of gone) this.#tell(cronJob, { type: 'Normal', reason: 'MissingJob', message: `Active job went missing: ${name}` })
    return { ...status, active: (status.active ?? []).filter(({ name = '' }) => !gone.includes(name)) }
  }

  /** `error`: what was done is to be written down all the same. */
  async #start(cronJob: CronJob, now: Date): Promise<{ status: CronJobStatus; after?: number; error?: unknown }> {
    const { status, metadata, spec } = cronJob
    if (metadata.deletionTimestamp || spec.suspend) return { status }
    const next = this.#readSchedule(cronJob)
    const due = next && this.#due(cronJob, next, now)
    if (!next || !due) return { status }
    if (!due.time) return { status, after: waitForNextRun(cronJob, next, now) }
    const plan = planStart(cronJob, due.time, now)
    if (plan.type === 'none') {
      if (plan.event) this.#tell(cronJob, plan.event)
      return { status, after: waitForNextRun(cronJob, next, now) }
    }
    let active = status.active ?? []
    try {
      for (const { name = '', uid } of plan.replaces) {
        const job = await this.#get(cronJob, name)
        if (job) await this.#deleteJob(cronJob, job)
        active = active.filter(each => each.uid !== uid)
      }
      const job = await this.#createJob(cronJob, due.time)
      if (!job) return { status: { ...status, active } }
      const started = { ...status, active: [...active, referenceTo(job)], lastScheduleTime: timestamp(due.time) }
      return { status: started, after: waitForNextRun({ ...cronJob, status: started }, next, now) }
    } catch (error) {
      return { status: { ...status, active }, error }
    }
  }

  /** Undefined, and an event, when nobody can tell when it is due: only a change of the spec will help. */
  #readSchedule(cronJob: CronJob): NextRun | undefined {
    const { schedule, timeZone } = cronJob.spec
    if (schedule.includes('TZ')) {
      const see = 'see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details'
      const message = `CRON_TZ or TZ used in schedule ${JSON.stringify(schedule)} is not officially supported, ${see}`
      this.#tell(cronJob, { type: 'Warning', reason: 'UnsupportedSchedule', message })
    }
    try {
      return readSchedule(schedule, timeZone)
    } catch (error) {
      const zone = timeZone ?? ''
      const [reason, message] =
        error instanceof RangeError
          ? ['UnknownTimeZone', `invalid timeZone: ${JSON.stringify(zone)}: unknown time zone ${zone}`]
          : ['UnparseableSchedule', `unparseable schedule: ${JSON.stringify(schedule)} : ${messageOf(error)}`]
      this.#tell(cronJob, { type: 'Warning', reason, message })
      return undefined
    }
  }

  #due(cronJob: CronJob, next: NextRun, now: Date): { readonly time: Date | undefined } | undefined {
    try {
      const due = dueRun(cronJob, next, now)
      const message = 'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew'
      if (due.tooMany) this.#tell(cronJob, { type: 'Warning', reason: 'TooManyMissedTimes', message })
      return due
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      const message = `invalid schedule: ${cronJob.spec.schedule} : ${error.message}`
      this.#tell(cronJob, { type: 'Warning', reason: 'InvalidSchedule', message })
      return undefined
    }
  }

  /** The Job of the run, which may have been made before; undefined when it is not ours, or cannot be. */
  async #createJob(cronJob: CronJob, run: Date): Promise<Job | undefined> {
    const { client } = this.#context
    const { jobTemplate, timeZone = 'UTC' } = cronJob.spec
    const { labels, annotations } = jobTemplate.metadata ?? {}
    const name = jobName(cronJob.metadata.name, run)
    const metadata = {
      name,
      namespace: cronJob.metadata.namespace,
      ...(labels ? { labels } : {}),
      annotations: { ...annotations, [scheduledTimestamp]: rfc3339In(new TimeZone(timeZone), run) },
      ownerReferences: [controllerReference(CronJob, cronJob)],
    }
    try {
      const job = await client.create(Job, { metadata, spec: jobTemplate.spec } as NewObject<Job>)
      this.#jobWrites.written(keyOf(cronJob), job)
      this.#tell(cronJob, { type: 'Normal', reason: 'SuccessfulCreate', message: `Created job ${name}` })
      return job
    } catch (error) {
      if (isNamespaceTerminating(error)) return undefined
      if (isAlreadyExists(error)) {
        const job = await this.#get(cronJob, name)
        return job && isControlledBy(job, cronJob) ? job : undefined
      }
      this.#tell(cronJob, { type: 'Warning', reason: 'FailedCreate', message: `Error creating job: ${messageOf(error)}` })
      throw error
    }
  }

  async #deleteJob(cronJob: CronJob, job: Job): Promise<void> {
    const { name, uid } = job.metadata
    try {
      await this.#context.client.delete(Job, job.metadata, { propagationPolicy: 'Background', preconditions: { uid } })
      this.#jobWrites.deleted(job)
      this.#tell(cronJob, { type: 'Normal', reason: 'SuccessfulDelete', message: `Deleted job ${name}` })
    } catch (error) {
      if (isNotFound(error)) return
      this.#tell(cronJob, { type: 'Warning', reason: 'FailedDelete', message: `Deleted job: ${messageOf(error)}` })
      throw error
    }
  }

  #get(cronJob: CronJob, name: string): Promise<Job | undefined> {
    return unlessGone(this.#context.client.get(Job, { name, namespace: cronJob.metadata.namespace }))
  }

  #tell(cronJob: CronJob, event: EventText): void {
    this.#context.events.event(cronJob, event)
  }

  async #writeStatus(cronJob: CronJob, status: CronJobStatus): Promise<void> {
    const { active = [], ...rest } = status
    const next = active.length > 0 ? { ...rest, active } : rest
    if (sameStatus(cronJob.status, next)) return
    const key = keyOf(cronJob)
    let current: CronJob | undefined = cronJob
    for (let attempt = 1; current?.metadata.uid === cronJob.metadata.uid; attempt++) {
      try {
        return this.#writes.written(key, await this.#context.client.updateStatus(CronJob, { ...current, status: next }))
      } catch (error) {
        if (isNotFound(error)) return
        this.#writes.failed(key, error)
        // Nobody else writes the status: a new spec is no reason to forget which run was started.
        if (!isConflict(error) || attempt === attempts) throw error
        current = await unlessGone(this.#context.client.get(CronJob, cronJob.metadata))
      }
    }
  }
}

async function unlessGone<O>(answer: Promise<O>): Promise<O | undefined> {
  try {
    return await answer
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}
