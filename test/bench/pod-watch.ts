import { Pod } from '../../api/core/pod.ts'
import type { Client } from '../../client/client.ts'

const LONGEST_WAIT_MILLISECONDS = 120_000

/** One watch for all pods of a run, open before the first is created: connecting is no part of what is measured. */
export class PodWatch {
  readonly #waiting = new Map<string, () => void>()
  readonly #stop = new AbortController()

  static async open(client: Client, labelSelector: string): Promise<PodWatch> {
    const { metadata } = await client.list(Pod, { namespace: 'default', labelSelector })
    const watch = new PodWatch()
    void watch.#follow(client, { labelSelector, resourceVersion: metadata.resourceVersion ?? '' })
    return watch
  }

  /** Resolves when the pod is Ready. */
  async ready(name: string): Promise<void> {
    const ready = new Promise<void>(resolve => this.#waiting.set(name, resolve))
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      const seconds = LONGEST_WAIT_MILLISECONDS / 1000
      timer = setTimeout(() => reject(new Error(`pod ${name} was not Ready within ${seconds} s`)), LONGEST_WAIT_MILLISECONDS)
    })
    await Promise.race([ready, late]).finally(() => clearTimeout(timer))
  }

  close(): void {
    this.#stop.abort()
  }

  async #follow(client: Client, from: { labelSelector: string; resourceVersion: string }): Promise<void> {
    const { signal } = this.#stop
    try {
      for await (const event of client.watch(Pod, { namespace: 'default', ...from, signal })) {
        if (event.type === 'BOOKMARK' || event.type === 'DELETED') continue
        const { metadata, status } = event.object
        if (!status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True')) continue
        this.#waiting.get(metadata.name)?.()
        this.#waiting.delete(metadata.name)
      }
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }
}
