import { random } from '../support/random.ts'

/** Everything that is left to chance in a history, from one seed. */
export class Chance {
  readonly next: () => number

  constructor(seed: number) {
    // Neighbouring seeds begin alike; a few numbers on they do not.
    this.next = random(Math.imul(seed, 0x9e3779b1))
    for (let skipped = 0; skipped < 3; skipped++) this.next()
  }

  /** True with this probability. */
  happens(probability: number): boolean {
    return probability > 0 && this.next() < probability
  }
  pick<const Choices extends readonly unknown[]>(...choices: Choices): Choices[number] {
    return this.one(choices) as Choices[number]
  }
  one<T>(choices: readonly T[]): T | undefined {
    return choices[Math.floor(this.next() * choices.length)]
  }
  /** A whole number from `low` to `high`. */
  whole(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1))
  }
  between(low: number, high: number): number {
    return low + this.next() * (high - low)
  }
  /** Letters for names and uids. */
  letters(length: number): string {
    let text = ''
    for (let each = 0; each < length; each++) text += 'bcdfghjklmnpqrstvwxz2456789'[Math.floor(this.next() * 27)]
    return text
  }
}
