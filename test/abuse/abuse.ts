import { readdirSync, readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { Agent, request } from 'node:https'
import { connect as connectPlain, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect, type TLSSocket } from 'node:tls'
import type { ClientConfig } from '../../client/client-config.ts'

export interface AbuseOptions {
  readonly config: ClientConfig
  readonly pid: number
  /** How long it is abused. */
  readonly seconds: number
  /** How long a client that behaves well is watched before and after. */
  readonly calmSeconds: number
  readonly writers: number
  /** Watches opened and dropped, all in all. */
  readonly watches: number
}

interface Latencies {
  readonly count: number
  readonly p50: number
  readonly p99: number
}
interface Resources {
  readonly megabytes: number
  readonly descriptors: number
}
export interface AbuseResult {
  /** Of a client that behaves well, in milliseconds. */
  readonly latencies: Readonly<Record<'before' | 'during' | 'after', Latencies>>
  readonly resources: Readonly<Record<'before' | 'during' | 'after', Resources>>
  readonly counter: { readonly expected: number; readonly found: number; readonly conflicts: number }
  readonly watches: number
  /** How many oversized and nested bodies got which answer. */
  readonly refusals: Readonly<Record<number, number>>
  /** Connections of clients that never read which the server ended. */
  readonly cutOff: number
}

const maps = '/api/v1/namespaces/default/configmaps'
const map = (name: string, data: Record<string, string>, metadata: object = {}) =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...metadata }, data })

/** Does to an API server what bad clients do, and measures what a good one notices of it. */
export async function abuse(options: AbuseOptions): Promise<AbuseResult> {
  const { config, pid, seconds, calmSeconds } = options
  const calm = () => Date.now() + calmSeconds * 1000
  const wire = new Wire(config)
  try {
    for (const name of ['counter', 'good']) await wire.send('POST', maps, map(name, { count: '0' }))
    // Warm.
    await goodClient(wire, calm())
    const before = { latencies: await goodClient(wire, calm()), resources: resourcesOf(pid) }
    const until = Date.now() + seconds * 1000
    const halfWay = sleep(seconds * 500).then(() => resourcesOf(pid))
    const [latencies, counter, watches, refusals, cutOff, resources] = await Promise.all([
      goodClient(wire, until),
      conflictingWriters(config, { writers: options.writers, until }),
      watchesDropped(wire, { count: options.watches, until }),
      badBodies(config, until),
      neverReading(wire, until),
      halfWay,
      halfOpen(wire, until),
    ])
    const after = await settled(pid, before.resources)
    return {
      latencies: { before: before.latencies, during: latencies, after: await goodClient(wire, calm()) },
      resources: { before: before.resources, during: resources, after },
      counter,
      watches,
      refusals,
      cutOff,
    }
  } finally {
    wire.close()
  }
}

interface Answer {
  readonly code: number
  readonly text: string
}

