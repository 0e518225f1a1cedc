import { ConfigMap } from '../../api/core/config-map.ts'
import { Secret } from '../../api/core/secret.ts'
import { notFound } from '../../api/errors.ts'
import type { Kind, KubernetesObject } from '../../api/kind.ts'
import { keyOf } from '../../client/cache.ts'
import type { Client, ObjectKey } from '../../client/client.ts'
import { Informer } from '../../client/informer.ts'
import type { Logger } from '../../common/log.ts'
import { untilAborted, type Runnable } from '../../common/run.ts'
import { objectName, type Objects } from './object-reader.ts'

type Watched = ConfigMap | Secret
export interface WatchedReference {
  readonly kind: 'ConfigMap' | 'Secret'
  readonly namespace: string
  readonly name: string
}

export interface ObjectWatchesOptions {
  readonly client: Pick<Client, 'list' | 'watch'>
  readonly log: Logger
  /** The object of a pod's is known for the first time, or (`isNews`) it appeared, changed or went away since. */
  readonly onChange: (podUid: string, isNews: boolean) => void
}

interface Entry {
  readonly informer: Informer<Watched>
  readonly pods: Set<string>
  readonly stop: AbortController
}

/** The object is watched, but what the API has is not known yet: whoever asks is told when it is. */
export class NotYetKnown extends Error {
  override readonly name = 'NotYetKnown'
}

const kinds: Readonly<Record<WatchedReference['kind'], Kind<Watched>>> = {
  ConfigMap: ConfigMap as Kind<Watched>,
  Secret: Secret as Kind<Watched>,
}

/**
 * Upstream's watch-based manager: watches exactly the ConfigMaps and Secrets that volumes of this node's pods show, each for as
 * long as a pod refers to it. One that is immutable is watched no longer once it is known.
 */
export class ObjectWatches implements Objects, Runnable {
  readonly #options: ObjectWatchesOptions
  readonly #entries = new Map<string, Entry>()
  readonly #running = new Set<Promise<void>>()
  #stopped = false

  constructor(options: ObjectWatchesOptions) {
    this.#options = options
  }

  /** From now on the pod is told of changes of these, and of these alone. */
  track(podUid: string, references: readonly WatchedReference[]): void {
    const wanted = new Map(references.map(reference => [objectName(kinds[reference.kind], reference), reference]))
    this.#release(podUid, name => !wanted.has(name))
    for (const [name, reference] of wanted) (this.#entries.get(name) ?? this.#watch(name, reference)).pods.add(podUid)
  }

  forget(podUid: string): void {
    this.#release(podUid, () => true)
  }

  /** Throws NotYetKnown when nobody tracks the object, or its watch has not begun. */
  async get<O extends KubernetesObject>(kind: Kind<O>, key: ObjectKey): Promise<O> {
    const informer = this.#entries.get(objectName(kind, key))?.informer
    if (!informer?.hasSynced) throw new NotYetKnown(`${kind.plural} ${key.name} is not known yet`)
    const found = informer.cache.get(keyOf({ metadata: key }))
    if (!found) throw notFound(kind, key.name)
    return found as unknown as O
  }

  /** What is watched; for tests. */
  get watched(): readonly string[] {
    return [...this.#entries].filter(([, { stop }]) => !stop.signal.aborted).map(([name]) => name)
  }

  async run(signal: AbortSignal): Promise<void> {
    await untilAborted(signal)
    this.#stopped = true
    for (const { stop } of this.#entries.values()) stop.abort()
    await Promise.all(this.#running)
  }

  #watch(name: string, { kind, namespace, name: object }: WatchedReference): Entry {
    const { client, log, onChange } = this.#options
    const informer = new Informer<Watched>({ client, kind: kinds[kind], namespace, fieldSelector: `metadata.name=${object}`, log })
    const entry: Entry = { informer, pods: new Set(), stop: new AbortController() }
    this.#entries.set(name, entry)
    const known = (isNews: boolean) => {
      for (const uid of entry.pods) onChange(uid, isNews)
      // It will never be another: nothing is left to watch.
      if (informer.cache.list().some(({ immutable }) => immutable)) entry.stop.abort()
    }
    const changed = () => {
      if (informer.hasSynced) known(true)
    }
    informer.addListener({ added: changed, updated: changed, deleted: changed })
    if (this.#stopped) entry.stop.abort()
    const running = run(entry, () => known(false)).finally(() => this.#running.delete(running))
    this.#running.add(running)
    return entry
  }

  #release(podUid: string, isOver: (name: string) => boolean): void {
    for (const [name, { pods, stop }] of this.#entries) {
      if (!isOver(name) || !pods.delete(podUid) || pods.size > 0) continue
      stop.abort()
      this.#entries.delete(name)
    }
  }
}

async function run({ informer, stop: { signal } }: Entry, onKnown: () => void): Promise<void> {
  const stopped = (reason: unknown) => {
    if (!signal.aborted) throw reason
  }
  await Promise.all([informer.run(signal), informer.synced(signal).then(onKnown, stopped)])
}
