import type { Pod } from '../../api/core/pod.ts'
import { podFullName } from '../../api/pod-containers.ts'
import { Backoff } from '../../common/backoff.ts'
import { goDuration } from '../../common/go-duration.ts'
import type { ObservedContainer } from '../runtime/runtime.ts'

/** How long a restart has to wait, and what the container says meanwhile. */
export interface HeldBack {
  readonly remainingMs: number
  readonly message: string
}

/**
 * CrashLoopBackOff: 10 s after the second end of a container, doubled with every restart up to 5 minutes, counted from the
 * end; a container that ran well for ten minutes begins anew.
 */
export class RestartBackoff {
  readonly #backoff: Backoff

  constructor(initialMs = 10_000, maxMs = 300_000) {
    this.#backoff = new Backoff(initialMs, maxMs)
  }

  /** Undefined: may start now. */
  check(pod: Pod, ended: ObservedContainer | undefined, now: number): HeldBack | undefined {
    if (!ended) return undefined
    const key = keyOf(pod, ended.name)
    const remainingMs = this.#backoff.remaining(key, endOf(ended), now)
    if (remainingMs === 0) return undefined
    const delay = goDuration(this.#backoff.get(key))
    return { remainingMs, message: `back-off ${delay} restarting failed container=${ended.name} pod=${podFullName(pod)}` }
  }

  /** The container is started again now. */
  restarted(pod: Pod, ended: ObservedContainer, now: number): void {
    this.#backoff.next(keyOf(pod, ended.name), endOf(ended), now)
  }

  forget(podUid: string): void {
    this.#backoff.forget(`${podUid}/`)
  }
}

const keyOf = (pod: Pod, container: string) => `${pod.metadata.uid}/${container}`
const endOf = ({ finishedAt, createdAt }: ObservedContainer) => Date.parse(finishedAt ?? createdAt)
