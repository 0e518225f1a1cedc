import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from '@jest/globals'
import type { Probe } from '../../api/core/handlers.ts'
import { systemClock, type Clock } from '../../common/clock.ts'
import { ProbeWorker, type ProbeResult, type ProbeType } from './probe-worker.ts'
import { runProbe, type ProbeOutcome } from './run-probe.ts'

/** A clock that jumps to the next deadline instead of waiting for it. */
class JumpingClock implements Clock {
  #time = 0
  now = () => new Date(this.#time)
  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    await Promise.resolve()
    signal?.throwIfAborted()
    this.#time += milliseconds
  }
}
const outcome = (letter: string): ProbeOutcome =>
  letter === 'e' ? { result: 'error', state: 'unknown', output: '' } : { result: letter === 's' ? 'success' : 'failure', output: '' }

/** Runs a worker through outcomes (`s`, `f`, `e`): when it probed, in seconds, and what it made of it. */
async function probed(type: ProbeType, probe: Probe, outcomes: string, more: { tookMs?: number; known?: ProbeResult } = {}) {
  const clock = new JumpingClock()
  const stop = new AbortController()
  const times: number[] = []
  const results: ProbeResult[] = []
  const worker = new ProbeWorker({
    type,
    probe,
    known: more.known,
    startedAt: 0,
    clock,
    started: Promise.resolve(),
    run: async () => {
      // What comes after the last outcome does not count: the worker is stopped meanwhile.
      if (times.length === outcomes.length) stop.abort()
      else times.push(clock.now().getTime() / 1000)
      if (more.tookMs) await clock.sleep(more.tookMs)
      return outcome(outcomes[times.length - 1] ?? 's')
    },
    onOutcome: () => undefined,
    onResult: result => results.push(result),
  })
  await worker.run(stop.signal)
  return { times, results, result: worker.result }
}

describe('a probe', () => {
  it('begins after its initial delay and keeps its period', async () => {
    const { times } = await probed('readiness', { initialDelaySeconds: 3, periodSeconds: 5 }, 'ffff')
    expect(times).toEqual([3, 8, 13, 18])
  })

  it('leaves out the ticks that a slow check has overrun, and does not drift', async () => {
    const { times } = await probed('readiness', { periodSeconds: 2 }, 'ffff', { tookMs: 2500 })
    expect(times).toEqual([0, 4, 8, 12])
  })

  it.each<[string, ProbeType, Probe, string, ProbeResult[]]>([
    ['changes its mind with enough failures in a row', 'readiness', { failureThreshold: 3 }, 'sffsfff', ['success', 'failure']],
    ['changes its mind with enough successes in a row', 'readiness', { successThreshold: 2 }, 'sfss', ['success']],
    ['ignores what could not be carried out', 'readiness', { failureThreshold: 2 }, 'sfeef', ['success', 'failure']],
    ['ends with its failure: liveness', 'liveness', { failureThreshold: 2 }, 'ssff', ['failure']],
    ['ends with its success: startup', 'startup', { failureThreshold: 3 }, 'ffs', ['success']],
    ['ends with its failure: startup', 'startup', { failureThreshold: 3 }, 'fff', ['failure']],
  ])('%s', async (...row) => {
    const [, type, probe, outcomes, results] = row
    expect((await probed(type, probe, outcomes)).results).toEqual(results)
  })

  it('goes on from what the agent before this one knew', async () => {
    expect(await probed('startup', {}, 's', { known: 'success' })).toEqual({ times: [], results: [], result: 'success' })
    expect((await probed('readiness', { failureThreshold: 2 }, 'ff', { known: 'success' })).results).toEqual(['failure'])
  })

  it('keeps its period beside a hundred others in one process', async () => {
    const requests: number[] = []
    const server = http.createServer((_, response) => response.end(void requests.push(performance.now())))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const stop = new AbortController()
    const probe: Probe = { httpGet: { port, path: '/' }, periodSeconds: 1, timeoutSeconds: 5 }
    const delays: number[] = []
    let atOnce = 0
    const [cpu, began] = [process.cpuUsage(), Date.now()]
    const workers = Array.from({ length: 100 }, () => {
      let [running, ticks] = [false, 0]
      return new ProbeWorker({
        type: 'readiness',
        probe,
        startedAt: began,
        clock: systemClock,
        started: Promise.resolve(),
        run: async signal => {
          if (running) atOnce++
          running = true
          delays.push((Date.now() - began) % 1000)
          ticks++
          const runtime = { execSync: () => Promise.reject(new Error('not used')) }
          const result = await runProbe({
            probe,
            container: { name: 'c', resources: {} },
            containerId: '',
            podIp: '127.0.0.1',
            runtime,
            signal,
          })
          running = false
          if (ticks === 5) setTimeout(() => stop.abort(), 200)
          return result
        },
        onOutcome: () => undefined,
        onResult: () => undefined,
      })
    })
    await Promise.all(workers.map(worker => worker.run(AbortSignal.any([stop.signal]))))
    server.close()
    const { user, system } = process.cpuUsage(cpu)
    const sorted = delays.sort((a, b) => a - b)
    const perSecond = (requests.length / (Date.now() - began)) * 1000
    process.stdout.write(
      `    ${requests.length} probes, ${perSecond.toFixed(0)} a second: half began within ${sorted[sorted.length >> 1]} ms of their tick, ` +
        `99 % within ${sorted[Math.floor(sorted.length * 0.99)]} ms; ${((user + system) / 1000 / requests.length).toFixed(2)} ms of CPU each\n`,
    )
    expect(atOnce).toBe(0)
    // Five hundred on a machine that has nothing else to do.
    expect(requests.length).toBeGreaterThanOrEqual(200)
  }, 60_000)
})
