import { isConflict, isNotFound } from '../../api/errors.ts'
import { Pod } from '../../api/core/pod.ts'
import type { PodStatus } from '../../api/core/pod-status.ts'
import { isTerminalPhase } from '../../api/pod-phase.ts'
import { isStaticPod } from '../../api/static-pods.ts'
import { timestamp } from '../../api/time.ts'
import type { Client } from '../../client/client.ts'
import { sleepUnlessAborted, type Clock } from '../../common/clock.ts'
import type { Logger } from '../../common/log.ts'
import { untilAborted } from '../../common/run.ts'
import { withUnreadyConditions } from './pod-status.ts'
import { statusPatch } from './status-patch.ts'

interface Entry {
  readonly pod: Pod
  /** The object that shows the pod in the API: itself, or the mirror of a static pod; undefined while there is none. */
  shown: Pod | undefined
  /** What the API is believed to hold, and in which version of the pod. */
  written: PodStatus
  version: number
  wanted: PodStatus
  /** The writer at work on this pod, if any. */
  writing: Promise<void> | undefined
  gone: boolean
}

const LONGEST_RETRY_MILLISECONDS = 3_000

export interface StatusManagerOptions {
  readonly client: Pick<Client, 'patch' | 'delete'>
  readonly clock: Clock
  readonly log: Logger
  /** First delay after a failed write; doubles up to 3 s. */
  readonly retryMs?: number
}

/** The only writer of pod status. Writes are per pod, in order, and coalesced: what is overtaken is never sent. */
export class StatusManager {
  readonly #entries = new Map<string, Entry>()
  readonly #options: StatusManagerOptions
  readonly #stop = new AbortController()

  constructor(options: StatusManagerOptions) {
    this.#options = options
  }

  async run(signal: AbortSignal): Promise<void> {
    await untilAborted(signal)
    this.#stop.abort()
    await Promise.allSettled([...this.#entries.values()].map(({ writing }) => writing))
  }

  /** The newest status of the pod, written or about to be. */
  get(pod: Pod): PodStatus {
    return this.#entries.get(pod.metadata.uid)?.wanted ?? pod.status
  }

  /**
   * Takes over a status and writes it in the background. While containers may still run, a phase that would end the pod is
   * held back; only its conditions go out.
   */
  set(pod: Pod, status: PodStatus, options: { containersMayRun: boolean }): void {
    const entry = this.#entryOf(pod)
    if (entry.gone) return
    entry.wanted = this.#merged(entry.wanted, status, options.containersMayRun)
    this.#write(entry)
  }

  /**
   * The API has the pod so. When somebody else wrote to its status after this manager, what is true is written once more: a
   * node that was cut off comes back to pods that were declared unready meanwhile.
   */
  heard(pod: Pod): void {
    const entry = this.#entries.get(pod.metadata.uid)
    const version = Number(pod.metadata.resourceVersion)
    if (!entry || entry.gone || entry.writing || version <= entry.version) return
    entry.written = pod.status
    entry.version = version
    this.#write(entry)
  }

  /** The API shows a static pod by this mirror now, or by none any more. */
  mirrored(pod: Pod, mirror: Pod | undefined): void {
    const entry = this.#entryOf(pod)
    const isOld = mirror?.metadata.uid === entry.shown?.metadata.uid && Number(mirror?.metadata.resourceVersion) <= entry.version
    if (isOld) return
    entry.shown = mirror
    if (!mirror) return
    entry.written = mirror.status
    entry.version = Number(mirror.metadata.resourceVersion)
    this.#write(entry)
  }

  /** Waits until everything is written, then completes a deletion that the user asked for. */
  async finish(pod: Pod): Promise<void> {
    const entry = this.#entryOf(pod)
    // A static pod ends without the API; its mirror is not the agent's pod to delete.
    if (isStaticPod(pod)) return
    while (entry.writing) await entry.writing
    if (entry.gone || !pod.metadata.deletionTimestamp) return
    const { name, namespace, uid } = pod.metadata
    try {
      await this.#options.client.delete(Pod, { name, namespace }, { gracePeriodSeconds: 0, preconditions: { uid } })
    } catch (error) {
      if (!isNotFound(error) && !isConflict(error)) throw error
    }
    entry.gone = true
  }

  forget(uid: string): void {
    this.#entries.delete(uid)
  }

  #entryOf(pod: Pod): Entry {
    const { uid } = pod.metadata
    const entry = this.#entries.get(uid) ?? {
      pod,
      shown: isStaticPod(pod) ? undefined : pod,
      written: pod.status,
      version: Number(pod.metadata.resourceVersion),
      wanted: pod.status,
      writing: undefined,
      gone: false,
    }
    this.#entries.set(uid, entry)
    return entry
  }

  #merged(before: PodStatus, next: PodStatus, containersMayRun: boolean): PodStatus {
    if (!isTerminalPhase(next.phase)) return next
    const now = timestamp(this.#options.clock.now())
    const ending = withUnreadyConditions(next, now)
    if (!containersMayRun || isTerminalPhase(before.phase)) return ending
    const { phase: _phase, reason: _reason, message: _message, ...rest } = ending
    return {
      ...rest,
      ...(before.phase ? { phase: before.phase } : {}),
      ...(before.reason ? { reason: before.reason } : {}),
      ...(before.message ? { message: before.message } : {}),
    }
  }

  #write(entry: Entry): void {
    if (entry.writing || !entry.shown) return
    entry.writing = this.#writeAll(entry).finally(() => (entry.writing = undefined))
  }

  async #writeAll(entry: Entry): Promise<void> {
    let delay = this.#options.retryMs ?? 200
    while (!entry.gone && entry.shown && !this.#stop.signal.aborted) {
      const { shown } = entry
      const status = entry.wanted
      const patch = statusPatch(entry.written, status)
      if (!patch) return
      try {
        const { metadata } = await this.#patch(shown, patch)
        // Another mirror may have taken its place meanwhile.
        if (entry.shown.metadata.uid !== shown.metadata.uid) continue
        entry.written = status
        entry.version = Number(metadata.resourceVersion)
      } catch (error) {
        if (isNotFound(error) || isConflict(error)) this.#lost(entry, shown)
        else if (!(await this.#retryLater(error, delay))) return
        delay = Math.min(delay * 2, LONGEST_RETRY_MILLISECONDS)
      }
    }
  }

  #lost(entry: Entry, shown: Pod): void {
    if (!isStaticPod(entry.pod)) entry.gone = true
    else if (entry.shown === shown) entry.shown = undefined
  }

  async #patch({ metadata: { name, namespace, uid } }: Pod, status: Record<string, unknown>): Promise<Pod> {
    // The uid makes the server refuse the patch for a namesake of the pod.
    return await this.#options.client.patch(
      Pod,
      { name, namespace },
      { type: 'strategic', subresource: 'status', body: { metadata: { uid }, status } },
    )
  }

  /** False when the agent stops meanwhile. */
  async #retryLater(error: unknown, delay: number): Promise<boolean> {
    this.#options.log.warn('pod status could not be written', { error })
    await sleepUnlessAborted(this.#options.clock, delay, this.#stop.signal)
    return !this.#stop.signal.aborted
  }
}
