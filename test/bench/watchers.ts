import { connect, type TLSSocket } from 'node:tls'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ClientConfig } from '../../client/client-config.ts'
import type { MeasuredControlPlane } from './control-plane.ts'
import { percentile, type Figure } from './figures.ts'
import { rawClient, type RawClient } from './raw-client.ts'

const WATCHERS = 1000
const EVENTS = 1000
/** Connections that are being made at the same time. */
const OPENING = 32
/** From one event to the next: what comes faster than a thousand watchers are told goes out together, and says less about one. */
const EVERY_MILLISECONDS = 50
const LONGEST_WAIT_MILLISECONDS = 30_000

const namespace = 'bench-watchers'
const maps = `/api/v1/namespaces/${namespace}/configmaps`
const bodyOf = (object: object) => JSON.stringify({ apiVersion: 'v1', ...object })
const mapOf = (name: string) => bodyOf({ kind: 'ConfigMap', metadata: { name }, data: { text: 'x'.repeat(300) } })

/** Very many watchers of one resource: how late the last of them hears, and what an event costs. */
export async function watcherFigures({ config, processorTime, residentMegabytes }: MeasuredControlPlane): Promise<Figure[]> {
  const client = rawClient(config, 1)
  const crowd = new Crowd(config)
  try {
    await client.send('POST', '/api/v1/namespaces', bodyOf({ kind: 'Namespace', metadata: { name: namespace } }))
    await crowd.open()
    await sleep(500)
    const countedBefore = await serialised(client)
    const before = processorTime()
    const began = performance.now()
    for (let index = 0; index < EVENTS; index++) {
      crowd.expect(index)
      await client.send('POST', maps, mapOf(`event-${index}`))
      await sleep(Math.max(0, began + (index + 1) * EVERY_MILLISECONDS - performance.now()))
    }
    await crowd.complete()
    const seconds = (performance.now() - began) / 1000
    const used = processorTime() - before
    const events = (await serialised(client)) - countedBefore
    const { latencies } = crowd
    return [
      {
        name: `${WATCHERS} watchers, ${EVENTS} events each: from a write to a watcher, p99`,
        value: percentile(latencies, 0.99),
        unit: 'ms',
        aim: { bound: 'most', value: 50 },
        beside: `p50 ${percentile(latencies, 0.5).toFixed(1)} ms, longest ${percentile(latencies, 1).toFixed(0)} ms, ${(EVENTS / seconds).toFixed(0)} events/s`,
      },
      {
        name: 'serialisations per event',
        value: events / EVENTS,
        unit: '',
        aim: { bound: 'most', value: 2 },
        beside: 'one for the watchers, one for the garbage collector, which wants metadata',
      },
      { name: 'processor time of the server per event and watcher', value: (used / EVENTS / WATCHERS) * 1000, unit: 'µs' },
      { name: `resident with ${WATCHERS} watchers`, value: residentMegabytes(), unit: 'MB' },
    ]
  } finally {
    crowd.close()
    client.close()
  }
}

async function serialised(client: RawClient): Promise<number> {
  const { body } = await client.send('GET', '/metrics')
  const [, count = '0'] = /^kubeling_watch_events_serialized_total{.*resource="configmaps"} (\d+)$/m.exec(body.toString()) ?? []
  return Number(count)
}

/** Watchers that do next to nothing with what they hear: bare TLS, no parser. */
class Crowd {
  readonly latencies: number[] = []
  readonly #config: ClientConfig
  readonly #sockets: TLSSocket[] = []
  /** When each event was sent. */
  readonly #sent: number[] = []
  #heard = 0

  constructor(config: ClientConfig) {
    this.#config = config
  }
  async open(): Promise<void> {
    let left = WATCHERS
    const openNext = async () => {
      while (left-- > 0) this.#sockets.push(await this.#watch())
    }
    await Promise.all(Array.from({ length: OPENING }, openNext))
  }
  /** From now on it counts how late this one is heard of. */
  expect(index: number): void {
    this.#sent[index] = performance.now()
  }
  /** Resolves when everybody has heard of everything. */
  async complete(): Promise<void> {
    const deadline = Date.now() + LONGEST_WAIT_MILLISECONDS
    const all = this.#sockets.length * this.#sent.length
    while (this.#heard < all) {
      if (Date.now() > deadline) throw new Error(`watchers heard ${this.#heard} of ${all} events`)
      await sleep(20)
    }
  }
  close(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  async #watch(): Promise<TLSSocket> {
    const { hostname, port } = new URL(this.#config.server)
    const { certificate, ca } = this.#config
    const pair = typeof certificate === 'function' ? certificate() : certificate
    const socket = connect({ host: hostname, port: Number(port), ca, ...pair })
    await once(socket, 'secureConnect')
    socket.write(`GET ${maps}?watch=1 HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`)
    await once(socket, 'data')
    let rest: Buffer | undefined
    socket.on('data', (bytes: Buffer) => {
      const all = rest ? Buffer.concat([rest, bytes]) : bytes
      // Every event is a line, and the chunk that it comes in ends with one.
      rest = all.at(-1) === lineBreak ? undefined : all
      if (!rest) this.#hear(all)
    })
    return socket
  }
  #hear(lines: Buffer): void {
    const now = performance.now()
    for (let at = lines.indexOf(mark); at !== -1; at = lines.indexOf(mark, at + mark.length)) {
      const index = Number.parseInt(lines.toString('latin1', at + mark.length, at + mark.length + 6), 10)
      this.latencies.push(now - (this.#sent[index] ?? Number.NaN))
      this.#heard++
    }
  }
}

const mark = Buffer.from('"name":"event-')
const lineBreak = 0x0a
