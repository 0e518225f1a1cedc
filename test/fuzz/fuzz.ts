import { Agent, request } from 'node:http'
import { Loopback } from '../../control-plane/api-server/loopback.ts'
import { startApiServer } from '../../control-plane/api-server/testing.ts'
import { randomOf } from './generators.ts'
import { pod, pods, targets, type Input } from './requests.ts'
import { fuzzSpdy } from './spdy.ts'
import { startWebSocketFuzz } from './web-socket.ts'

export interface FuzzResult {
  readonly inputs: number
  /** How many different ones took them. */
  readonly decoders: number
  readonly failures: readonly string[]
  /** Milliseconds that the slowest answer took. */
  readonly slowest: number
}

/**
 * Sends inputs made of `seed` to a real API server and agent, `count` to each decoder or as many as go before `until`. Requests may
 * be answered with Status errors only, connections may only end. The same seed and count are the same inputs.
 */
export async function fuzz({
  seed,
  count = Infinity,
  until = Infinity,
}: {
  seed: number
  count?: number
  until?: number
}): Promise<FuzzResult> {
  const random = randomOf(seed)
  const loopback = new Loopback()
  await using _server = await startApiServer({ loopback })
  await using webSockets = await startWebSocketFuzz()
  const agent = Object.assign(new Agent({ keepAlive: true, maxSockets: 4 }), {
    createConnection: loopback.accessFor({ name: 'fuzz', groups: [] }).connect,
  })
  const failures: string[] = []
  let inputs = 0
  let slowest = 0
  await send(agent, { method: 'POST', path: pods, body: JSON.stringify(pod) })
  for (let round = 0; round < count && Date.now() < until && failures.length < 20; round++) {
    for (const [name, make] of Object.entries(targets)) {
      const input = make(random)
      const started = performance.now()
      const answer = await send(agent, input)
      slowest = Math.max(slowest, performance.now() - started)
      inputs++
      if (!isProper(input, answer))
        failures.push(
          `${name}: ${input.method} ${input.path} ${String(input.body).slice(0, 400)} → ${answer.code} ${answer.text.slice(0, 300)}`,
        )
      if (
        answer.code === 201 &&
        input.method === 'POST' &&
        (JSON.parse(answer.text) as { metadata?: { name?: string } }).metadata?.name !== 'p'
      )
        await send(agent, { method: 'DELETE', path: `${pods}/${nameOf(answer.text)}?gracePeriodSeconds=0` })
    }
    for (const connect of [fuzzSpdy, webSockets.once]) {
      const failure = await connect(random)
      if (failure) failures.push(failure)
      inputs++
    }
  }
  const disturbed = await webSockets.bystander()
  if (disturbed) failures.push(disturbed)
  agent.destroy()
  return { inputs, decoders: Object.keys(targets).length + 2, failures, slowest }
}

const nameOf = (json: string) => encodeURIComponent((JSON.parse(json) as { metadata: { name: string } }).metadata.name)

/** An answer, or a Status that says what was wrong with the request. */
function isProper({ method }: Input, { code, text }: Answer): boolean {
  if (code < 400) return true
  const status = JSON.parse(text) as { kind?: string; status?: string; code?: number; reason?: string }
  if (status.kind !== 'Status' || status.status !== 'Failure' || status.code !== code) return false
  // Upstream blames itself, without a reason, for some mistakes in patches; what nobody foresaw has the reason InternalError.
  return code < 500 || (code === 500 && method === 'PATCH' && status.reason === undefined)
}

interface Answer {
  readonly code: number
  readonly text: string
}

function send(agent: Agent, { method, path, contentType = 'application/json', body }: Input): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': contentType, 'content-length': Buffer.byteLength(body) }
    const call = request({ agent, method, path, headers }, response => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve({ code: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }))
      response.on('error', reject)
    })
    call.on('error', reject)
    call.end(body)
  })
}
