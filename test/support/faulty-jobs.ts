import { setTimeout as sleep } from 'node:timers/promises'
import { Job } from '../../api/batch/job.ts'
import { Pod } from '../../api/core/pod.ts'
import { isConflict, isNotFound } from '../../api/errors.ts'
import { controllerOf } from '../../api/owners.ts'
import { isPodFinished } from '../../api/pod-phase.ts'
import { keyOf } from '../../client/cache.ts'
import type { Client } from '../../client/client.ts'
import { runController, watching, type Controller } from '../../client/controller.ts'
import { EventRecorder } from '../../client/event-recorder.ts'
import { Informers } from '../../client/informers.ts'
import type { Clock } from '../../common/clock.ts'
import type { Logger } from '../../common/log.ts'
import { runAll } from '../../common/run.ts'
import { indexOf } from '../../control-plane/controllers/job/job-pods.ts'
import { jobOrphansController } from '../../control-plane/controllers/job/job-orphans.ts'
import { jobController } from '../../control-plane/controllers/job/job.ts'

export interface FastClock extends Clock {
  readonly speed: number
}

/** Time that goes by faster: back-off of minutes in moments. */
export const fastClock = (speed: number): FastClock => {
  const start = Date.now()
  return { speed, now: () => new Date(start + (Date.now() - start) * speed), sleep: async milliseconds => sleep(milliseconds / speed) }
}

type Outcome = 'Succeeded' | 'Failed'

/** How pods really ended, told by those who ended them. */
export interface Ends {
  readonly done: Promise<void>
  of(job: Job): readonly string[]
  outcome(uid: string): Outcome | undefined
  index(uid: string): number | undefined
  /** How many pods the Job ever had. */
  known(job: Job): number
}

interface EndPodsOptions {
  readonly client: Client
  readonly log: Logger
  readonly namespace: string
  readonly clock: Clock
  readonly next: () => number
  readonly signal: AbortSignal
}

/** Stands in for kubelets: pods of Jobs end soon, as many of ten as the annotation `failures` of their Job says fail. */
export function endPods({ client, log, namespace, clock, next, signal }: EndPodsOptions): Ends {
  const informers = new Informers(client, log)
  const ended = new Map<string, { readonly job: string; readonly outcome: Outcome; readonly index: number | undefined }>()
  const known = new Map<string, Set<string>>()
  const end = async (pod: Pod) => {
    const owner = controllerOf(pod)
    const job = await client.get(Job, { name: owner?.name ?? '', namespace })
    const fails = next() * 10 < Number(job.metadata.annotations?.failures ?? 0)
    const outcome = fails ? 'Failed' : 'Succeeded'
    const terminated = { exitCode: fails ? 1 : 0, finishedAt: clock.now().toISOString(), reason: fails ? 'Error' : 'Completed' }
    const container = { name: 'c', state: { terminated }, lastState: {}, ready: false, restartCount: 0, image: 'x', imageID: 'x' }
    await client.updateStatus(Pod, { ...pod, status: { ...pod.status, phase: outcome, containerStatuses: [container] } })
    ended.set(pod.metadata.uid, { job: owner?.uid ?? '', outcome, index: indexOf(pod) })
  }
  const controller: Controller = {
    name: 'pod-ender',
    watches: [
      watching(Pod, pod => {
        const uid = controllerOf(pod)?.uid
        if (uid === undefined || pod.metadata.namespace !== namespace) return []
        known.set(uid, (known.get(uid) ?? new Set()).add(pod.metadata.uid))
        return [keyOf(pod)]
      }),
    ],
    workers: 4,
    async reconcile(key) {
      const pod = informers.for(Pod).cache.get(key)
      if (!pod || isPodFinished(pod)) return
      await sleep(next() * 20)
      try {
        if (pod.metadata.deletionTimestamp) await client.delete(Pod, pod.metadata, { gracePeriodSeconds: 0 })
        else await end(pod)
      } catch (error) {
        if (!isNotFound(error) && !isConflict(error)) throw error
      }
    },
  }
  return {
    done: runAll([informers, runController({ controller, informers, log })], signal),
    of: job => [...ended].filter(([, end]) => end.job === job.metadata.uid).map(([uid]) => uid),
    outcome: uid => ended.get(uid)?.outcome,
    index: uid => ended.get(uid)?.index,
    known: job => known.get(job.metadata.uid)?.size ?? 0,
  }
}

interface FaultyJobsOptions {
  readonly client: Client
  readonly log: Logger
  readonly clock: FastClock
  readonly next: () => number
}

const chances = { refused: 0.05, lost: 0.05, crash: 0.02, cutWatch: 0.01, late: 0.2 }
/** How late news may be, in milliseconds. */
const longestDelay = 100

/** The Job controllers on an API that refuses calls and loses answers, killed at any call and started again with nothing in memory. */
export class FaultyJobs {
  readonly #options: FaultyJobsOptions
  faults = 0
  crashes = 0

  constructor(options: FaultyJobsOptions) {
    this.#options = options
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const life = new AbortController()
      await this.#live(AbortSignal.any([signal, life.signal]), life)
      if (!signal.aborted) this.crashes++
    }
  }

  async #live(signal: AbortSignal, life: AbortController): Promise<void> {
    const { log, clock } = this.#options
    const client = this.#faulty(life)
    const informers = new Informers(client, log)
    const events = new EventRecorder({ client, component: 'job-controller', log })
    const context = { client, informers, events, log, clock }
    const controllers = [jobController(context), jobOrphansController(context)].map(controller => this.#fast(controller))
    await runAll([informers, ...controllers.map(controller => runController({ controller, informers, log }))], signal)
  }

  #fast(controller: Controller): Controller {
    return {
      ...controller,
      reconcile: async (key, signal) => {
        const after = await controller.reconcile(key, signal)
        return after === undefined ? undefined : after / this.#options.clock.speed
      },
    }
  }

  #faulty(life: AbortController): Client {
    const { client, next } = this.#options
    const attempt = async <T>(call: () => Promise<T>): Promise<T> => {
      if (life.signal.aborted) throw new Error('this controller is dead')
      const chance = next()
      const { refused, lost, crash } = chances
      if (chance > refused + lost + crash) return call()
      const before = chance < refused || (chance > refused + lost && next() < 0.5)
      if (!before) await call()
      if (chance > refused + lost) life.abort()
      else this.faults++
      throw new Error(before ? 'connection refused' : 'the answer was lost')
    }
    return {
      ...client,
      get: (kind, key) => attempt(() => client.get(kind, key)),
      create: (kind, object) => attempt(() => client.create(kind, object)),
      updateStatus: (kind, object) => attempt(() => client.updateStatus(kind, object)),
      patch: (kind, key, patch) => attempt(() => client.patch(kind, key, patch)),
      delete: (kind, key, options) => attempt(() => client.delete(kind, key, options)),
      watch: (kind, options) => this.#cut(client.watch(kind, options)),
    }
  }

  async *#cut<T>(events: AsyncIterable<T>): AsyncIterable<T> {
    for await (const event of events) {
      if (this.#options.next() < chances.cutWatch) throw new Error('the watch broke')
      if (this.#options.next() < chances.late) await sleep(this.#options.next() * longestDelay)
      yield event
    }
  }
}
