import type { Kind, KubernetesObject } from '../api/kind.ts'
import type { Clock } from '../common/clock.ts'
import type { Logger } from '../common/log.ts'
import { untilAborted, type Runnable } from '../common/run.ts'
import type { Client } from './client.ts'
import { Informer, type InformerOptions } from './informer.ts'

/** What an informer's waiting depends on besides the server. */
export interface InformerChance {
  readonly clock?: Clock
  readonly random?: () => number
}

/** One informer per kind, shared by everybody who asks for it; upstream's SharedInformerFactory. */
export class Informers implements Runnable {
  readonly #informers = new Map<string, Informer<KubernetesObject>>()
  readonly #client: Pick<Client, 'list' | 'watch'>
  readonly #log: Logger
  readonly #chance: InformerChance
  #start: ((informer: Informer<KubernetesObject>) => void) | undefined

  constructor(client: Pick<Client, 'list' | 'watch'>, log: Logger, chance: InformerChance = {}) {
    this.#client = client
    this.#log = log
    this.#chance = chance
  }

  /** The informer of a kind, of all namespaces or of what a selector picks. Asked for while the others run already, it starts at once. */
  for<O extends KubernetesObject>(kind: Kind<O>, fieldSelector = ''): Informer<O> {
    const name = `${kind.group}/${kind.plural}?${fieldSelector}`
    const known = this.#informers.get(name)
    // The map forgets which object type goes with which kind; the name it is kept under is the kind's own.
    if (known) return known as unknown as Informer<O>
    const informer = this.apart({ kind, ...(fieldSelector ? { fieldSelector } : {}) })
    this.#informers.set(name, informer as unknown as Informer<KubernetesObject>)
    this.#start?.(informer as unknown as Informer<KubernetesObject>)
    return informer
  }

  /** An informer of the caller's own, who runs it. */
  apart<O extends KubernetesObject>(
    options: Pick<InformerOptions<O>, 'kind' | 'fieldSelector' | 'metadataOnly' | 'transform'>,
  ): Informer<O> {
    return new Informer({ client: this.#client, log: this.#log, ...this.#chance, ...options })
  }

  async run(signal: AbortSignal): Promise<void> {
    const running: Promise<void>[] = []
    this.#start = informer => running.push(informer.run(signal))
    for (const informer of this.#informers.values()) this.#start(informer)
    await untilAborted(signal)
    this.#start = undefined
    await Promise.all(running)
  }
}
