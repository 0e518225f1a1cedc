import { isConflict } from '../api/errors.ts'
import type { Kind, KubernetesObject } from '../api/kind.ts'
import { systemClock, type AlarmClock } from '../common/clock.ts'
import type { Logger } from '../common/log.ts'
import type { Runnable } from '../common/run.ts'
import { keyOf } from './cache.ts'
import type { Informer } from './informer.ts'
import type { Informers } from './informers.ts'
import { WorkQueue, type WorkQueueObserver } from './work-queue.ts'

/** A kind whose changes concern a controller, and which of its keys each change concerns. Made by `watching`. */
export interface Watching {
  start(informers: Informers, enqueue: (key: string) => void): Informer<KubernetesObject>
}

/**
 * `keys` is asked about every state an object was seen in, so that keys named only by the old one are woken too.
 * `fieldSelector` keeps the objects that concern nobody out of memory.
 */
export const watching = <O extends KubernetesObject>(
  kind: Kind<O>,
  keys: (object: O) => readonly string[] = object => [keyOf(object)],
  fieldSelector = '',
): Watching => ({
  start(informers, enqueue) {
    const informer = informers.for(kind, fieldSelector)
    const add = (object: O) => keys(object).forEach(enqueue)
    informer.addListener({
      added: add,
      updated(object, previous) {
        for (const key of new Set([...keys(object), ...keys(previous)])) enqueue(key)
      },
      deleted: add,
    })
    return informer as unknown as Informer<KubernetesObject>
  },
})

/**
 * Brings the world closer to what an object asks for. Level-driven: `reconcile` never learns which event woke it. Throwing
 * means try again with back-off; a number means look again in so many milliseconds; nothing means done until something changes.
 */
export interface Controller {
  readonly name: string
  readonly watches: readonly Watching[]
  readonly workers?: number
  reconcile(key: string, signal: AbortSignal): Promise<number | void>
}

export interface ControllerRun {
  readonly controller: Controller
  readonly informers: Informers
  readonly log: Logger
  readonly clock?: AlarmClock
  readonly observer?: WorkQueueObserver | undefined
}

/** Runs a controller: informers → queue → reconcile. It starts working once all its caches are filled. */
export const runController = ({ controller, informers, log, clock = systemClock, observer }: ControllerRun): Runnable => ({
  async run(signal) {
    const queue = new WorkQueue((key, stop) => controller.reconcile(key, stop), {
      workers: controller.workers ?? 2,
      clock,
      observer,
      onError(key, error) {
        if (!signal.aborted) log[isConflict(error) ? 'debug' : 'warn']('reconcile failed', { key, error })
      },
    })
    const watched = controller.watches.map(watch => watch.start(informers, key => queue.add(key)))
    if (!(await allSynced(watched, signal))) return
    await queue.run(signal)
  },
})

/** False when the signal aborted first. */
export async function allSynced(informers: readonly Pick<Informer<KubernetesObject>, 'synced'>[], signal: AbortSignal): Promise<boolean> {
  try {
    await Promise.all(informers.map(informer => informer.synced(signal)))
    return true
  } catch (error) {
    if (signal.aborted) return false
    throw error
  }
}
