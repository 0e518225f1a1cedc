import { alreadyExists, apiError, expired, objectModified } from '../../api/errors.ts'
import type { Kind, KubernetesObject } from '../../api/kind.ts'
import type { Client, NewObject, WatchEvent, WatchOptions } from '../../client/client.ts'
import { ConnectionError } from '../../client/status-error.ts'
import type { Chance } from './chance.ts'
import type { Faults } from './faults.ts'
import { isSameKind, type Change, type SimulatedApi } from './simulated-api.ts'
import type { VirtualTime } from './virtual-time.ts'

export interface ClientOptions {
  readonly api: SimulatedApi
  readonly time: VirtualTime
  readonly chance: Chance
  /** As they are at the moment: histories end in calm. */
  readonly faults: () => Faults
  /** Who calls. */
  readonly name: string
  /** Ends the program that this client belongs to. */
  readonly crash: () => void
  /** The program's life. */
  readonly signal: AbortSignal
  /** Hears of every fault. */
  readonly fault: (what: string) => void
}

interface Call<T> {
  readonly kind: Pick<Kind, 'group' | 'plural'>
  readonly name: string
  /** Whether 409 would be believed. */
  readonly conflicts?: boolean
  readonly generates?: boolean
  effect(): T
}

type Fate = { readonly before?: unknown; readonly after?: unknown; readonly crash?: true }

/** The API as one life of one program reaches it: slowly, and not always. When the life ends, what it had under way is answered by nobody. */
export function simulatedClient(options: ClientOptions): Client {
  const { api, name: by } = options
  const calls = new Calls(options)
  const none = () => {
    throw new Error('not simulated')
  }
  return {
    get: (kind, key) => calls.make({ kind, name: key.name, effect: () => api.get(kind, key) }),
    list: (kind, listOptions) => calls.make({ kind, name: '', effect: () => api.list(kind, listOptions) }),
    watch: <O extends KubernetesObject>(kind: Kind<O>, watchOptions: WatchOptions) =>
      watch<O>(options, kind as unknown as Kind, watchOptions),
    create: <O extends KubernetesObject>(kind: Kind<O>, object: NewObject<O>) => {
      const { name = '', generateName } = object.metadata
      return calls.make({ kind, name, generates: generateName !== undefined, effect: () => api.create(kind, object, by) })
    },
    update: (kind, object, subresource) =>
      calls.make({ kind, name: object.metadata.name, conflicts: true, effect: () => api.update(kind, object, { by, subresource }) }),
    updateStatus: (kind, object) =>
      calls.make({
        kind,
        name: object.metadata.name,
        conflicts: true,
        effect: () => api.update(kind, object, { by, subresource: 'status' }),
      }),
    patch: (kind, key, patch) => calls.make({ kind, name: key.name, conflicts: true, effect: () => api.patch(kind, key, { by, patch }) }),
    delete: (kind, key, deleteOptions) =>
      calls.make({ kind, name: key.name, effect: () => api.delete(kind, key, { by, options: deleteOptions }) }),
    getPath: path => calls.make({ kind: { group: '', plural: path }, name: '', effect: () => api.read(path) }),
    deleteCollection: none,
    post: none,
  }
}

class Calls {
  readonly #options: ClientOptions
  readonly #pending = new Set<(error: unknown) => void>()

