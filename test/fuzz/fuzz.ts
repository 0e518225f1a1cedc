import { Agent, request } from 'node:http'
import { Duplex, PassThrough } from 'node:stream'
import { stringify } from 'yaml'
import { SpdySession } from '../../agent/server/spdy-session.ts'
import { controlFrame, dataFrame, frameTypes, numbers } from '../../agent/server/spdy-frames.ts'
import { HeaderWriter } from '../../agent/server/spdy-headers.ts'
import { Pod } from '../../api/core/pod.ts'
import { encodeProtobuf } from '../../api/protobuf/envelope.ts'
import { Loopback } from '../../control-plane/api-server/loopback.ts'
import { startApiServer } from '../../control-plane/api-server/testing.ts'
import { mutateBytes, mutateValue, pick, randomOf, randomText, type Random } from './generators.ts'

interface Input {
  readonly method: string
  readonly path: string
  readonly contentType?: string
  readonly body?: string | Buffer
}

const pods = '/api/v1/namespaces/default/pods'
const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', labels: { a: 'b' }, annotations: { c: 'd' }, finalizers: ['x/y'], ownerReferences: [] },
  spec: {
    containers: [
      { name: 'c', image: 'i', env: [{ name: 'A', value: 'b' }], ports: [{ containerPort: 80 }], resources: { limits: { cpu: '1' } } },
    ],
    volumes: [{ name: 'v', emptyDir: {} }],
    tolerations: [{ key: 'a', operator: 'Exists' }],
  },
}
const operations = [
  { op: 'add', path: '/metadata/labels/x', value: 'y' },
  { op: 'replace', path: '/spec/containers/0/image', value: 'j' },
  { op: 'move', from: '/metadata/labels/a', path: '/metadata/labels/z' },
  { op: 'copy', from: '/spec', path: '/spec/containers/-' },
  { op: 'test', path: '/metadata/name', value: 'p' },
]
const mutated = (value: unknown, random: Random): unknown => {
  let mutant = value
  for (let times = 0; times <= random() * 3; times++) mutant = mutateValue(mutant, random)
  return mutant
}
const text = (value: unknown, random: Random): Buffer => {
  const whole = Buffer.from(JSON.stringify(mutated(value, random)) ?? 'null')
  return random() < 0.3 ? mutateBytes(whole, random) : whole
}
const protobuf = encodeProtobuf(Pod.schema, pod)
const token = Buffer.from('{"v":"meta.k8s.io/v1","rv":1,"start":"p\\u0000"}')

const patch =
  (type: string, value: unknown) =>
  (random: Random): Input => ({
    method: 'PATCH',
    path: `${pods}/p?fieldManager=fuzz&force=${type.includes('apply')}`.replace('&force=false', ''),
    contentType: `application/${type}`,
    body: text(value, random),
  })

/** Every decoder of the API server, by name. */
export const targets: Readonly<Record<string, (random: Random) => Input>> = {
  json: random => ({ method: 'POST', path: pods, body: text(pod, random) }),
  yaml: random => ({
    method: 'POST',
    path: pods,
    contentType: 'application/yaml',
    body: mutateBytes(Buffer.from(stringify(mutated(pod, random)) ?? ''), random),
  }),
  protobuf: random => ({
    method: 'POST',
    path: pods,
    contentType: 'application/vnd.kubernetes.protobuf',
    body: mutateBytes(protobuf, random),
  }),
  'json patch': patch('json-patch+json', operations),
  'merge patch': patch('merge-patch+json', pod),
  'strategic patch': patch('strategic-merge-patch+json', pod),
  'apply patch': patch('apply-patch+yaml', pod),
  'delete options': random => ({
    method: 'DELETE',
    path: `${pods}/none`,
    body: text({ kind: 'DeleteOptions', apiVersion: 'v1', gracePeriodSeconds: 1, preconditions: { uid: 'u' }, dryRun: ['All'] }, random),
  }),
  'label selector': random => ({ method: 'GET', path: `${pods}?labelSelector=${encodeURIComponent(randomText(random))}` }),
  'field selector': random => ({ method: 'GET', path: `${pods}?fieldSelector=${encodeURIComponent(randomText(random))}` }),
  'continue token': random => ({
    method: 'GET',
    path: `${pods}?limit=1&continue=${random() < 0.5 ? mutateBytes(token, random).toString('base64url') : encodeURIComponent(randomText(random))}`,
  }),
  query: random => ({
    method: pick(random, ['GET', 'POST', 'PUT', 'DELETE', 'PATCH']),
    path: `${pods}?${['limit', 'resourceVersion', 'resourceVersionMatch', 'timeout', 'dryRun', 'fieldManager', 'fieldValidation', 'pretty']
      .filter(() => random() < 0.3)
      .map(name => `${name}=${encodeURIComponent(randomText(random))}`)
      .join('&')}`,
    body: '{}',
  }),
}

export interface FuzzResult {
  readonly inputs: number
  readonly failures: readonly string[]
  /** Milliseconds that the slowest answer took. */
  readonly slowest: number
}

/** Sends inputs made of `seed` to a real API server, `count` to each decoder or as many as go before `until`; only Status errors may come out. */
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
  await using server = await startApiServer({ loopback })
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
      if (!isProper(answer))
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
    const hanging = await fuzzSpdy(random)
    if (hanging) failures.push(hanging)
    inputs++
  }
  agent.destroy()
  await server.call('GET', '/healthz')
  return { inputs, failures, slowest }
}

const nameOf = (json: string) => encodeURIComponent((JSON.parse(json) as { metadata: { name: string } }).metadata.name)

/** An answer, or a Status that says what was wrong with the request. */
function isProper({ code, text }: { code: number; text: string }): boolean {
  if (code >= 500) return false
  if (code < 400) return true
  const status = JSON.parse(text) as { kind?: string; status?: string; code?: number }
  return status.kind === 'Status' && status.status === 'Failure' && status.code === code
}

function send(agent: Agent, { method, path, contentType = 'application/json', body }: Input): Promise<{ code: number; text: string }> {
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

/** A session that is told nonsense ends; an error is a good end, waiting on after the connection has gone is not. */
async function fuzzSpdy(random: Random): Promise<string | undefined> {
  const headers = new HeaderWriter()
  const opening = Buffer.concat([numbers(1, 0), Buffer.alloc(2), await headers.write({ streamtype: 'stdin' })])
  headers.close()
  const good = Buffer.concat([
    controlFrame(frameTypes.synStream, opening),
    controlFrame(frameTypes.ping, numbers(1)),
    controlFrame(frameTypes.windowUpdate, numbers(1, 10)),
    dataFrame(1, Buffer.from('input')),
  ])
  const [toServer, toClient] = [new PassThrough(), new PassThrough()]
  toClient.resume()
  const session = new SpdySession(Duplex.from({ readable: toServer, writable: toClient }), stream => {
    stream.on('error', () => undefined)
    stream.resume()
  })
  toServer.end(mutateBytes(good, random))
  const ended = session.run().catch((error: unknown) => {
    // By name: what comes from Node itself is of another realm in tests.
    if (['TypeError', 'ReferenceError'].includes((error as Error).name)) throw error
  })
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<string>(
    resolve => (timer = setTimeout(() => resolve('a SPDY session goes on after its connection has ended'), 10_000)),
  )
  const failure = await Promise.race([ended, late])
  clearTimeout(timer)
  return failure ?? undefined
}
