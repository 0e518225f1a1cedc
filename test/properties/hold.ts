import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { build } from 'esbuild'
import type { HistoryCounts, Scenario } from '../simulator/history.ts'

interface Run {
  readonly scenario: Pick<Scenario, 'name'>
  /** Those that take less time have more: ten thousand in all tests together. `npm run properties` goes on from there. */
  readonly histories: number
}

const execute = promisify(execFile)
/** Histories leave much behind that is soon garbage: a large young generation, collected by one thread. */
const flags = ['--enable-source-maps', '--no-parallel-scavenge', '--max-semi-space-size=64']

/**
 * The tests of a file: files run side by side. Histories take place in a process of their own, from one bundled file: within Jest's
 * modules they take three times as long.
 */
export function holdFor(...runs: readonly Run[]): void {
  describe('whatever the API refuses, delays or forgets, and whenever they are restarted, what is promised holds for the', () => {
    let directory = ''
    const program = () => join(directory, 'properties.mjs')

    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), 'properties-'))
      const entryPoints = [join(import.meta.dirname, 'main.ts')]
      await build({ entryPoints, outfile: program(), bundle: true, platform: 'node', format: 'esm', sourcemap: true, logLevel: 'error' })
    }, 60_000)
    afterAll(() => rm(directory, { recursive: true, force: true }))

    it.each(runs.map(({ scenario, histories }) => ({ name: scenario.name, histories })))(
      '$name',
      async ({ name, histories }) => {
        const env = { ...process.env, NODE_OPTIONS: '' }
        const { stdout } = await execute(process.execPath, [...flags, program(), '--only', name, '--histories', String(histories)], { env })
        process.stdout.write(stdout)
        const counts = JSON.parse(/{.*}/.exec(stdout)?.[0] ?? '{}') as HistoryCounts
        expect(counts.histories).toBe(histories)
        expect(Math.min(counts.faults, counts.crashes)).toBeGreaterThan(0)
      },
      600_000,
    )
  })
}