  constructor(options: ClientOptions) {
    this.#options = options
    options.signal.addEventListener('abort', () => {
      for (const reject of this.#pending) reject(new ConnectionError('this program is no more'))
      this.#pending.clear()
    })
  }

  make<T>(call: Call<T>): Promise<T> {
    const { time, signal } = this.#options
    if (signal.aborted) return Promise.reject(new ConnectionError('this program is no more'))
    return new Promise((resolve, reject) => {
      this.#pending.add(reject)
      const answer = (settle: () => void) => {
        time.alarm(this.#delay(), () => {
          // What a program was told after its end is not told to anybody.
          if (this.#pending.delete(reject)) settle()
        })
      }
      time.alarm(this.#delay(), () => {
        if (!this.#pending.has(reject)) return
        this.#arrive(call, { resolve: value => answer(() => resolve(value)), reject: error => answer(() => reject(error)) })
      })
    })
  }

  #arrive<T>(call: Call<T>, { resolve, reject }: { resolve(value: T): void; reject(error: unknown): void }): void {
    const fate = this.#fateOf(call)
    if (fate.before !== undefined) return reject(fate.before)
    if (fate.crash && this.#options.chance.happens(0.5)) return this.#options.crash()
    try {
      const value = call.effect()
      if (fate.after === undefined) resolve(value)
      else reject(fate.after)
    } catch (error) {
      reject(error)
    }
    if (fate.crash) this.#options.crash()
  }

  #fateOf({ kind, name, conflicts, generates }: Call<unknown>): Fate {
    const faults = this.#options.faults()
    let left = this.#options.chance.next()
    const falls = (probability: number) => (left -= probability) < 0
    const tell = (what: string, fate: Fate): Fate => {
      this.#options.fault(`${what} for ${kind.plural} ${name}`)
      return fate
    }
    if (falls(faults.crash)) return tell('crash', { crash: true })
    if (falls(faults.unanswered)) return tell('no answer', { after: new ConnectionError('the answer was lost') })
    if (falls(faults.unreachable)) return tell('no connection', { before: new ConnectionError('connection refused') })
    if (falls(faults.broken)) return tell('500', { before: apiError('InternalError', 'Internal error occurred: bad luck') })
    if (falls(faults.busy)) return tell('429', { before: apiError('TooManyRequests', 'the server is busy') })
    if (conflicts && falls(faults.conflict)) return tell('409', { before: objectModified(kind, name) })
    if (generates && falls(faults.taken)) return tell('name taken', { before: alreadyExists(kind, 'a-generated-name') })
    return {}
  }

  #delay(): number {
    return delayOf(this.#options)
  }
}

function delayOf({ chance, faults }: Pick<ClientOptions, 'chance' | 'faults'>): number {
  const { late, lateness } = faults()
  return chance.happens(late) ? chance.between(10, lateness) : chance.between(1, 10)
}

/** A watch whose events come late, in their order, and which breaks. */
async function* watch<O extends KubernetesObject>(
  options: ClientOptions,
  kind: Kind,
  { resourceVersion, signal }: WatchOptions,
): AsyncGenerator<WatchEvent<O>> {
  const { api, time, chance, faults, fault } = options
  const arrived: (Change | Error)[] = []
  let wake: () => void = () => undefined
  let last = 0
  let broken = false
  const deliver = (what: Change | Error, delay: number) => {
    last = Math.max(last, time.milliseconds + delay)
    time.alarm(last - time.milliseconds, () => {
      arrived.push(what)
      wake()
    })
  }
  const hear = (change: Change) => {
    if (broken || !isSameKind(change.kind, kind)) return
    deliver(change, delayOf(options))
    if (!chance.happens(faults().cut)) return
    broken = true
    fault(`watch of ${kind.plural} breaks`)
    deliver(new ConnectionError('the watch broke'), chance.happens(0.5) ? 0 : chance.between(0, faults().lateness * 3))
  }
  await time.sleep(chance.between(1, 10), signal)
  if (chance.happens(faults().forgotten)) {
    fault(`version forgotten of ${kind.plural}`)
    throw expired('The resourceVersion for the provided watch is too old.')
  }
  const stopListening = api.onChange(hear)
  const stop = () => wake()
  signal.addEventListener('abort', stop)
  try {
    for (const change of api.changesSince(kind, resourceVersion ?? '0')) hear(change)
    while (!signal.aborted) {
      const next = arrived.shift()
      if (next instanceof Error) throw next
      if (next) yield { type: next.type, object: next.object as O }
      else await new Promise<void>(resolve => (wake = resolve))
    }
  } finally {
    broken = true
    stopListening()
    signal.removeEventListener('abort', stop)
  }
}
