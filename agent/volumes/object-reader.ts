import type { Kind, KubernetesObject } from '../../api/kind.ts'
import type { Client, ObjectKey } from '../../client/client.ts'
import type { Clock } from '../../common/clock.ts'

interface Read {
  readonly at: number
  readonly answer: Promise<KubernetesObject>
}

/**
 * Reads the ConfigMaps, Secrets and so on that pods refer to. A reader says how old an answer may be: a pod that starts wants
 * a fresh one, the periodic refresh of running pods shares what others have read. Questions asked at once are one request.
 */
export class ObjectReader {
  readonly #reads = new Map<string, Read>()
  readonly #client: Pick<Client, 'get'>
  readonly #clock: Clock

  constructor(client: Pick<Client, 'get'>, clock: Clock) {
    this.#client = client
    this.#clock = clock
  }

  async get<O extends KubernetesObject>(kind: Kind<O>, key: ObjectKey, maxAgeMs = 0): Promise<O> {
    const name = `${kind.group}/${kind.plural}/${key.namespace ?? ''}/${key.name}`
    const now = this.#clock.now().getTime()
    const known = this.#reads.get(name)
    if (known && now - known.at <= maxAgeMs) return (await known.answer) as O
    const answer = this.#client.get(kind, key)
    const read = { at: now, answer }
    this.#reads.set(name, read)
    try {
      return await answer
    } catch (error) {
      if (this.#reads.get(name) === read) this.#reads.delete(name)
      throw error
    }
  }

  /** Forgets what nobody has asked for in a while. */
  prune(maxAgeMs: number): void {
    const oldest = this.#clock.now().getTime() - maxAgeMs
    for (const [name, { at }] of this.#reads) if (at < oldest) this.#reads.delete(name)
  }
}
