import { describe, expect, it } from '@jest/globals'
import { Compacted, FutureRevision, SlowWatcher, type Change } from './store.ts'
import { put, remove, take, temporaryStore } from './testing.ts'

const unending = () => new AbortController().signal

describe('store', () => {
  it('gives every change the next revision and remembers when a key was made', async () => {
    await using box = await temporaryStore()
    const { store } = box
    const made = await put(store, '/a', 'one')
    const changed = await put(store, '/a', 'two')
    expect(made).toEqual({ key: '/a', value: 'one', revision: 2, createRevision: 2 })
    expect(changed).toEqual({ key: '/a', value: 'two', revision: 3, createRevision: 2 })
    expect(store.get('/a')).toMatchObject({ key: '/a', value: 'two', revision: 3, createRevision: 2 })
    expect(store.revision).toBe(3)
  })

  it('resolves a deletion to the entry with the revision of its deletion, and makes the key anew afterwards', async () => {
    await using box = await temporaryStore()
    const { store } = box
    await put(store, '/a', 'one')
    expect(await remove(store, '/a')).toEqual({ key: '/a', value: 'one', revision: 3, createRevision: 2 })
    expect(store.get('/a')).toBeUndefined()
    expect(await remove(store, '/a')).toBeUndefined()
    expect(await put(store, '/a', 'two')).toMatchObject({ revision: 4, createRevision: 4 })
  })

  it('shows each decision what the ones before it in the same group wrote', async () => {
    await using box = await temporaryStore()
    const { store } = box
    const count = () => store.mutate('/count', current => ({ put: String(Number(current?.value ?? 0) + 1) }))
    const results = await Promise.all(Array.from({ length: 50 }, count))
    expect(results.map(entry => entry?.value)).toEqual(Array.from({ length: 50 }, (_, index) => String(index + 1)))
    expect(store.get('/count')?.value).toBe('50')
  })

  it('does not let a decision that throws hurt its neighbours, nor leave a trace', async () => {
    await using box = await temporaryStore()
    const { store } = box
    const refuse = () =>
      store.mutate('/b', () => {
        throw new Error('no')
      })
    const results = await Promise.allSettled([put(store, '/a', '1'), refuse(), put(store, '/c', '3')])
    expect(results.map(result => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(store.revision).toBe(3)
    await box.reopen()
    expect(box.store.list('/').entries.map(entry => entry.key)).toEqual(['/a', '/c'])
  })

  it('does not count a mutation that keeps what is there', async () => {
    await using box = await temporaryStore()
    await put(box.store, '/a', 'one')
    expect(await box.store.mutate('/a', () => ({ keep: true }))).toMatchObject({ value: 'one', revision: 2 })
    expect(box.store.revision).toBe(2)
  })

  it('tells decisions which revision they will get', async () => {
    await using box = await temporaryStore()
    const entries = await Promise.all(['/a', '/b', '/c'].map(key => box.store.mutate(key, (_, next) => ({ put: String(next) }))))
    expect(entries.map(entry => String(entry?.revision) === entry?.value)).toEqual([true, true, true])
  })

  it('lists a prefix in key order, page by page', async () => {
    await using box = await temporaryStore()
    const { store } = box
    await Promise.all(['/pods/b', '/pods/a', '/nodes/x', '/pods/c', '/podsx/d'].map(key => put(store, key, key)))
    const first = store.list('/pods/', { limit: 2 })
    expect(first).toMatchObject({ more: true, remaining: 1, revision: store.revision })
    expect(first.entries.map(entry => entry.key)).toEqual(['/pods/a', '/pods/b'])
    const second = store.list('/pods/', { limit: 2, after: '/pods/b' })
    expect(second).toMatchObject({ more: false, remaining: 0 })
    expect(second.entries.map(entry => entry.key)).toEqual(['/pods/c'])
  })

  it('lists what was there at an earlier revision', async () => {
    await using box = await temporaryStore()
    const { store } = box
    await put(store, '/a', 'a1')
    await put(store, '/b', 'b1')
    const then = store.revision
    await put(store, '/a', 'a2')
    await remove(store, '/b')
    await put(store, '/b', 'b2')
    await put(store, '/c', 'c1')
    const page = store.list('/', { revision: then })
    expect(page.entries.map(({ key, value, revision }) => [key, value, revision])).toEqual([
      ['/a', 'a1', 2],
      ['/b', 'b1', 3],
    ])
    expect(store.list('/', { revision: then, after: '/a' }).entries.map(entry => entry.key)).toEqual(['/b'])
  })

  it('refuses revisions that have been compacted or have not happened', async () => {
    await using box = await temporaryStore()
    const { store } = box
    for (const value of ['1', '2', '3']) await put(store, '/a', value)
    await store.compact(3)
    expect(() => store.list('/', { revision: 2 })).toThrow(Compacted)
    expect(store.list('/', { revision: 3 }).entries[0]?.value).toBe('2')
    expect(() => store.list('/', { revision: 5 })).toThrow(FutureRevision)
    await expect(take(store.watch('/', { since: 2, signal: unending() }), 1)).rejects.toThrow(Compacted)
    expect(await take(store.watch('/', { since: 3, signal: unending() }), 1)).toMatchObject([{ value: '3', previous: { value: '2' } }])
  })

  it('replays the log, then follows, without gap or duplicate', async () => {
    await using box = await temporaryStore()
    const { store } = box
    await put(store, '/pods/a', '1')
    const seen = take(store.watch('/pods/', { since: 0, signal: unending() }), 4)
    await put(store, '/pods/a', '2')
    await put(store, '/nodes/n', 'x')
    await remove(store, '/pods/a')
    await put(store, '/pods/b', '3')
    expect((await seen).map(change => [change.type, change.key, change.revision, change.previous?.value])).toEqual([
      ['put', '/pods/a', 2, undefined],
      ['put', '/pods/a', 3, '1'],
      ['delete', '/pods/a', 5, '2'],
      ['put', '/pods/b', 6, undefined],
    ])
  })

  it('ends a watch quietly when its signal aborts', async () => {
    await using box = await temporaryStore()
    const stop = new AbortController()
    const seen = take(box.store.watch('/', { since: 1, signal: stop.signal }), 1)
    setImmediate(() => stop.abort())
    expect(await seen).toEqual([])
  })

  it('closes a watcher that leaves too much unread, and only that one', async () => {
    await using box = await temporaryStore({ watchBound: 3 })
    const { store } = box
    const slow = store.watch('/', { since: 1, signal: unending() })[Symbol.asyncIterator]()
    const first = slow.next()
    const other = take(store.watch('/other/', { since: 1, signal: unending() }), 1)
    await put(store, '/a', '0')
    await first
    for (const value of ['1', '2', '3', '4']) await put(store, '/a', value)
    await expect(slow.next()).rejects.toThrow(SlowWatcher)
    await put(store, '/other/x', '1')
    expect(await other).toHaveLength(1)
  })

  it('tells subscribers of every change once it is on disk, in order', async () => {
    await using box = await temporaryStore()
    const heard: Change[] = []
    const unsubscribe = box.store.subscribe(change => {
      heard.push(change)
      expect(box.store.revision).toBe(change.revision)
    })
    await Promise.all([put(box.store, '/a', '1'), put(box.store, '/b', '2'), remove(box.store, '/a')])
    unsubscribe()
    await put(box.store, '/c', '3')
    expect(heard.map(change => [change.type, change.key, change.revision])).toEqual([
      ['put', '/a', 2],
      ['put', '/b', 3],
      ['delete', '/a', 4],
    ])
  })

  it('hands subscribers what the writer has had at hand of a value', async () => {
    await using box = await temporaryStore()
    const heard: unknown[] = []
    box.store.subscribe((_, parsed) => heard.push(parsed))
    const parsed = { text: '1' }
    await box.store.mutate('/a', () => ({ put: '{"text":"1"}', parsed }))
    await put(box.store, '/b', '2')
    expect(heard).toEqual([parsed, undefined])
    expect(heard[0]).toBe(parsed)
  })

  it('never gives a revision twice, even when its record was compacted before the store was reopened', async () => {
    await using box = await temporaryStore()
    await put(box.store, '/a', '1')
    await remove(box.store, '/a')
    await box.store.compact(box.store.revision)
    await box.reopen()
    expect(box.store.revision).toBe(3)
    expect(box.store.compactedRevision).toBe(3)
    expect(await put(box.store, '/a', '2')).toMatchObject({ revision: 4 })
  })

  it('forgets old history by itself once there is more than it should keep', async () => {
    await using box = await temporaryStore({ retention: { milliseconds: 60_000, minimum: 5, maximum: 20 } })
    const { store } = box
    for (let round = 0; round < 40; round++) await put(store, '/a', String(round))
    expect(store.compactedRevision).toBeGreaterThan(10)
    expect(store.revision - store.compactedRevision).toBeGreaterThanOrEqual(20)
    expect(store.get('/a')?.value).toBe('39')
  })

  it('keeps any text as it is', async () => {
    await using box = await temporaryStore()
    const value = JSON.stringify({ text: 'ä€😀\n\u0000 "', long: 'ü'.repeat(100_000) })
    await put(box.store, '/a b', value)
    await box.reopen()
    expect(box.store.get('/a b')?.value).toBe(value)
  })

  it('refuses to write once closed', async () => {
    await using box = await temporaryStore()
    const { store } = box
    await store.close()
    await expect(put(store, '/a', '1')).rejects.toThrow('closed')
  })
})
