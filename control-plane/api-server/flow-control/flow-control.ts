import { FlowSchema } from '../../../api/flowcontrol/flow-schema.ts'
import { PriorityLevelConfiguration } from '../../../api/flowcontrol/priority-level-configuration.ts'
import type { Admitted, Attributes, FlowControl, Lookup, User } from '../interfaces.ts'
import { builtInLevels, builtInSchemas, mandatory, type NamedSchema } from './built-in.ts'
import { divideSeats } from './concurrency.ts'
import { distinguisherOf, matchesSchema } from './matches.ts'
import { PriorityLevel, type Rejection } from './priority-level.ts'

export interface FlowControlOptions {
  /** Where the objects are; without it, or while there are none, upstream's defaults hold. */
  readonly lookup?: Lookup
  /** Requests served at the same time by all levels together. */
  readonly seats: number
  /** How long a request may wait, in milliseconds: upstream's quarter of the request timeout. */
  readonly longestWait?: number
}

interface Flow {
  readonly schema: NamedSchema
  readonly level: PriorityLevel
}

/**
 * API Priority and Fairness: every request belongs to the flow schema of the lowest precedence that fits it, and waits until its
 * priority level has a seat for it. Levels lend each other what they do not need, at once where upstream reckons anew every ten
 * seconds; and every request takes one seat, where upstream gives large lists more.
 */
export class PriorityAndFairness implements FlowControl {
  readonly #options: FlowControlOptions
  #levels = new Map<string, PriorityLevel>()
  #flows: readonly Flow[] = []
  #stale = true
  #waiting = 0

  constructor(options: FlowControlOptions) {
    this.#options = options
  }
  /** The objects have changed: they are read again before the next request. */
  changed(): void {
    this.#stale = true
  }
  get levels(): Iterable<PriorityLevel> {
    if (this.#stale) this.#read()
    return this.#levels.values()
  }
  admit(user: User, attributes: Attributes, signal: () => AbortSignal): Admitted | Promise<Admitted> {
    if (this.#stale) this.#read()
    const flow = this.#flows.find(({ schema }) => matchesSchema(schema.spec, user, attributes)) ?? (this.#flows.at(-1) as Flow)
    const { level } = flow
    if (level.exempt || (level.waiting === 0 && this.#hasSeat(level))) return this.#seat(flow)
    if (!level.queues) return refusal(flow, 'concurrency-limit')
    return this.#wait(flow, `${flow.schema.name}/${distinguisherOf(flow.schema.spec, user, attributes)}`, signal())
  }

  #hasSeat(level: PriorityLevel): boolean {
    if (level.executing < level.seats.nominal) return true
    if (level.executing >= level.seats.most) return false
    let reserved = 0
    for (const each of this.#levels.values()) if (!each.exempt) reserved += each.reserved
    return reserved < this.#options.seats
  }
  #seat({ schema, level }: Flow): Admitted {
    level.executing++
    level.dispatched++
    let taken = true
    return {
      schema: schema.uid,
      level: level.uid,
      served: true,
      release: () => {
        if (!taken) return
        taken = false
        level.executing--
        if (this.#waiting > 0) this.#dispatch(level)
      },
    }
  }
  #wait(flow: Flow, name: string, signal: AbortSignal): Admitted | Promise<Admitted> {
    return new Promise(resolve => {
      const end = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', cancel)
        this.#waiting--
      }
      const leave = flow.level.queues?.add(name, {
        start: () => {
          end()
          resolve(this.#seat(flow))
        },
      })
      if (!leave) return resolve(refusal(flow, 'queue-full'))
      const giveUp = (why: Rejection) => {
        leave()
        end()
        resolve(refusal(flow, why))
      }
      const cancel = () => giveUp('cancelled')
      const timer = setTimeout(() => giveUp('time-out'), this.#options.longestWait ?? 15_000)
      this.#waiting++
      signal.addEventListener('abort', cancel)
      if (signal.aborted) cancel()
    })
  }
  /** The seat goes to the level's own requests first, then to whoever may borrow it. */
  #dispatch(first: PriorityLevel): void {
    for (const level of [first, ...this.#levels.values()]) {
      while (level.waiting > 0 && this.#hasSeat(level)) level.queues?.next()?.start()
    }
  }

  /** Levels that are there already keep those that are served or wait in them. */
  #read(): void {
    this.#stale = false
    const { lookup } = this.#options
    const named = <T extends { metadata: { name: string; uid?: string }; spec: unknown }>({ metadata, spec }: T) => ({
      name: metadata.name,
      uid: metadata.uid ?? '',
      spec: spec as T['spec'],
    })
    const schemas = withMandatory(lookup?.list(FlowSchema).map(named) ?? [], builtInSchemas)
    const levels = withMandatory(lookup?.list(PriorityLevelConfiguration).map(named) ?? [], builtInLevels)
    const seats = divideSeats(levels, this.#options.seats)
    const before = this.#levels
    this.#levels = new Map(
      levels.map(configuration => {
        const fresh = new PriorityLevel(configuration)
        const level = before.get(configuration.name) ?? fresh
        level.uid = configuration.uid
        level.seats = seats.get(configuration.name) ?? level.seats
        if (level.waiting === 0) level.queues = fresh.queues
        return [configuration.name, level]
      }),
    )
    this.#flows = [...schemas]
      .sort((a, b) => (a.spec.matchingPrecedence ?? 1000) - (b.spec.matchingPrecedence ?? 1000) || (a.name < b.name ? -1 : 1))
      .flatMap(schema => {
        // One that names a level that is not there is dangling, and counts for nothing.
        const level = this.#levels.get(schema.spec.priorityLevelConfiguration.name)
        return level ? [{ schema, level }] : []
      })
    // Of levels that are gone, those who wait must not wait for ever.
    for (const [name, gone] of before) {
      if (this.#levels.has(name)) continue
      for (let waiting = gone.queues?.next(); waiting; waiting = gone.queues?.next()) waiting.start()
    }
  }
}

/** Objects, where there are any; and what there has to be. */
function withMandatory<T extends { readonly name: string }>(objects: readonly T[], builtIn: readonly T[]): readonly T[] {
  if (objects.length === 0) return builtIn
  const missing = builtIn.filter(({ name }) => mandatory.includes(name) && !objects.some(object => object.name === name))
  return [...objects, ...missing]
}

function refusal({ schema, level }: Flow, why: Rejection): Admitted {
  level.rejected[why]++
  return { schema: schema.uid, level: level.uid, served: false, release: () => undefined }
}
