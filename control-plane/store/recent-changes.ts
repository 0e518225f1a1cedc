import type { Change } from './store.ts'

/** What was there before a put counts as much as what is now: looking would be to read it from disk. */
const sizeOf = (change: Change): number =>
  change.type === 'put' ? change.value.length * (change.previous ? 2 : 1) : change.previous.value.length

/** The newest changes with their values, so that many watchers do not each read the disk; bounded in number and in size. */
export class RecentChanges {
  readonly #changes = new Map<number, Change>()
  readonly #limits: { readonly count: number; readonly size: number }
  #size = 0

  constructor(limits = { count: 512, size: 4_000_000 }) {
    this.#limits = limits
  }
  get(revision: number): Change | undefined {
    return this.#changes.get(revision)
  }
  add(change: Change): void {
    this.#changes.set(change.revision, change)
    this.#size += sizeOf(change)
    for (const [revision, oldest] of this.#changes) {
      if (this.#changes.size <= this.#limits.count && this.#size <= this.#limits.size) break
      this.#changes.delete(revision)
      this.#size -= sizeOf(oldest)
    }
  }
}
