import type { Kind } from '../../../api/kind.ts'
import type { Logger } from '../../../common/log.ts'
import type { Store } from '../../store/store.ts'
import { prefixOf } from './keys.ts'
import type { WatchHub } from './watch-hub.ts'

interface Options {
  readonly kind: Kind
  readonly timeToLive: number
  readonly store: Store
  readonly hub: WatchHub
  readonly log: Logger
}

interface Deadline {
  readonly key: string
  readonly revision: number
  readonly at: number
}

/** Removes objects of a kind that have not been written for `timeToLive`, as etcd's leases do. One timer, for the oldest. */
export class Expiry {
  readonly #options: Options
  /** All have the same time to live, so the order of writes is the order of deadlines. */
  #deadlines: Deadline[] = []
  #timer: NodeJS.Timeout | undefined
  readonly #unlisten: () => void

  constructor(options: Options) {
    this.#options = options
    const { kind, store, hub } = options
    // How long ago they were written is not known after a restart: they get their full time again.
    for (const { key, revision } of store.list(prefixOf(kind, '')).entries) this.#add(key, revision)
    this.#unlisten = hub.listen(prefixOf(kind, ''), ({ key, revision, current }) => {
      if (current) this.#add(key, revision)
    })
  }
  close(): void {
    this.#unlisten()
    clearTimeout(this.#timer)
  }
  #add(key: string, revision: number): void {
    this.#deadlines.push({ key, revision, at: Date.now() + this.#options.timeToLive })
    this.#schedule()
  }
  #schedule(): void {
    const next = this.#deadlines[0]
    if (this.#timer || !next) return
    this.#timer = setTimeout(() => void this.#expire(), Math.max(0, next.at - Date.now()))
    this.#timer.unref()
  }
  async #expire(): Promise<void> {
    const now = Date.now()
    const end = this.#deadlines.findIndex(({ at }) => at > now)
    const due = this.#deadlines.splice(0, end === -1 ? this.#deadlines.length : end)
    try {
      await Promise.all(due.map(deadline => this.#remove(deadline)))
    } catch (error) {
      this.#options.log.error('expired objects could not be removed', { kind: this.#options.kind.kind, error })
    }
    this.#timer = undefined
    this.#schedule()
  }
  #remove({ key, revision }: Deadline): Promise<unknown> {
    return this.#options.store.mutate(key, current => (current?.revision === revision ? { delete: true } : { keep: true }))
  }
}
