import { CronJob } from '../../api/batch/cron-job.ts'
import { Job } from '../../api/batch/job.ts'
import { findCondition } from '../../api/conditions.ts'
import { timestamp } from '../../api/time.ts'
import { cronJobController } from '../../control-plane/controllers/cron-job/cron-job.ts'
import { scheduledTimestamp } from '../../control-plane/controllers/cron-job/plan-cron-job.ts'
import { readSchedule } from '../../control-plane/controllers/cron-job/next-run.ts'
import type { Rules, Scenario, World } from '../simulator/history.ts'
import { isSameKind, type Change } from '../simulator/simulated-api.ts'
import { must, mustEqual } from './limits.ts'
import { namespace } from './pods.ts'

const name = 'cronjob-controller'
const minute = 60_000
/** What a change may take to reach a controller for sure, whatever happens to it and to its watches. */
const surelyHeard = 2 * minute

/** A CronJob runs through some minutes, suspended now and then; its Jobs take longer than the time between two of them. */
export const cronJobs: Scenario = {
  name,
  kinds: [CronJob, Job],
  controllers: context => [cronJobController(context)],
  longestStorm: 8 * minute,
  calm: 16 * minute,
  begin: world => new CronJobRules(world),
}

class CronJobRules implements Rules {
  readonly #world: World
  readonly #created: CronJob
  /** Every run that was ever started, in milliseconds. */
  readonly #started = new Set<number>()
  #suspendedSince = Infinity
  #calmSince = Infinity

