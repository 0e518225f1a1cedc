import type { Pod } from '../../api/core/pod.ts'
import { Backoff } from '../../common/backoff.ts'
import type { Clock } from '../../common/clock.ts'
import { messageOf } from '../../common/error-message.ts'
import type { PreparedVolume } from '../runtime/runtime.ts'
import { MountError } from '../volumes/mount-error.ts'
import type { VolumeManager } from '../volumes/volume-manager.ts'
import type { PodEvents } from './pod-events.ts'

export interface VolumeMounterOptions {
  readonly volumes: Pick<VolumeManager, 'collect' | 'setUp' | 'refresh' | 'sources'>
  readonly events: PodEvents
  readonly clock: Clock
}

/** Upstream's durBeforeRetry and its maximum for operations on volumes. */
const [initialMs, maxMs] = [500, 122_000]
/** Upstream's podAttachAndMountTimeout: so often it is said which volumes are waited for. */
const patienceMs = 123_000

/**
 * Sets up the volumes of pods and keeps them current, with upstream's events. After a failure a pod's volumes are left alone
 * for half a second, then twice as long each time, up to two minutes; news of what they lack ends the wait.
 */
export class VolumeMounter {
  readonly #options: VolumeMounterOptions
  readonly #backoff = new Backoff(initialMs, maxMs)
  readonly #waitingSince = new Map<string, number>()
  /** Which volumes of a pod are set up: a debug container may mount one that no other did. */
  readonly #mounted = new Map<string, string>()

  constructor(options: VolumeMounterOptions) {
    this.#options = options
  }

  /** Milliseconds for which the pod's volumes are to be left alone. */
  remaining({ metadata }: Pod): number {
    return this.#backoff.remainingSinceUpdate(metadata.uid, this.#options.clock.now().getTime())
  }

  /** Something that the pod's volumes show has appeared or changed: it is worth a try. */
  changed(podUid: string): void {
    this.#backoff.reset(podUid)
  }

  /** Whether the pod's volumes are set up already. */
  isMounted(pod: Pod): boolean {
    return this.#mounted.get(pod.metadata.uid) === this.#namesOf(pod)
  }

  /** Sets up the pod's volumes, and what else it needs with them. Throws MountError, for the caller to wait `remaining`. */
  async mount(pod: Pod, more: readonly PreparedVolume[]): Promise<void> {
    const { volumes } = this.#options
    try {
      const contents = await volumes.collect(pod)
      await volumes.setUp(pod, { volumes: [...contents.volumes, ...more] })
    } catch (error) {
      throw this.#failed(pod, error)
    }
    this.#succeeded(pod)
    this.#mounted.set(pod.metadata.uid, this.#namesOf(pod))
  }

  /** Brings the volumes of a running pod up to date. Throws MountError when one could not be. */
  async refresh(pod: Pod): Promise<void> {
    if (this.remaining(pod) > 0) return
    try {
      await this.#options.volumes.refresh(pod)
    } catch (error) {
      throw this.#failed(pod, error)
    }
    this.#succeeded(pod)
  }

  forget(podUid: string): void {
    this.#backoff.reset(podUid)
    this.#waitingSince.delete(podUid)
    this.#mounted.delete(podUid)
  }

  #namesOf(pod: Pod): string {
    return [...this.#options.volumes.sources(pod).keys()].join(',')
  }

  #succeeded({ metadata }: Pod): void {
    this.#backoff.reset(metadata.uid)
    this.#waitingSince.delete(metadata.uid)
  }

  #failed(pod: Pod, cause: unknown): MountError {
    const { events, clock } = this.#options
    const now = clock.now().getTime()
    const { uid } = pod.metadata
    const error = cause instanceof MountError ? cause : wholeFailure(pod, cause)
    this.#backoff.next(uid, now, now)
    for (const { message } of error.failures) events.record({ pod, type: 'Warning', reason: 'FailedMount', message })
    const since = this.#waitingSince.get(uid) ?? now
    this.#waitingSince.set(uid, since)
    if (now - since < patienceMs) return error
    const names = error.failures.map(({ volume }) => volume).sort()
    const message = `Unable to attach or mount volumes: unmounted volumes=[${names.join(' ')}], unattached volumes=[], failed to process volumes=[]: context deadline exceeded`
    events.record({ pod, type: 'Warning', reason: 'FailedMount', message })
    this.#waitingSince.set(uid, now)
    return error
  }
}

/** The volumes are made in one go: which of them it was the runtime does not say. */
const wholeFailure = ({ metadata }: Pod, cause: unknown): MountError =>
  new MountError([{ volume: '', message: `MountVolume.SetUp failed for pod "${metadata.name}" : ${messageOf(cause)}` }], { cause })