/** Requests and bare connections to one server. */
class Wire {
  readonly #agent: Agent
  readonly #base: {
    readonly host: string
    readonly port: number
    readonly ca?: string | Buffer
    readonly cert?: string | Buffer
    readonly key?: string | Buffer
  }

  constructor(config: ClientConfig, sockets = 4) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: sockets })
    const { hostname, port } = new URL(config.server)
    const pair = typeof config.certificate === 'function' ? config.certificate() : config.certificate
    this.#base = { host: hostname, port: Number(port), ...(config.ca === undefined ? {} : { ca: config.ca }), ...pair }
  }
  send(method: string, path: string, body?: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const call = this.#request(method, path, response => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => resolve({ code: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }))
        response.on('error', reject)
      })
      call.on('error', reject)
      call.end(body)
    })
  }
  #request(method: string, path: string, answered: (response: IncomingMessage) => void) {
    return request({ ...this.#base, agent: this.#agent, method, path, headers: { 'content-type': 'application/json' } }, answered)
  }
  /** A connection that has said this much, and whose end breaks nothing here. */
  say(text: string): TLSSocket {
    const socket = connect(this.#base)
    socket.on('error', () => undefined)
    socket.write(text)
    return socket
  }
  silent(): Socket {
    return connectPlain({ port: this.#base.port, host: this.#base.host }).on('error', () => undefined)
  }
  close(): void {
    this.#agent.destroy()
  }
}

async function goodClient(wire: Wire, until: number): Promise<Latencies> {
  const samples: number[] = []
  while (Date.now() < until) {
    const started = performance.now()
    const { code } = await wire.send('GET', `${maps}/good`)
    samples.push(performance.now() - started)
    if (code !== 200) throw new Error(`a client that behaves well got ${code}`)
    await sleep(20)
  }
  samples.sort((a, b) => a - b)
  const percentile = (part: number) => samples[Math.floor(samples.length * part)] ?? Number.NaN
  return { count: samples.length, p50: percentile(0.5), p99: percentile(0.99) }
}

/** Everybody adds one to the same number as often as they can: read, write with the version that was read, again when it was another's turn. */
async function conflictingWriters(
  config: ClientConfig,
  { writers, until }: { writers: number; until: number },
): Promise<AbuseResult['counter']> {
  const wire = new Wire(config, writers)
  let expected = 0
  let conflicts = 0
  const write = async () => {
    while (Date.now() < until) {
      const { metadata, data } = JSON.parse((await wire.send('GET', `${maps}/counter`)).text) as {
        metadata: { resourceVersion: string }
        data: { count: string }
      }
      const next = map('counter', { count: String(Number(data.count) + 1) }, { resourceVersion: metadata.resourceVersion })
      const { code, text } = await wire.send('PUT', `${maps}/counter`, next)
      if (code === 200) expected++
      else if (code === 409) conflicts++
      else throw new Error(`a writer got ${code}: ${text}`)
      // As clients do it that back off: out of step.
      await sleep(Math.random() * 500)
    }
  }
  await Promise.all(Array.from({ length: writers }, write))
  const { data } = JSON.parse((await wire.send('GET', `${maps}/counter`)).text) as { data: { count: string } }
  wire.close()
  return { expected, found: Number(data.count), conflicts }
}

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: abuse\r\n\r\n`

async function watchesDropped(wire: Wire, { count, until }: { count: number; until: number }): Promise<number> {
  const wave = 50
  let opened = 0
  const pause = Math.max(0, ((until - Date.now()) / count) * wave * 0.8)
  while (opened < count && Date.now() < until) {
    const sockets = Array.from({ length: wave }, () => wire.say(get(`${maps}?watch=1`)))
    await Promise.all(sockets.map(socket => new Promise(resolve => socket.once('data', resolve).once('close', resolve))))
    opened += wave
    for (const socket of sockets) socket.destroy()
    await sleep(pause)
  }
  return opened
}

async function badBodies(config: ClientConfig, until: number): Promise<Record<number, number>> {
  const wire = new Wire(config)
  const codes: Record<number, number> = {}
  const bodies = [
    map('large', { a: 'x'.repeat(5_000_000) }),
    `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`,
    `${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`,
  ]
  for (let index = 0; Date.now() < until; index++) {
    const { code } = await wire.send('POST', maps, bodies[index % bodies.length])
    codes[code] = (codes[code] ?? 0) + 1
    await sleep(200)
  }
  wire.close()
  return codes
}

/** Watches and lists of clients that take nothing of what they asked for; how many of them the server cut off. */
async function neverReading(wire: Wire, until: number): Promise<number> {
  let cutOff = 0
  const sockets = Array.from({ length: 30 }, (_, index) => {
    const ask = index % 2 === 0 ? get(`${maps}?watch=1`) : get('/openapi/v2').repeat(200)
    const socket = wire.say(ask)
    socket.pause()
    socket.once('close', () => cutOff++)
    return socket
  })
  await sleep(until - Date.now())
  const result = cutOff
  for (const socket of sockets) socket.destroy()
  return result
}

/** Connections that say nothing, or half of something. */
async function halfOpen(wire: Wire, until: number): Promise<void> {
  const sockets = [
    ...Array.from({ length: 100 }, () => wire.silent()),
    ...Array.from({ length: 100 }, () => wire.say('GET / HTTP/1.1\r\nHost: abuse\r\nX-')),
    ...Array.from({ length: 50 }, () => wire.say(`POST ${maps} HTTP/1.1\r\nHost: abuse\r\nContent-Length: 1000\r\n\r\n{`)),
  ]
  await sleep(until - Date.now())
  for (const socket of sockets) socket.destroy()
}

function resourcesOf(pid: number): Resources {
  const [, kilobytes = '0'] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return { megabytes: Math.round(Number(kilobytes) / 1024), descriptors: readdirSync(`/proc/${pid}/fd`).length }
}

/** What is left when connections have been cleared away, at the latest after a minute. */
async function settled(pid: number, before: Resources): Promise<Resources> {
  const deadline = Date.now() + 60_000
  for (;;) {
    const now = resourcesOf(pid)
    if (Date.now() > deadline || now.descriptors <= before.descriptors) return now
    await sleep(500)
  }
}

/** For people. */
export function describeAbuse({ latencies, resources, counter, watches, refusals, cutOff }: AbuseResult): string {
  const phases = (['before', 'during', 'after'] as const).map(phase => {
    const { count, p50, p99 } = latencies[phase]
    const { megabytes, descriptors } = resources[phase]
    return `${phase}: p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms of ${count} gets; ${megabytes} MB, ${descriptors} descriptors`
  })
  const codes = Object.entries(refusals).map(([code, count]) => `${count} × ${code}`)
  return [
    ...phases,
    `counter ${counter.found} of ${counter.expected} (${counter.conflicts} conflicts), ${watches} watches opened and dropped,`,
    `bad bodies: ${codes.join(', ')}; ${cutOff} of 30 clients that never read were cut off`,
  ].join('\n')
}
