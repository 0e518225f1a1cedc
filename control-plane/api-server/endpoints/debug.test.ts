import { describe, expect, it } from '@jest/globals'
import { systemClock } from '../../../common/clock.ts'
import type { Attributes } from '../interfaces.ts'
import { startApiServer } from '../testing.ts'

const paths = ['/configz', '/debug/flags', '/debug/flags/v', '/debug/pprof/', '/debug/pprof/heap', '/debug/pprof/profile']

async function startDebuggedServer() {
  const verbosities: number[] = []
  const asked: Attributes[] = []
  const server = await startApiServer({
    debug: { configuration: { plane: { port: 6443 } }, setVerbosity: verbosity => void verbosities.push(verbosity), clock: systemClock },
    authorizer: {
      authorize(_, attributes) {
        asked.push(attributes)
        return { allowed: attributes.verb !== 'delete', reason: '' }
      },
    },
  })
  return { ...server, verbosities, asked, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

describe('paths for debugging', () => {
  it.each(paths)('are not there unless they are switched on: %s', async path => {
    await using server = await startApiServer()
    expect((await server.call('GET', path)).status).toBe(404)
  })

  it('show a profile as the tools of V8 read it, one at a time', async () => {
    await using server = await startDebuggedServer()
    const [first, second] = await Promise.all([1, 2].map(() => server.call('GET', '/debug/pprof/profile?seconds=0.3')))
    expect([first?.status, second?.status].sort()).toEqual([200, 500])
    const [taken, refused] = first?.status === 200 ? [first, second] : [second, first]
    expect(taken?.body).toMatchObject({ nodes: expect.any(Array), samples: expect.any(Array), startTime: expect.any(Number) })
    expect(refused?.text).toBe('Could not enable CPU profiling: cpu profiling already in use\n')
    expect((await server.call('GET', '/debug/pprof/profile?seconds=0.01')).status).toBe(200)
  })

  it('show the memory, the configuration, and what there is', async () => {
    await using server = await startDebuggedServer()
    expect((await server.call('GET', '/debug/pprof/heap')).body).toMatchObject({
      heap: { used_heap_size: expect.any(Number) },
      process: { rss: expect.any(Number) },
    })
    expect((await server.call('GET', '/configz')).body).toEqual({ plane: { port: 6443 } })
    expect((await server.call('GET', '/debug/pprof/')).text).toContain('/debug/pprof/profile')
    expect((await server.call('GET', '/debug/pprof/nothing')).status).toBe(404)
  })

  it('set how much is logged', async () => {
    await using server = await startDebuggedServer()
    const set = await server.call('PUT', '/debug/flags/v', { body: '4' })
    expect([set.status, set.text]).toEqual([200, 'successfully set klog.logging.verbosity to 4'])
    expect((await server.call('PUT', '/debug/flags/v', { body: 'all' })).status).toBe(400)
    expect((await server.call('GET', '/debug/flags/v')).status).toBe(406)
    expect(server.verbosities).toEqual([4])
  })

  it('are paths like all others to the authorizer', async () => {
    await using server = await startDebuggedServer()
    await server.call('GET', '/debug/pprof/heap')
    await server.call('PUT', '/debug/flags/v', { body: '4' })
    expect(server.asked).toEqual(
      expect.arrayContaining([
        { type: 'path', verb: 'get', path: '/debug/pprof/heap' },
        { type: 'path', verb: 'put', path: '/debug/flags/v' },
      ]),
    )
    expect((await server.call('DELETE', '/configz')).status).toBe(403)
  })
})