  constructor(world: World) {
    const { api, chance } = world
    this.#world = world
    const deadline = chance.pick(undefined, undefined, 20, 90)
    const spec = {
      schedule: chance.pick('* * * * *', '*/2 * * * *', '1-59/3 * * * *'),
      timeZone: 'UTC',
      concurrencyPolicy: chance.pick('Allow', 'Forbid', 'Replace'),
      ...(deadline === undefined ? {} : { startingDeadlineSeconds: deadline }),
      successfulJobsHistoryLimit: chance.pick(0, 1, 3),
      failedJobsHistoryLimit: chance.pick(0, 1),
      suspend: false,
      jobTemplate: {
        spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'x', resources: {} }] } } },
      },
    }
    this.#created = api.create(CronJob, { metadata: { name: 'cron', namespace }, spec } as never, 'user')
  }

  act(): void {
    const { api, chance } = this.#world
    const what = chance.pick('suspend', 'delete', 'touch')
    const job = chance.one(this.#jobs())
    if (what === 'suspend') this.#suspend(!this.#cronJob.spec.suspend)
    else if (what === 'delete' && job) api.delete(Job, job.metadata, { by: 'user', options: { propagationPolicy: 'Background' } })
    else this.#label(chance.letters(3))
  }

  changed(change: Change): void {
    const { kind, type, by } = change
    if (isSameKind(kind, CronJob)) return this.#mustGoForward(change)
    const job = change.object as Job
    if (type === 'ADDED') {
      if (by === name) this.#mustBeDue(job)
      this.#run(job)
    }
    if (type === 'DELETED' && by === name) this.#mayGo(job)
    // Nobody but the Job knew of this run.
    if (type === 'DELETED' && by === 'user' && runOf(job) > lastSchedule(this.#cronJob)) this.#started.delete(runOf(job))
  }

  /** Runs go on, and end for good after a while. */
  calm(): void {
    const { time } = this.#world
    this.#calmSince = time.milliseconds
    this.#suspend(false)
    time.alarm(10 * minute, () => this.#suspend(true))
  }

  settled(): void {
    const { status, spec } = this.#cronJob
    const jobs = this.#jobs()
    mustEqual(jobs.filter(isRunning).length, 0, 'Jobs that run')
    mustEqual(status.active ?? [], [], 'active Jobs')
    for (const [end, limit = 0] of [
      ['Complete', spec.successfulJobsHistoryLimit],
      ['Failed', spec.failedJobsHistoryLimit],
    ] as const) {
      const kept = jobs.filter(job => hasEnded(job, end)).length
      must(kept <= limit, () => `${kept} Jobs are kept that are ${end}`)
    }
    const last = Math.max(...this.#started)
    mustEqual(status.lastScheduleTime, timestamp(new Date(last)), 'last schedule time')
    if (spec.concurrencyPolicy !== 'Forbid') this.#mustHaveRun()
  }

  get #cronJob(): CronJob {
    return this.#world.api.get(CronJob, this.#created.metadata)
  }
  #jobs(): Job[] {
    return this.#world.api.all(Job)
  }
  #suspend(suspend: boolean): void {
    const cronJob = this.#cronJob
    this.#suspendedSince = suspend ? this.#world.time.milliseconds : Infinity
    this.#world.api.update(CronJob, { ...cronJob, spec: { ...cronJob.spec, suspend } }, { by: 'user' })
  }
  #label(value: string): void {
    const cronJob = this.#cronJob
    this.#world.api.update(CronJob, { ...cronJob, metadata: { ...cronJob.metadata, labels: { value } } }, { by: 'user' })
  }

  /** The controller of Jobs, and the work itself. */
  #run({ metadata }: Job): void {
    const { api, chance, time } = this.#world
    const write = (status: (now: string) => Job['status']) => {
      const job = api.find(Job, metadata)
      if (job?.metadata.uid === metadata.uid)
        api.update(
          Job,
          { ...job, status: { ...job.status, ...status(timestamp(time.now())) } },
          { by: 'job-controller', subresource: 'status' },
        )
    }
    time.alarm(chance.between(1, 500), () => write(startTime => ({ startTime })))
    const failed = chance.happens(0.3)
    time.alarm(chance.pick(chance.between(1000, 20_000), chance.between(1000, 4 * minute)), () =>
      write(now => ({
        conditions: [{ type: failed ? 'Failed' : 'Complete', status: 'True', lastTransitionTime: now, lastProbeTime: now }],
        ...(failed ? {} : { completionTime: now }),
      })),
    )
  }

  /** Each run once, one after the other, at its time, and as the policy has it. */
  #mustBeDue(job: Job): void {
    const { spec } = this.#cronJob
    const now = this.#world.time.milliseconds
    const at = runOf(job)
    mustEqual(job.metadata.name, `cron-${at / minute}`, 'name')
    must(!this.#started.has(at), () => `${job.metadata.name} a second time`)
    must(at > Math.max(0, ...this.#started), () => `${job.metadata.name} after a later run`)
    mustEqual(readSchedule(spec.schedule, 'UTC')(new Date(at - 1))?.getTime(), at, 'a time of the schedule')
    must(at <= now, () => `${job.metadata.name} too early`)
    must(now - this.#suspendedSince < surelyHeard, () => `${job.metadata.name} though suspended`)
    const others = this.#jobs().filter(each => each !== job && isRunning(each))
    if (spec.concurrencyPolicy !== 'Allow') must(others.length === 0, () => `${job.metadata.name} beside ${others[0]?.metadata.name}`)
    this.#started.add(at)
  }

  /** Jobs that run go only for the next one, others only when there are too many like them. */
  #mayGo(job: Job): void {
    const { spec } = this.#cronJob
    if (isRunning(job)) return mustEqual(spec.concurrencyPolicy, 'Replace', `the policy when ${job.metadata.name} goes`)
    const end = hasEnded(job, 'Complete') ? 'Complete' : 'Failed'
    const limit = (end === 'Complete' ? spec.successfulJobsHistoryLimit : spec.failedJobsHistoryLimit) ?? 0
    const left = this.#jobs().filter(each => hasEnded(each, end)).length
    must(left >= limit || spec.concurrencyPolicy === 'Replace', () => `${job.metadata.name} goes, and only ${left} are left`)
  }

  #mustGoForward({ object, previous }: Change): void {
    const before = previous ? lastSchedule(previous as CronJob) : 0
    must(lastSchedule(object as CronJob) >= before, () => 'the last schedule time goes back')
  }

  /** When nothing goes wrong, no run is left out. */
  #mustHaveRun(): void {
    const next = readSchedule(this.#cronJob.spec.schedule, 'UTC')
    // Who was hit last waits for a moment before it goes on, and may have been asleep before that.
    const from = new Date(this.#calmSince + minute)
    for (let run = next(from); run && run.getTime() < this.#suspendedSince - 1000; run = next(run))
      must(this.#started.has(run.getTime()), () => `no run at ${run?.toISOString()}`)
  }
}

const runOf = ({ metadata }: Job): number => Date.parse(metadata.annotations?.[scheduledTimestamp] ?? '')
const lastSchedule = ({ status }: CronJob): number => Date.parse(status.lastScheduleTime ?? '') || 0
const hasEnded = ({ status }: Job, end: 'Complete' | 'Failed'): boolean => findCondition(status.conditions, end)?.status === 'True'
const isRunning = (job: Job): boolean => !hasEnded(job, 'Complete') && !hasEnded(job, 'Failed')
