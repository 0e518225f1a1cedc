import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, it } from '@jest/globals'
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

/** Lets the writer write for a while, kills it, and says what it last claimed to be on disk. */
async function writeUntilKilled(directory: string, path: string, milliseconds: number) {
  const child = spawn(process.execPath, [join(directory, 'writer.js'), path], { stdio: ['ignore', 'pipe', 'inherit'] })
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
        const acknowledged = await writeUntilKilled(compiled.directory, path, 40 + ((crash * 37) % 200))
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
      }
    },
    20_000 + rounds * 3_000,
  )
})
