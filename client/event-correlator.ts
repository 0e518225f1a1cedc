/** What upstream's recorder does to a stream of events before it is sent: repeated ones counted, similar ones combined, floods cut. */
export interface EventFacts {
  /** Everything that tells one event from another except its message. */
  readonly aggregateKey: string
  /** Names the object and the component: the unit of the flood limit. */
  readonly sourceKey: string
  readonly message: string
}

export interface Correlated {
  /** The text to send: `(combined from similar events): …` where too many similar ones came. */
  readonly message: string
  /** Key of the event that this one repeats or begins. */
  readonly key: string
}

const similarLimit = 10
const similarWindow = 600_000
const burst = 25
const refillPerMillisecond = 1 / 300_000
/** As many objects as are remembered; the ones quiet for longest go first. */
const remembered = 4096

interface Similar {
  messages: Set<string>
  last: number
}
interface Bucket {
  tokens: number
  at: number
}

export class EventCorrelator {
  readonly #similar = new Map<string, Similar>()
  readonly #buckets = new Map<string, Bucket>()

  /** Undefined: drop it. */
  correlate(event: EventFacts, now: number): Correlated | undefined {
    if (!this.#allowed(event.sourceKey, now)) return undefined
    const known = this.#similar.get(event.aggregateKey)
    const similar = known && now - known.last <= similarWindow ? known : { messages: new Set<string>(), last: now }
    similar.last = now
    similar.messages.add(event.message)
    remember(this.#similar, event.aggregateKey, similar)
    if (similar.messages.size < similarLimit) return { message: event.message, key: `${event.aggregateKey}\n${event.message}` }
    // Which of the similar ones gave way does not matter; the set stays at the limit.
    similar.messages.delete(similar.messages.values().next().value ?? '')
    return { message: `(combined from similar events): ${event.message}`, key: event.aggregateKey }
  }

  #allowed(key: string, now: number): boolean {
    const bucket = this.#buckets.get(key) ?? { tokens: burst, at: now }
    const tokens = Math.min(burst, bucket.tokens + (now - bucket.at) * refillPerMillisecond)
    remember(this.#buckets, key, { tokens: tokens >= 1 ? tokens - 1 : tokens, at: now })
    return tokens >= 1
  }
}

/** Sets a key in a map that keeps to its bound by forgetting what was not set for longest. */
export function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key)
  map.set(key, value)
  if (map.size <= remembered) return
  const [oldest] = map.keys()
  if (oldest !== undefined) map.delete(oldest)
}
