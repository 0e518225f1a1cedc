import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, it } from '@jest/globals'
import { open } from 'lmdb'
import ts from 'typescript'
import { openStore } from './lmdb-store.ts'

const folder = import.meta.dirname

/** The store as plain JavaScript, so that a child process of its own can run it and be killed. */
async function compiledStore() {
  const directory = await mkdtemp(join(tmpdir(), 'kubeling-crash-'))
  await writeFile(join(directory, 'package.json'), '{"type":"module"}')
  await symlink(join(folder, '../../node_modules'), join(directory, 'node_modules'))
  await mkdir(join(directory, 'store'))
  for (const file of (await readdir(folder)).filter(name => name.endsWith('.ts') && !name.endsWith('.test.ts'))) {
    const { outputText } = ts.transpileModule(await readFile(join(folder, file), 'utf8'), {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, rewriteRelativeImportExtensions: true },
    })
    await writeFile(join(directory, 'store', file.replace(/\.ts$/, '.js')), outputText)
  }
  await writeFile(join(directory, 'writer.js'), writer)
  await writeFile(join(directory, 'many.js'), many)
  await writeFile(join(directory, 'opener.js'), opener)
  return { directory, [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }) }
}

// Each round changes two counters, one value long enough for several pages, and deletes what an earlier round made.
const writer = `
import { openStore } from './store/lmdb-store.js'
const store = await openStore(process.argv[2])
const padding = 'x'.repeat(9000)
for (let round = Number(store.get('/round')?.value ?? 0) + 1; ; round++) {
  const results = await Promise.all([
    store.mutate('/long', () => ({ put: JSON.stringify({ round, padding, end: round }) })),
    store.mutate('/made/' + round, () => ({ put: String(round) })),
    store.mutate('/made/' + (round - 5), () => ({ delete: true })),
    store.mutate('/round', () => ({ put: String(round) })),
  ])
  if (round % 50 === 0) await store.compact(store.revision - 20)
  process.stdout.write(round + ' ' + results[3].revision + '\\n')
}
`

// Groups of a hundred new objects, as fast as they go.
const many = `
import { openStore } from './store/lmdb-store.js'
const store = await openStore(process.argv[2])
for (let group = store.list('/many/').entries.length / 100; ; group++) {
  const name = index => '/many/' + String(group * 100 + index).padStart(7, '0')
  const results = await Promise.all(Array.from({ length: 100 }, (_, index) => store.mutate(name(index), () => ({ put: name(index) }))))
  process.stdout.write(group + ' ' + results[99].revision + '\\n')
}
`

// Opens a store, which converts it when it is an old one. Says so before, as nobody knows afterwards how far it came.
const opener = `
import { openStore } from './store/lmdb-store.js'
process.stdout.write('0 0\\n')
await openStore(process.argv[2])
await new Promise(() => setInterval(() => undefined, 1000))
`

/** Every headline of an object has its value and every value its headline, whatever the store makes of them. */
async function expectWholeRecords(path: string): Promise<void> {
  const root = open({ path, noSubdir: true, maxDbs: 4 })
  const headlines = root.openDB<string, number>({ name: 'headlines', encoding: 'string' })
  const values = root.openDB<string, number>({ name: 'values', encoding: 'string' })
  const puts = [...headlines.getRange()].filter(({ value }) => value.startsWith('put ')).map(({ key }) => key)
  expect([...values.getKeys()]).toEqual(puts)
  await root.close()
}

