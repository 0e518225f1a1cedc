import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { open } from 'lmdb'
import { openStore } from './lmdb-store.ts'
import { plain, put, take } from './testing.ts'

/** Records as the first version wrote them, by revision. */
type OldRecords = Readonly<Record<number, string>>

/** A file as the first version left it; `use` may write more into it before it is closed. */
async function oldFile(path: string, records: OldRecords, facts: Readonly<Record<string, number>> = {}): Promise<void> {
  const root = open({ path, noSubdir: true, maxDbs: 4 })
  const old = root.openDB<string, number>({ name: 'records', encoding: 'string' })
  const known = root.openDB<number, string>({ name: 'facts', encoding: 'json' })
  await Promise.all(Object.entries(records).map(([revision, text]) => old.put(Number(revision), text)))
  for (const [name, value] of Object.entries(facts)) await known.put(name, value)
  await root.close()
}

async function directory() {
  const path = await mkdtemp(join(tmpdir(), 'kubeling-conversion-'))
  return { file: join(path, 'store.mdb'), [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** Names of the databases in the file. */
async function databases(path: string): Promise<unknown[]> {
  const root = open({ path, noSubdir: true, maxDbs: 4 })
  const names = [...root.getKeys()]
  await root.close()
  return names
}

const records: OldRecords = {
  4: 'put 4 0 /a b\n{"text":"one\\ntwo"}',
  5: 'put 5 0 /c\nc1',
  6: 'put 4 4 /a b\nüber',
  7: 'delete 5 5 /c\n',
}

describe('a store of the first version', () => {
  it('is read with its history, once, and then is one of this version', async () => {
    await using box = await directory()
    await oldFile(box.file, records, { compactedRevision: 4, revision: 7 })
    const store = await openStore(box.file)
    expect(store.revision).toBe(7)
    expect(store.compactedRevision).toBe(4)
    expect(store.list('/').entries.map(plain)).toEqual([{ key: '/a b', value: 'über', revision: 6, createRevision: 4 }])
    expect(store.list('/', { revision: 5 }).entries.map(entry => entry.value)).toEqual(['{"text":"one\\ntwo"}', 'c1'])
    const changes = await take(store.watch('/', { since: 4, signal: new AbortController().signal }), 3)
    expect(changes.map(change => [change.type, change.revision, change.previous?.value])).toEqual([
      ['put', 5, undefined],
      ['put', 6, '{"text":"one\\ntwo"}'],
      ['delete', 7, 'c1'],
    ])
    expect(await put(store, '/d', 'd')).toMatchObject({ revision: 8 })
    await store.close()
    expect(await databases(box.file)).not.toContain('records')
    const again = await openStore(box.file)
    expect(again.list('/').entries.map(entry => entry.value)).toEqual(['über', 'd'])
    await again.close()
  })

  it('is converted to its end when that was interrupted', async () => {
    await using box = await directory()
    const half = await openStore(box.file)
    await put(half, '/moved', 'before the interruption')
    await half.close()
    // The rest, as a conversion that ended after its first transaction leaves it.
    await oldFile(box.file, { 3: 'put 3 0 /left\nlater', 4: 'put 2 2 /moved\nlater still' })
    const store = await openStore(box.file)
    expect(store.revision).toBe(4)
    expect(store.list('/').entries.map(entry => [entry.key, entry.value])).toEqual([
      ['/left', 'later'],
      ['/moved', 'later still'],
    ])
    await store.close()
  })

  it('hardly grows while it is converted', async () => {
    await using box = await directory()
    const many = Array.from({ length: 6_000 }, (_, index) => [index + 2, `put ${index + 2} 0 /key-${index}\n${'x'.repeat(1_500)}`] as const)
    await oldFile(box.file, Object.fromEntries(many))
    const before = (await stat(box.file)).size
    const store = await openStore(box.file)
    expect(store.list('/', { limit: 1 }).remaining).toBe(5_999)
    expect(store.get('/key-5999')?.value).toHaveLength(1_500)
    await store.close()
    expect((await stat(box.file)).size).toBeLessThan(before * 1.7)
  })

  it('is refused when a later version wrote it', async () => {
    await using box = await directory()
    await oldFile(box.file, {}, { format: 3 })
    await expect(openStore(box.file)).rejects.toThrow('has format 3, written by a later version')
  })
})
