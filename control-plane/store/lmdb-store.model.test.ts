import { describe, expect, it } from '@jest/globals'
import type { Change, Entry, Store } from './store.ts'
import { plain, plainChange, put, remove, take, temporaryStore } from './testing.ts'

/** A small repeatable generator (mulberry32), so that a failure can be run again. */
function randomFrom(seed: number) {
  const state = { value: seed }
  return (below: number): number => {
    state.value = (state.value + 0x6d2b79f5) | 0
    let mixed = Math.imul(state.value ^ (state.value >>> 15), 1 | state.value)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

/** What a store must be, without a disk: all states by revision. */
class Model {
  readonly changes: Change[] = []
  readonly states: Map<string, Entry>[] = [new Map(), new Map()]

  get revision(): number {
    return this.states.length - 1
  }
  list(prefix: string, revision: number): Entry[] {
    const state = this.states[revision] ?? new Map<string, Entry>()
    return [...state.values()].filter(entry => entry.key.startsWith(prefix)).sort((a, b) => (a.key < b.key ? -1 : 1))
  }
  apply(key: string, value: string | undefined): void {
    const state = new Map(this.states.at(-1))
    const revision = this.revision + 1
    const previous = state.get(key)
    if (value !== undefined) {
      const createRevision = previous?.createRevision ?? revision
      state.set(key, { key, value, revision, createRevision })
      this.changes.push({ type: 'put', key, revision, value, createRevision, ...(previous ? { previous } : {}) })
    } else if (previous) {
      state.delete(key)
      this.changes.push({ type: 'delete', key, revision, previous })
    } else return
    this.states.push(state)
  }
}

function compare(store: Store, model: Model, random: (below: number) => number): void {
  expect(store.revision).toBe(model.revision)
  const oldest = Math.max(store.compactedRevision, 1)
  for (const revision of [model.revision, oldest + random(model.revision - oldest + 1)]) {
    for (const prefix of ['/', '/p/', '/q/']) {
      const expected = model.list(prefix, revision)
      expect(store.list(prefix, { revision }).entries.map(plain)).toEqual(expected)
      const limit = 1 + random(4)
      const after = expected[random(expected.length + 1)]?.key
      const rest = after === undefined ? expected : expected.filter(entry => entry.key > after)
      const page = store.list(prefix, { revision, limit, ...(after === undefined ? {} : { after }) })
      expect(page.entries.map(plain)).toEqual(rest.slice(0, limit))
      expect(page.remaining).toBe(Math.max(0, rest.length - limit))
    }
  }
}

describe('store, against a model in memory', () => {
  it.each([1, 2, 3, 4])('answers as the model does after random writes, compactions and reopenings (seed %d)', async seed => {
    await using box = await temporaryStore()
    const random = randomFrom(seed)
    const model = new Model()
    for (let round = 0; round < 60; round++) {
      const writes: Promise<unknown>[] = []
      for (let write = random(12); write > 0; write--) {
        const key = `${random(2) ? '/p/' : '/q/'}${random(6)}`
        const value = random(4) ? `${round}.${write}` : undefined
        model.apply(key, value)
        writes.push(value === undefined ? remove(box.store, key) : put(box.store, key, value))
      }
      await Promise.all(writes)
      if (random(8) === 0) await box.store.compact(box.store.compactedRevision + random(model.revision - box.store.compactedRevision + 1))
      if (random(12) === 0) await box.reopen()
      compare(box.store, model, random)
      const since = box.store.compactedRevision + random(model.revision - box.store.compactedRevision + 1)
      const expected = model.changes.filter(change => change.revision > since && change.key.startsWith('/p/'))
      const watch = box.store.watch('/p/', { since, signal: new AbortController().signal })
      expect((await take(watch, expected.length)).map(plainChange)).toEqual(expected)
    }
  })
})
