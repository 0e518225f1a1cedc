import { Job, type JobStatus } from '../../../api/batch/job.ts'
import { Pod } from '../../../api/core/pod.ts'
import { isNotFound } from '../../../api/errors.ts'
import { matches, selectorFromObject } from '../../../api/label-selector.ts'
import { controllerOf } from '../../../api/owners.ts'
import { keyOf, type Lookup } from '../../../client/cache.ts'
import { watching, type Controller } from '../../../client/controller.ts'
import { planClaim } from '../claim-objects.ts'
import type { ControllerContext } from '../context.ts'
import { OwnWrites } from '../own-writes.ts'
import { isPodActive, isPodReady } from '../pod-readiness.ts'
import { sameStatus } from '../same-status.ts'
import { slowStart } from '../slow-start.ts'
import { planCounting, settle } from './count-pods.ts'
import { completionsReached, deadlineIn, decideEnd, isComplete, type JobEnd } from './decide-end.ts'
import { noFailures, type FailureRecord } from './failure-backoff.ts'
import { endEvents, suspensionEvents } from './job-events.ts'
import { observeJob, type JobFacts } from './job-facts.ts'
import { JobPodControl } from './job-pod-control.ts'
import { isJobFinished, isManagedElsewhere } from './job-pods.ts'
import { finishedStatus, progressStatus, withStartTime } from './job-status.ts'
import { planJobPods } from './plan-job-pods.ts'

/** Runs pods until enough of them have succeeded; upstream's job controller. */
export const jobController = (context: ControllerContext): Controller => {
  const controller = new JobController(context)
  return {
    name: 'job-controller',
    watches: [watching(Job), watching(Pod, pod => controller.jobsOf(pod))],
    workers: 5,
    reconcile: (key, signal) => controller.reconcile(key, signal),
  }
}

/** What was done to the pods of a Job in one go. */
interface Balance {
  readonly deleted: readonly Pod[]
  readonly created: number
  readonly wait?: number
  readonly error?: unknown
}

const orphansOf = (namespace: string) => `orphans of ${namespace}`

class JobController {
  readonly #context: ControllerContext
  readonly #pods: JobPodControl
  readonly #writes: OwnWrites<Job>
  readonly #podsOf: Lookup<Pod>
  readonly #failures = new Map<string, FailureRecord>()

