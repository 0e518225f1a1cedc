import type { Kind, KubernetesObject } from '../../api/kind.ts'
import type { Client, ObjectKey } from '../../client/client.ts'

/** Where the ConfigMaps and Secrets come from that pods refer to. Throws the API's not-found error. */
export interface Objects {
  get<O extends KubernetesObject>(kind: Kind<O>, key: ObjectKey): Promise<O>
}

export const objectName = ({ group, plural }: Pick<Kind, 'group' | 'plural'>, { namespace = '', name }: ObjectKey): string =>
  `${group}/${plural}/${namespace}/${name}`

/** Asks the API, for a pod that starts wants what is true now. Questions asked at once are one request. */
export class ObjectReader implements Objects {
  readonly #asked = new Map<string, Promise<KubernetesObject>>()
  readonly #client: Pick<Client, 'get'>

  constructor(client: Pick<Client, 'get'>) {
    this.#client = client
  }

  async get<O extends KubernetesObject>(kind: Kind<O>, key: ObjectKey): Promise<O> {
    const name = objectName(kind, key)
    const asked = this.#asked.get(name)
    if (asked) return (await asked) as O
    const answer = this.#client.get(kind, key)
    this.#asked.set(name, answer)
    try {
      return await answer
    } finally {
      this.#asked.delete(name)
    }
  }
}
