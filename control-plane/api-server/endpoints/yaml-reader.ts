import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { apiError } from '../../../api/errors.ts'
import { messageOf } from '../../../common/error-message.ts'
import { parseYaml, type YamlText } from './yaml-text.ts'

/** What a YAML text stands for; rejects with an Error that says why it is none. */
export type ReadYaml = (text: string) => Promise<YamlText>

/** What the thread answers: the value as JSON, or why there is none. */
export type YamlAnswer = { readonly json: string; readonly repeated: readonly string[] } | { readonly error: string }

/** Characters that take no longer to read than other requests do. */
const small = 32 * 1024
/** Texts that may wait for each other; beyond that their clients come again. */
const mostWaiting = 64
/** Milliseconds for one text; none that is let in takes nearly so long. */
const longest = 20_000
/** Milliseconds after which a thread that has nothing to do ends. */
const idleAfter = 30_000

/**
 * Reads YAML without keeping others waiting: long texts, which take a second for three megabytes, are read by another thread, one
 * after the other. It is there only while there are some.
 */
export class YamlReader {
  readonly #file: string | undefined
  #worker: Worker | undefined
  #turn: Promise<unknown> = Promise.resolve()
  #waiting = 0
  #idle: NodeJS.Timeout | undefined

  /** `file`: the thread's program; without one everything is read here. */
  constructor(file: string | undefined) {
    this.#file = file
  }
  readonly read: ReadYaml = async text => {
    if (this.#file === undefined || text.length <= small) return parseYaml(text)
    if (this.#waiting >= mostWaiting)
      throw apiError('TooManyRequests', 'Too many requests, please try again later.', { retryAfterSeconds: 1 })
    this.#waiting++
    const answer = this.#turn.then(() => this.#ask(text, this.#file as string))
    // The next one has its turn however this one ends; its error belongs to who asked.
    this.#turn = answer.catch(() => undefined).finally(() => this.#waiting--)
    return answer
  }
  close(): void {
    clearTimeout(this.#idle)
    void this.#worker?.terminate()
    this.#worker = undefined
  }

  async #ask(text: string, file: string): Promise<YamlText> {
    clearTimeout(this.#idle)
    const worker = (this.#worker ??= start(file))
    try {
      const answered = once(worker, 'message', { signal: AbortSignal.timeout(longest) })
      worker.postMessage(text)
      const [answer] = (await answered) as [YamlAnswer]
      if ('error' in answer) throw new Error(answer.error)
      this.#idle = setTimeout(() => this.close(), idleAfter).unref()
      return { value: JSON.parse(answer.json) as unknown, repeated: answer.repeated }
    } catch (error) {
      // Whatever it is doing, the next text gets a new one.
      this.close()
      throw error instanceof Error && error.name === 'AbortError'
        ? new Error('it takes too long to read')
        : new Error(messageOf(error), { cause: error })
    }
  }
}

function start(file: string): Worker {
  const worker = new Worker(file, { resourceLimits: { maxOldGenerationSizeMb: 256 } })
  worker.unref()
  // Of one that ends while nobody waits there is nothing to say; who waits is told by the event too.
  worker.on('error', () => undefined)
  return worker
}
