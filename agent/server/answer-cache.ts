interface Answer<T> {
  readonly value: Promise<T>
  until: number
}

/** More questions than this at once are somebody's attempt to fill the memory. */
const most = 1000

/** Remembers answers for as long as `keepMs` says; a question that is being asked is asked once. Failures are not remembered. */
export class AnswerCache<T> {
  readonly #answers = new Map<string, Answer<T>>()
  readonly #keepMs: (value: T) => number

  constructor(keepMs: (value: T) => number) {
    this.#keepMs = keepMs
  }

  get(question: string, ask: () => Promise<T>, now = Date.now()): Promise<T> {
    const known = this.#answers.get(question)
    if (known && known.until > now) return known.value
    const oldest = this.#answers.size >= most ? this.#answers.keys().next().value : undefined
    if (oldest !== undefined) this.#answers.delete(oldest)
    const answer: Answer<T> = { value: ask(), until: Infinity }
    this.#answers.delete(question)
    this.#answers.set(question, answer)
    answer.value.then(
      value => (answer.until = Date.now() + this.#keepMs(value)),
      () => (answer.until = 0),
    )
    return answer.value
  }
}