/** Lets the writer write for a while, kills it, and says what it last claimed to be on disk. */
async function writeUntilKilled(program: string, path: string, milliseconds: number) {
  const child = spawn(process.execPath, [program, path], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  const lines: string[] = []
  const reader = createInterface({ input: child.stdout })
  const ended = once(reader, 'close')
  reader.on('line', line => lines.push(line))
  await Promise.race([once(reader, 'line'), exited])
  setTimeout(() => child.kill('SIGKILL'), milliseconds)
  await Promise.all([exited, ended])
  const [round, revision] = (lines.at(-1) ?? '').split(' ').map(Number)
  return { round: round ?? 0, revision: revision ?? 0 }
}

const rounds = Number(process.env['KUBELING_CRASHES'] ?? 3)

describe('store, killed while it writes', () => {
  it(
    `loses nothing that was acknowledged and leaves nothing half-written (${rounds} times)`,
    async () => {
      await using compiled = await compiledStore()
      const path = join(compiled.directory, 'store.mdb')
      for (let crash = 0; crash < rounds; crash++) {
        const acknowledged = await writeUntilKilled(join(compiled.directory, 'writer.js'), path, 40 + ((crash * 37) % 200))
        expect(acknowledged.round).toBeGreaterThan(0)
        const store = await openStore(path)
        const round = Number(store.get('/round')?.value)
        expect(round).toBeGreaterThanOrEqual(acknowledged.round)
        expect(store.revision).toBeGreaterThanOrEqual(acknowledged.revision)
        expect(JSON.parse(store.get('/long')?.value ?? '{}')).toMatchObject({ round, end: round })
        const made = Array.from({ length: Math.min(5, round) }, (_, index) => round - index)
        expect(
          store
            .list('/made/')
            .entries.map(entry => Number(entry.value))
            .sort((a, b) => b - a),
        ).toEqual(made)
        const next = await store.mutate('/after', () => ({ put: String(crash) }))
        expect(next?.revision).toBe(store.revision)
        expect(next?.revision).toBeGreaterThan(acknowledged.revision)
        await store.close()
        await expectWholeRecords(path)
      }
    },
    20_000 + rounds * 3_000,
  )

  it(
    `starts with all of many objects, each with its value (${rounds} times)`,
    async () => {
      await using compiled = await compiledStore()
      const path = join(compiled.directory, 'store.mdb')
      for (let crash = 0; crash < rounds; crash++) {
        const { round: group, revision } = await writeUntilKilled(join(compiled.directory, 'many.js'), path, 50 + ((crash * 61) % 200))
        const store = await openStore(path)
        const { entries } = store.list('/many/')
        // Groups are committed whole: what was acknowledged, and at most one that was on its way.
        expect([(group + 1) * 100, (group + 2) * 100]).toContain(entries.length)
        expect(entries.every((entry, index) => entry.value === entry.key && Number(entry.key.slice(6)) === index)).toBe(true)
        expect(store.revision).toBeGreaterThanOrEqual(revision)
        await store.close()
        await expectWholeRecords(path)
      }
    },
    20_000 + rounds * 3_000,
  )

  it(
    `loses nothing of an old file, killed while it is converted (${rounds} times)`,
    async () => {
      await using compiled = await compiledStore()
      for (let crash = 0; crash < rounds; crash++) {
        const path = join(compiled.directory, `old-${crash}.mdb`)
        await oldFile(path)
        await writeUntilKilled(join(compiled.directory, 'opener.js'), path, 5 + crash * 15)
        const store = await openStore(path)
        const { entries } = store.list('/old/')
        expect(entries).toHaveLength(oldRecords)
        expect(entries.every(({ key, value, revision }) => value === `${key} ${revision}` && key === `/old/${10_000 + revision}`)).toBe(
          true,
        )
        await store.close()
        await expectWholeRecords(path)
      }
    },
    20_000 + rounds * 3_000,
  )
})

const oldRecords = 5_000

/** A file of the first version with many records. */
async function oldFile(path: string): Promise<void> {
  const root = open({ path, noSubdir: true, maxDbs: 4 })
  const records = root.openDB<string, number>({ name: 'records', encoding: 'string' })
  const write = (revision: number) => {
    const key = `/old/${10_000 + revision}`
    return records.put(revision, `put ${revision} 0 ${key}\n${key} ${revision}`)
  }
  await Promise.all(Array.from({ length: oldRecords }, (_, index) => write(index + 2)))
  await root.close()
}
