import type { Pod } from '../../api/core/pod.ts'
import { timestamp } from '../../api/time.ts'
import { keyOf } from '../../client/cache.ts'
import type { Clock } from '../../common/clock.ts'
import type { Logger } from '../../common/log.ts'
import { untilAborted } from '../../common/run.ts'
import { readManifest } from './manifest.ts'
import type { Manifest } from './manifest-directory.ts'

/** Who runs the pods. */
export interface StaticPodWorkers {
  update(pod: Pod): void
  terminate(uid: string): void
  /** The pod is forgotten: one of the same uid is a new one. */
  gone(pod: Pod, now: string): void
}

export interface StaticPodsOptions {
  readonly nodeName: string
  readonly workers: StaticPodWorkers
  /** A pod of this name came, changed or went: its mirror has to follow. */
  readonly onChange: (name: string) => void
  readonly clock: Clock
  readonly log: Logger
}

/**
 * The pods that this node runs from manifests, and which of them runs now: a manifest that changed is another pod, which
 * starts when the one before it has ended.
 */
export class StaticPods {
  readonly #options: StaticPodsOptions
  /** What the manifests say, by namespace and name; undefined until they were read once. */
  #wanted: ReadonlyMap<string, Pod> | undefined
  /** What was given to the workers and not yet released by them. */
  readonly #running = new Map<string, Pod>()
  readonly #complaints = new Map<string, string>()
  #announceRead: () => void = () => undefined
  readonly #read = new Promise<void>(resolve => (this.#announceRead = resolve))

  constructor(options: StaticPodsOptions) {
    this.#options = options
  }

  get hasRead(): boolean {
    return this.#wanted !== undefined
  }
  /** Resolves when it is known which static pods there are, or the signal aborts. */
  async known(signal: AbortSignal): Promise<void> {
    await Promise.race([this.#read, untilAborted(signal)])
  }
  has(uid: string): boolean {
    return [...this.#running.values(), ...(this.#wanted?.values() ?? [])].some(({ metadata }) => metadata.uid === uid)
  }
  /** The pod of a name that runs, or is about to. */
  get(key: string): Pod | undefined {
    return this.#running.get(key) ?? this.#wanted?.get(key)
  }

  /** Takes over what the manifests say now. One that cannot be read, or is no valid pod, is as if it were not there. */
  read(manifests: readonly Manifest[]): void {
    const pods = manifests.flatMap(manifest => this.#podOf(manifest) ?? [])
    this.#wanted = new Map(pods.map(pod => [keyOf(pod), pod]))
    this.#announceRead()
    for (const key of new Set([...this.#wanted.keys(), ...this.#running.keys()])) this.#bringAbout(key)
  }

  /** The workers are done with a pod that was told to end. */
  released(pod: Pod): void {
    const key = keyOf(pod)
    if (this.#running.get(key)?.metadata.uid !== pod.metadata.uid) return
    this.#running.delete(key)
    this.#options.workers.gone(pod, this.#now())
    this.#bringAbout(key)
    this.#options.onChange(key)
  }

  #bringAbout(key: string): void {
    const { workers, onChange, log } = this.#options
    const wanted = this.#wanted?.get(key)
    const running = this.#running.get(key)
    if (running?.metadata.uid === wanted?.metadata.uid) return
    if (running) {
      if (running.metadata.deletionTimestamp) return
      const ending = { ...running, metadata: { ...running.metadata, deletionTimestamp: this.#now() } }
      log.info('a static pod has to go', { pod: running.metadata.name, namespace: running.metadata.namespace })
      this.#running.set(key, ending)
      workers.update(ending)
      workers.terminate(ending.metadata.uid)
    } else if (wanted) {
      log.info('a static pod starts', { pod: wanted.metadata.name, namespace: wanted.metadata.namespace })
      this.#running.set(key, wanted)
      workers.update(wanted)
      onChange(key)
    }
  }

  #podOf({ path, text }: Manifest): Pod | undefined {
    const { nodeName, clock, log } = this.#options
    try {
      const pod = readManifest(text, { nodeName, path, now: clock.now() })
      this.#complaints.delete(path)
      return pod
    } catch (error) {
      // Read again every few seconds, a bad manifest is complained about once.
      if (this.#complaints.get(path) !== text) log.error('the manifest of a static pod is not used', { path, error })
      this.#complaints.set(path, text)
      return undefined
    }
  }

  #now(): string {
    return timestamp(this.#options.clock.now())
  }
}
