import { Event } from '../../api/core/event.ts'
import { Pod } from '../../api/core/pod.ts'
import type { Client } from '../../client/client.ts'

/** All states and events of a namespace's pods, as they come, by the pod's uid. */
export class PodRecorder {
  readonly #namespace: string
  readonly #versions = new Map<string, Pod[]>()
  readonly #events = new Map<string, Event[]>()

  constructor(namespace: string) {
    this.#namespace = namespace
  }

  versions = (uid: string): readonly Pod[] => this.#versions.get(uid) ?? []
  events = (uid: string): readonly Event[] => this.#events.get(uid) ?? []
  /** The pod of that name as it is now, or was last. */
  latest = (name: string): Pod | undefined => [...this.#versions.values()].find(([first]) => first?.metadata.name === name)?.at(-1)

  /** Records until the signal aborts; a watch that breaks before is an error. */
  async run(client: Client, signal: AbortSignal): Promise<void> {
    try {
      await Promise.all([this.#watchPods(client, signal), this.#watchEvents(client, signal)])
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }

  async #watchPods(client: Client, signal: AbortSignal): Promise<void> {
    for await (const { type, object } of client.watch(Pod, { namespace: this.#namespace, resourceVersion: '0', signal }))
      if (type === 'ADDED' || type === 'MODIFIED') append(this.#versions, object.metadata.uid, object)
  }
  async #watchEvents(client: Client, signal: AbortSignal): Promise<void> {
    for await (const { type, object } of client.watch(Event, { namespace: this.#namespace, resourceVersion: '0', signal }))
      if (type === 'ADDED' || type === 'MODIFIED') append(this.#events, object.involvedObject.uid ?? '', object)
  }
}

function append<T>(lists: Map<string, T[]>, uid: string, item: T): void {
  const list = lists.get(uid)
  if (list) list.push(item)
  else lists.set(uid, [item])
}