  constructor(context: ControllerContext) {
    const { informers } = context
    this.#context = context
    this.#pods = new JobPodControl(context)
    this.#writes = new OwnWrites(context, Job)
    this.#podsOf = informers.for(Pod).cache.index('controller', pod => [controllerOf(pod)?.uid ?? orphansOf(pod.metadata.namespace ?? '')])
    informers.for(Job).addListener({ deleted: job => void this.#failures.delete(job.metadata.uid) })
  }

  get #jobs() {
    return this.#context.informers.for(Job).cache
  }

  /** The Jobs that a pod concerns: its controller, or, of an orphan, those that might adopt it. */
  jobsOf(pod: Pod): string[] {
    const { namespace = '', labels } = pod.metadata
    const owner = controllerOf(pod)
    if (owner) return owner.kind === 'Job' ? [`${namespace}/${owner.name}`] : []
    const jobs = this.#jobs.inNamespace(namespace)
    return jobs.filter(({ spec }) => spec.selector && matches(selectorFromObject(spec.selector), labels)).map(keyOf)
  }

  async reconcile(key: string, signal: AbortSignal): Promise<number | void> {
    await Promise.all([this.#pods.seen(key, signal), this.#writes.seen(key, signal)])
    const found = this.#jobs.get(key)
    if (!found || isManagedElsewhere(found)) return
    if (isJobFinished(found)) {
      this.#failures.delete(found.metadata.uid)
      return
    }
    // 1. What there is
    const now = this.#context.clock.now()
    const { pods, memory } = await this.#claim(found)
    const job = withStartTime(found, now)
    const facts = observeJob(job, pods, { ...memory, failures: this.#failures.get(job.metadata.uid) ?? noFailures })
    // 2. End it, or make or delete pods
    const decided = decideEnd(job, facts, now)
    const managed = !decided && !job.metadata.deletionTimestamp
    const balance = decided ? await this.#deleteAll(job, facts.active) : managed ? await this.#balance(job, facts, now) : nothingDone
    const active = facts.active.length - balance.deleted.length + balance.created
    // 3. Count what has ended
    const complete = !decided && isComplete(job, facts, active) ? completionsReached : undefined
    // With pods left that could not be deleted it has not ended yet.
    const end = decided && active > 0 ? undefined : (decided ?? complete)
    const ready = facts.active.filter(isPodReady).length - balance.deleted.filter(isPodReady).length
    const terminating = facts.terminating.length + balance.deleted.length
    await this.#count({ found, job, facts, end, now }, { active, ready, terminating, goesOn: managed && !complete })
    if (balance.error !== undefined) throw balance.error
    const waits = [balance.wait, end ? undefined : deadlineIn(job, now)].filter(wait => wait !== undefined)
    return waits.length > 0 ? Math.min(...waits) : undefined
  }

  async #claim(job: Job) {
    const { uid, namespace = '' } = job.metadata
    const pods = [...this.#podsOf(uid), ...this.#podsOf(orphansOf(namespace))]
    const memory = this.#pods.remember(pods)
    const selector = selectorFromObject(job.spec.selector ?? {})
    const claim = planClaim(job, pods, ({ metadata }) => matches(selector, metadata.labels))
    const adoptable = claim.adopt.filter(isPodActive)
    const fresh = adoptable.length > 0 && (await this.#stillExists(job)) ? adoptable : []
    const adopted = await Promise.all(fresh.map(pod => this.#pods.adopt(job, pod)))
    await Promise.all(claim.release.map(pod => this.#pods.giveUp(job, pod)))
    return { pods: [...claim.owned, ...adopted.filter(pod => pod !== undefined)], memory }
  }

  /** Before adopting: the cache may show a Job that has been deleted since. */
  async #stillExists(job: Job): Promise<boolean> {
    try {
      const current = await this.#context.client.get(Job, job.metadata)
      return current.metadata.uid === job.metadata.uid && !current.metadata.deletionTimestamp
    } catch (error) {
      if (isNotFound(error)) return false
      throw error
    }
  }

  /** Of a Job that ends: pods keep their finalizers until they are counted. */
  async #deleteAll(job: Job, pods: readonly Pod[]): Promise<Balance> {
    return { created: 0, ...(await this.#each(pods, pod => this.#pods.delete(job, pod))) }
  }

  async #balance(job: Job, facts: JobFacts, now: Date): Promise<Balance> {
    const plan = planJobPods(job, facts, now)
    const wait = plan.wait === undefined ? {} : { wait: plan.wait }
    // These pods are not failures: nobody counts them.
    const deleted = await this.#each(plan.delete, pod => this.#pods.dismiss(job, pod))
    const { succeeded: created, error } = await slowStart(plan.create.length, place => {
      const index = plan.create[place]
      return this.#pods.create(job, { index, replaces: index === undefined ? undefined : facts.replaceable.get(index) })
    })
    return { ...wait, created, ...(error === undefined ? {} : { error }), ...deleted }
  }

  async #each(pods: readonly Pod[], work: (pod: Pod) => Promise<void>): Promise<{ deleted: readonly Pod[]; error?: unknown }> {
    const results = await Promise.allSettled(pods.map(work))
    const failed = results.find(result => result.status === 'rejected')
    const deleted = pods.filter((_, place) => results[place]?.status === 'fulfilled')
    return { deleted, ...(failed ? { error: failed.reason as unknown } : {}) }
  }

  /** Writes down what ends, takes the finalizers away, and counts: in this order, so that nothing is lost or counted twice. */
  async #count(
    { found, job, facts, end, now }: { found: Job; job: Job; facts: JobFacts; end: JobEnd | undefined; now: Date },
    pods: { active: number; ready: number; terminating: number; goesOn: boolean },
  ): Promise<void> {
    const counting = planCounting(job, facts, end)
    const status = progressStatus(job, counting.status, { ...pods, end, now })
    const written = await this.#writeStatus(found, status)
    for (const event of suspensionEvents(found.status, status)) this.#context.events.event(job, event)
    this.#failures.set(job.metadata.uid, facts.failures)
    const released = await this.#each(counting.release, pod => this.#pods.release(job, pod))
    const gone = new Set(released.deleted.map(({ metadata }) => metadata.uid))
    const settled = settle(written.status, new Set(facts.tracked.map(({ metadata }) => metadata.uid).filter(uid => !gone.has(uid))))
    const finished = end && counting.all && released.error === undefined ? finishedStatus(settled, end, now) : undefined
    await this.#writeStatus(written, finished ?? settled)
    if (finished && end) for (const event of endEvents(job, finished, end)) this.#context.events.event(job, event)
    if (released.error !== undefined) throw released.error
  }

  async #writeStatus(job: Job, status: JobStatus): Promise<Job> {
    if (sameStatus(job.status, status)) return { ...job, status }
    const written = await this.#context.client.updateStatus(Job, { ...job, status })
    this.#writes.written(keyOf(job), written)
    return written
  }
}

const nothingDone: Balance = { deleted: [], created: 0 }
