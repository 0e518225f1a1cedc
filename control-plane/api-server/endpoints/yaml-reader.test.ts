import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { build } from 'esbuild'
import { describe, expect, it } from '@jest/globals'
import { startApiServer } from '../testing.ts'
import { YamlReader } from './yaml-reader.ts'

/** The thread's program, as it is bundled for the image. */
async function bundledWorker() {
  const directory = await mkdtemp(join(tmpdir(), 'yaml-worker-'))
  const outfile = join(directory, 'yaml-worker.js')
  await build({ entryPoints: ['control-plane/yaml-worker.ts'], outfile, bundle: true, platform: 'node', format: 'cjs', logLevel: 'error' })
  return { outfile, [Symbol.asyncDispose]: () => rm(directory, { recursive: true }) }
}

const flat = (items: number): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: long\ndata:\n${Array.from({ length: items }, (_, n) => `  key-${n}: value of ${n}`).join('\n')}\n`

describe('the YAML reader', () => {
  it('reads long texts in a thread, the event loop going on meanwhile', async () => {
    await using worker = await bundledWorker()
    const reader = new YamlReader(worker.outfile)
    const text = flat(100_000)
    await reader.read(flat(2000))
    const delay = monitorEventLoopDelay({ resolution: 5 })
    delay.enable()
    const begun = performance.now()
    const [first, second] = await Promise.all([reader.read(text), reader.read(text)])
    const took = performance.now() - begun
    delay.disable()
    reader.close()
    expect(Object.keys((first.value as { data: object }).data)).toHaveLength(100_000)
    expect(second).toEqual(first)
    // Half of it, were it read here; the rest is taking in what the thread says.
    expect(delay.max / 1e6).toBeLessThan(took * 0.45)
  }, 60_000)

  it('says what is wrong with them, and reads the next one', async () => {
    await using worker = await bundledWorker()
    const reader = new YamlReader(worker.outfile)
    const [repeated, deep, good] = await Promise.allSettled([
      reader.read(`${flat(5000)}data: {}\n`),
      reader.read(`a: ${'['.repeat(40_000)}`),
      reader.read(flat(5000)),
    ])
    reader.close()
    expect(repeated).toMatchObject({ status: 'fulfilled', value: { repeated: ['line 5006: key "data" already set in map'] } })
    expect(deep).toMatchObject({ status: 'rejected', reason: { message: 'exceeded max depth' } })
    expect(good.status).toBe('fulfilled')
  }, 60_000)

  it('is what bodies are read by', async () => {
    await using worker = await bundledWorker()
    await using server = await startApiServer({ yamlWorker: worker.outfile })
    const headers = { 'Content-Type': 'application/yaml' }
    const created = await server.call('POST', '/api/v1/namespaces/default/configmaps', { body: flat(5000), headers })
    expect([created.status, Object.keys(created.body['data'] as unknown as object).length]).toEqual([201, 5000])
    const repeated = { body: `${flat(5000)}data: {}\n`, headers }
    const refused = await server.call('POST', '/api/v1/namespaces/default/configmaps?fieldValidation=Strict', repeated)
    expect(refused).toMatchObject({
      status: 400,
      body: {
        message: expect.stringMatching(/strict decoding error: yaml: unmarshal errors:\n {2}line 5006: key "data" already set in map$/),
      },
    })
    const applied = await server.call('PATCH', '/api/v1/namespaces/default/configmaps/long?fieldManager=test', {
      body: flat(6000),
      headers: { 'Content-Type': 'application/apply-patch+yaml' },
    })
    expect([applied.status, Object.keys(applied.body['data'] as unknown as object).length]).toEqual([200, 6000])
  }, 60_000)
})
