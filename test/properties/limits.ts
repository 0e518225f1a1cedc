/**
 * What may be exceeded by nobody, while what is wanted changes: more may be there at once, less only when everybody has heard of
 * it and it has been reached, since whoever knows only the old wish does no wrong.
 */
export class Ceiling {
  #value: number

  constructor(value: number) {
    this.#value = value
  }
  get value(): number {
    return this.#value
  }
  /** `reached`: everybody has heard of the wish, and it is fulfilled. */
  wish(wanted: number, reached: boolean): void {
    if (wanted > this.#value || reached) this.#value = wanted
  }
}

/** The same for what may not be fallen short of. */
export class Floor {
  #value = 0

  get value(): number {
    return this.#value
  }
  wish(wanted: number, reached: boolean): void {
    if (wanted < this.#value || reached) this.#value = wanted
  }
}

/** Throws when something that has to hold does not. */
export function must(holds: boolean, what: () => string): asserts holds {
  if (!holds) throw new Error(what())
}

export function mustEqual(actual: unknown, expected: unknown, what: string): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)]
  must(a === b, () => `${what}: ${a} instead of ${b}`)
}
