import { setTimeout as delay } from 'node:timers/promises'
import { messageOf } from '../../../common/error-message.ts'
import type { Logger } from '../../../common/log.ts'
import { podUsedBetween, usedBetween, type NodePoints, type Used } from './points.ts'
import { readSummary, type Summary } from './read-summary.ts'

interface Options {
  /** The nodes there are now. */
  readonly nodes: () => readonly string[]
  /** What a node's agent measures now; rejects when it cannot be asked. */
  readonly summaryOf: (node: string, signal: AbortSignal) => Promise<Summary>
  readonly log: Logger
  readonly intervals?: Partial<Intervals>
}

/** Milliseconds. */
interface Intervals {
  /** Between two looks at everything, metrics-server's resolution. */
  readonly resolution: number
  /** Between the first two looks after a pause, for which somebody waits. */
  readonly first: number
  /** After the last question it goes on looking for so long. */
  readonly keepOn: number
  /** No agent is waited for longer. */
  readonly patience: number
}
const usual: Intervals = { resolution: 15_000, first: 1_000, keepOn: 120_000, patience: 10_000 }

interface Look {
  readonly at: number
  readonly nodes: ReadonlyMap<string, NodePoints>
}

/** What nodes and pods used between the last two looks. */
export interface Usages {
  node(name: string): Used | undefined
  /** By container. */
  pod(key: string): ReadonlyMap<string, Used> | undefined
}

/**
 * Looks at what nodes and pods use as long as somebody wants to know: the first question takes two looks in a short time, and
 * from then on it looks at metrics-server's pace until nobody has asked for a while. Two looks are kept, in memory.
 */
export class Collector {
  readonly #options: Options
  readonly #intervals: Intervals
  readonly #stopping = new AbortController()
  #previous: Look | undefined
  #last: Look | undefined
  #asked = 0
  #timer: NodeJS.Timeout | undefined
  #beginning: Promise<void> | undefined

  constructor(options: Options) {
    this.#options = options
    this.#intervals = { ...usual, ...options.intervals }
  }
  close(): void {
    this.#stopping.abort()
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  async usages(): Promise<Usages> {
    this.#asked = Date.now()
    if (!this.#timer) {
      this.#beginning ??= this.#begin().finally(() => (this.#beginning = undefined))
      await this.#beginning
    }
    return usagesBetween(this.#previous, this.#last)
  }

  async #begin(): Promise<void> {
    this.#last = await this.#look()
    await delay(this.#intervals.first, undefined, { signal: this.#stopping.signal })
    await this.#advance()
    this.#schedule()
  }
  #schedule(): void {
    if (this.#stopping.signal.aborted) return
    this.#timer = setTimeout(() => void this.#tick(), this.#intervals.resolution)
    this.#timer.unref()
  }
  async #tick(): Promise<void> {
    if (Date.now() - this.#asked < this.#intervals.keepOn) {
      await this.#advance()
      this.#schedule()
      return
    }
    this.#timer = undefined
    this.#previous = this.#last = undefined
  }
  async #advance(): Promise<void> {
    const look = await this.#look()
    this.#previous = this.#last
    this.#last = look
  }

  /** Asks all agents at once; a node whose agent does not answer is not in it. */
  async #look(): Promise<Look> {
    const { nodes, summaryOf, log } = this.#options
    const found = await Promise.all(
      nodes().map(async node => {
        const signal = AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(this.#intervals.patience)])
        try {
          const points = readSummary(await summaryOf(node, signal))
          return points ? [[node, points] as const] : []
        } catch (error) {
          if (!this.#stopping.signal.aborted) log.warn('a node could not be measured', { node, error: messageOf(error) })
          return []
        }
      }),
    )
    return { at: Date.now(), nodes: new Map(found.flat()) }
  }
}

function usagesBetween(previous: Look | undefined, last: Look | undefined): Usages {
  const pods = new Map([...(last?.nodes.values() ?? [])].flatMap(({ pods }) => [...pods]))
  const podsBefore = new Map([...(previous?.nodes.values() ?? [])].flatMap(({ pods }) => [...pods]))
  return {
    node(name) {
      const point = last?.nodes.get(name)?.node
      return point && usedBetween(previous?.nodes.get(name)?.node, point)
    },
    pod(key) {
      const points = pods.get(key)
      return points && podUsedBetween(podsBefore.get(key), points)
    },
  }
}
