import type { Pod } from '../../api/core/pod.ts'
import { WorkQueue } from '../../client/work-queue.ts'
import type { PodFailure } from '../status/pod-status.ts'

/** What happens to a pod on this node, in order; a phase is never revisited. */
export type WorkPhase = 'syncing' | 'terminating' | 'terminated' | 'finished'

/** Why a pod is to stop, when it is not its deletion. */
export interface TerminationRequest {
  /** Seconds that replace every grace period of the pod. */
  readonly graceSeconds?: number
  /** The verdict that its status will carry. */
  readonly failure?: PodFailure
}

/** The work each phase repeats until it succeeds. */
export interface PodLifecycle {
  /** Brings containers towards the spec. `done`: the pod has run to completion. A number: look again after so many ms. */
  sync(pod: Pod, signal: AbortSignal): Promise<number | 'running' | 'done' | TerminationRequest>
  /** Stops every container. */
  terminate(pod: Pod, request: TerminationRequest, signal: AbortSignal): Promise<void>
  /** Releases what only a stopped pod may release. Resolves to true once the pod is to be forgotten by the API as well. */
  release(pod: Pod, signal: AbortSignal): Promise<boolean>
}

interface Entry {
  pod: Pod
  phase: WorkPhase
  abort: AbortController
  request: TerminationRequest
}

export interface PodWorkersOptions {
  readonly workers?: number
  /** How often a pod is looked at when nothing happens. */
  readonly resyncMs?: number
  readonly backoff?: (failures: number) => number
  readonly onError?: (uid: string, error: unknown) => void
  /** The pod was deleted, and nothing is left of it here. */
  readonly onReleased?: (pod: Pod) => void
}

const defaultBackoff = (failures: number) => Math.min(500 * 2 ** (failures - 1), 10_000)

/** Runs every pod of this node through its phases, one step at a time per pod. */
export class PodWorkers {
  readonly #entries = new Map<string, Entry>()
  /** Pods that are done with while the news of it is still on its way: what is heard of them meanwhile is old. */
  readonly #released = new Set<string>()
  readonly #lifecycle: PodLifecycle
  readonly #queue: WorkQueue
  readonly #resync: number
  readonly #onReleased: PodWorkersOptions['onReleased']

  constructor(lifecycle: PodLifecycle, options: PodWorkersOptions = {}) {
    this.#lifecycle = lifecycle
    this.#onReleased = options.onReleased
    this.#resync = options.resyncMs ?? 60_000
    this.#queue = new WorkQueue((uid, signal) => this.#step(uid, signal), {
      workers: options.workers ?? 250,
      backoff: options.backoff ?? defaultBackoff,
      ...(options.onError ? { onError: options.onError } : {}),
    })
  }

  run(signal: AbortSignal): Promise<void> {
    return this.#queue.run(signal)
  }

  phase(uid: string): WorkPhase | undefined {
    return this.#entries.get(uid)?.phase
  }

  /** Pods of which containers may run. */
  active(): Pod[] {
    return [...this.#entries.values()].filter(({ phase }) => phase === 'syncing' || phase === 'terminating').map(({ pod }) => pod)
  }
  pods(): Pod[] {
    return [...this.#entries.values()].map(({ pod }) => pod)
  }

  /** The pod is new, or its spec changed. */
  update(pod: Pod): void {
    const { uid } = pod.metadata
    if (this.#released.has(uid)) return
    const entry = this.#entries.get(uid)
    if (entry) entry.pod = pod
    else this.#entries.set(uid, { pod, phase: 'syncing', abort: new AbortController(), request: {} })
    // A pod that finished by itself is released once more when it is deleted.
    if (entry?.phase === 'finished' && pod.metadata.deletionTimestamp) entry.phase = 'terminated'
    this.poke(uid)
  }

  /** Something about the pod may have changed: look again. */
  poke(uid: string): void {
    if (this.#entries.has(uid)) this.#queue.add(uid)
  }

  /** Stop the pod, interrupting a sync that is under way. A later request may only shorten the grace period. */
  terminate(uid: string, request: TerminationRequest = {}): void {
    const entry = this.#entries.get(uid)
    if (!entry) return
    const shorter = shortens(request, entry)
    entry.request = { ...entry.request, ...request }
    if (entry.phase === 'syncing') this.#enter(entry, 'terminating')
    else if (entry.phase !== 'terminating' || !shorter) return
    this.#interrupt(entry)
    this.#queue.add(uid)
  }

  /** The API no longer has the pod: stop what still runs of it, if anything does. */
  gone(pod: Pod, now: string): void {
    const { uid } = pod.metadata
    if (this.#released.delete(uid) || !this.#entries.has(uid)) return
    this.update({ ...pod, metadata: { ...pod.metadata, deletionTimestamp: pod.metadata.deletionTimestamp ?? now } })
    this.terminate(uid, { graceSeconds: 1 })
  }

  #release(pod: Pod): void {
    const { uid } = pod.metadata
    this.#entries.delete(uid)
    this.#released.add(uid)
    this.#onReleased?.(pod)
  }

  /** Whether nothing of the pod runs any more; a pod that is not known here does not. */
  hasStopped(uid: string): boolean {
    const phase = this.phase(uid)
    return phase !== 'syncing' && phase !== 'terminating'
  }

  #interrupt(entry: Entry): void {
    entry.abort.abort()
    entry.abort = new AbortController()
  }

  async #step(uid: string, stop: AbortSignal): Promise<number | void> {
    const entry = this.#entries.get(uid)
    if (!entry) return
    const signal = AbortSignal.any([stop, entry.abort.signal])
    try {
      return await this.#work(entry, signal)
    } catch (error) {
      // What was interrupted on purpose has not failed: its successor is queued already.
      if (!signal.aborted) throw error
    }
  }

  async #work(entry: Entry, signal: AbortSignal): Promise<number | void> {
    const { pod, phase, request } = entry
    switch (phase) {
      case 'syncing': {
        const result = await this.#lifecycle.sync(pod, signal)
        if (result === 'running') return this.#resync
        if (typeof result === 'number') return Math.min(result, this.#resync)
        if (entry.phase !== 'syncing') return
        if (result !== 'done') entry.request = { ...entry.request, ...result }
        return this.#enter(entry, 'terminating')
      }
      case 'terminating':
        await this.#lifecycle.terminate(pod, request, signal)
        return this.#enter(entry, 'terminated')
      case 'terminated':
        if (await this.#lifecycle.release(entry.pod, signal)) return this.#release(pod)
        return this.#enter(entry, 'finished')
      case 'finished':
        return
    }
  }

  #enter(entry: Entry, phase: WorkPhase): void {
    entry.phase = phase
    this.#queue.add(entry.pod.metadata.uid)
  }
}

const shortens = ({ graceSeconds }: TerminationRequest, { request }: Entry): boolean =>
  graceSeconds !== undefined && graceSeconds < (request.graceSeconds ?? Infinity)
