import { once } from 'node:events'
import http, { type RequestListener } from 'node:http'
import http2 from 'node:http2'
import net, { type AddressInfo, type Server } from 'node:net'
import { describe, expect, it } from '@jest/globals'
import type { Container } from '../../api/core/container.ts'
import type { HTTPGetAction, Probe } from '../../api/core/handlers.ts'
import { RuntimeError, type ExecResult } from '../runtime/runtime.ts'
import { runProbe, type ProbeOutcome } from './run-probe.ts'

const container = { name: 'c', resources: {}, env: [{ name: 'NAME', value: 'there' }] } satisfies Container
const noExec = async (): Promise<ExecResult> => ({ exitCode: 0, output: Buffer.alloc(0) })

const probing = (probe: Probe, execSync: (id: string, options: { command: readonly string[] }) => Promise<ExecResult> = noExec) =>
  runProbe({ probe, container, containerId: 'id', podIp: '127.0.0.1', runtime: { execSync }, signal: new AbortController().signal })

/** Probes a server of its own. */
async function against(server: Server, probe: (port: number) => Probe): Promise<ProbeOutcome & { port: number }> {
  const sockets = new Set<net.Socket>()
  server.on('connection', (socket: net.Socket) => sockets.add(socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  try {
    return { ...(await probing({ timeoutSeconds: 1, ...probe(port) })), port }
  } finally {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
}
const get = (answer: RequestListener, action: Partial<HTTPGetAction> = {}) =>
  against(http.createServer(answer), port => ({ httpGet: { port, path: '/', ...action } }))
const goesTo =
  (location: string, status = 302): RequestListener =>
  (_, response) =>
    response.writeHead(status, { location }).end('gone')

describe('httpGet probes', () => {
  it.each<[number, ProbeOutcome]>([
    [200, { result: 'success', output: 'body' }],
    [204, { result: 'success', output: '' }],
    [304, { result: 'warning', output: 'Probe terminated redirects, Response body: ' }],
    [404, { result: 'failure', output: 'HTTP probe failed with statuscode: 404' }],
    [503, { result: 'failure', output: 'HTTP probe failed with statuscode: 503' }],
  ])('judge status %i', async (status, outcome) => {
    expect(await get((_, response) => response.writeHead(status).end('body'))).toMatchObject(outcome)
  })

  it('read lines that end as small servers end them', async () => {
    const outcome = await get(({ socket }) => socket.end('HTTP/1.1 200 OK\nContent-Length: 4\n\nbody'))
    expect(outcome).toMatchObject({ result: 'success', output: 'body' })
  })

  it('send the headers upstream sends, and those of the user, repeated ones too', async () => {
    let seen: readonly string[] = []
    const httpHeaders = [
      { name: 'X-A', value: '1' },
      { name: 'x-a', value: '2' },
      { name: 'Host', value: 'example.com' },
      { name: 'Accept', value: '' },
    ]
    await get(({ rawHeaders }, response) => response.end(void (seen = rawHeaders)), { httpHeaders })
    const pairs = seen.flatMap((name, index) => (index % 2 === 0 ? [`${name.toLowerCase()}: ${seen[index + 1]}`] : []))
    expect(pairs.sort()).toEqual(['connection: close', 'host: example.com', 'user-agent: kube-probe/1.36', 'x-a: 1', 'x-a: 2'])
  })

  it('follow redirects on the same host', async () => {
    const answer: RequestListener = (request, response) =>
      request.url === '/' ? response.writeHead(307, { location: '/there' }).end() : response.end('there')
    expect(await get(answer)).toMatchObject({ result: 'success', output: 'there' })
  })

  it('pass with a warning when they are sent to another host', async () => {
    expect(await get(goesTo('http://elsewhere.example/'))).toMatchObject({
      result: 'warning',
      output: 'Probe terminated redirects, Response body: gone',
    })
  })

  it('give up after ten requests', async () => {
    expect(await get(goesTo('/'))).toMatchObject({ result: 'failure', output: 'Get "/": stopped after 10 redirects' })
  })

  it('do not read more than 10 KiB', async () => {
    const { output } = await get((_, response) => response.end('x'.repeat(50_000)))
    expect(output.length).toBe(10 * 1024)
  })

  it('fail in Go’s words when there is no answer in time', async () => {
    const { port, ...outcome } = await get(() => undefined)
    const output = `Get "http://127.0.0.1:${port}/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`
    expect(outcome).toEqual({ result: 'failure', output })
  })

  it('know nothing when the answer does not end in time', async () => {
    const outcome = await get((_, response) => response.writeHead(200, { 'content-length': 10 }).write('x'))
    expect(outcome).toMatchObject({
      result: 'error',
      state: 'failure',
      output: 'context deadline exceeded (Client.Timeout or context cancellation while reading body)',
    })
  }, 20_000)

  it('fail in Go’s words when the server does not speak TLS', async () => {
    const { port, ...outcome } = await get((_, response) => response.end(), { scheme: 'HTTPS' })
    expect(outcome).toEqual({
      result: 'failure',
      output: `Get "https://127.0.0.1:${port}/": http: server gave HTTP response to HTTPS client`,
    })
  })

  it('fail in Go’s words when nobody listens', async () => {
    const output = 'Get "http://127.0.0.1:1/": dial tcp 127.0.0.1:1: connect: connection refused'
    expect(await probing({ httpGet: { port: 1, path: '/' } })).toEqual({ result: 'failure', output })
  })

  it('say that a port has no such name', async () => {
    const outcome = await probing({ httpGet: { port: 'web', path: '/' } })
    expect(outcome).toEqual({ result: 'error', state: 'unknown', output: 'couldn\'t find port: "web" in container "c"' })
  })
})

describe('tcpSocket probes', () => {
  it('pass when the port can be reached, and only then', async () => {
    expect(await against(net.createServer(), port => ({ tcpSocket: { port } }))).toMatchObject({ result: 'success' })
    const output = 'dial tcp 127.0.0.1:1: connect: connection refused'
    expect(await probing({ tcpSocket: { port: 1 } })).toEqual({ result: 'failure', output })
  })
})

describe('exec probes', () => {
  const probe = (...command: string[]): Probe => ({ exec: { command } })
  const ending = (exitCode: number, output = '') => probing(probe('check'), async () => ({ exitCode, output: Buffer.from(output) }))
  const throwing = (error: Error) => probing(probe('check', 'it'), () => Promise.reject(error))

  it('judge by the exit code, and keep 10 KiB of what is printed', async () => {
    expect(await ending(0, 'fine')).toEqual({ result: 'success', output: 'fine' })
    expect(await ending(2, 'x'.repeat(20_000))).toEqual({ result: 'failure', output: 'x'.repeat(10 * 1024) })
  })

  it('fail in upstream’s words when the command takes too long', async () => {
    const output = 'command timed out: "check it" timed out after 1s'
    expect(await throwing(new RuntimeError('Timeout', ''))).toEqual({ result: 'failure', output })
  })

  it('know nothing when the command cannot be run, after three tries', async () => {
    let tries = 0
    const outcome = await probing(probe('nope'), () => Promise.reject(new RuntimeError('StartFailed', `no such program ${++tries}`)))
    expect(outcome).toEqual({ result: 'error', state: 'unknown', output: 'rpc error: code = Unknown desc = no such program 3' })
  })

  it('replace variables that stand in the spec', async () => {
    let seen: readonly string[] = []
    await probing(probe('$(NAME)', '$(OTHER)', '$$(NAME)'), async (_, { command }) => {
      seen = command
      return await noExec()
    })
    expect(seen).toEqual(['there', '$(OTHER)', '$(NAME)'])
  })
})

describe('grpc probes', () => {
  const grpc = (answer: (stream: http2.ServerHttp2Stream) => void) => {
    const server = http2.createServer()
    server.on('stream', stream => {
      stream.on('error', () => stream.close())
      answer(stream)
    })
    return against(server as unknown as Server, port => ({ grpc: { port, service: '' } }))
  }
  const saying = (status: number, trailers: http2.OutgoingHttpHeaders) => (stream: http2.ServerHttp2Stream) => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
    stream.on('wantTrailers', () => stream.sendTrailers(trailers))
    stream.end(Buffer.from([0, 0, 0, 0, 2, 8, status]))
  }

  it.each<[string, number, http2.OutgoingHttpHeaders, ProbeOutcome]>([
    ['SERVING', 1, { 'grpc-status': '0' }, { result: 'success', output: 'service healthy' }],
    ['NOT_SERVING', 2, { 'grpc-status': '0' }, { result: 'failure', output: 'service unhealthy (responded with "NOT_SERVING")' }],
    [
      'an unknown service',
      0,
      { 'grpc-status': '5', 'grpc-message': 'unknown service' },
      { result: 'failure', output: 'error: health rpc probe failed: rpc error: code = NotFound desc = unknown service' },
    ],
    [
      'a server without health checks',
      0,
      { 'grpc-status': '12', 'grpc-message': 'unknown method' },
      {
        result: 'failure',
        output: 'error: this server does not implement the grpc health protocol (grpc.health.v1.Health): unknown method',
      },
    ],
  ])('judge %s', async (...row) => {
    const [, status, trailers, outcome] = row
    expect(await grpc(saying(status, trailers))).toMatchObject(outcome)
  })

  it('tell a slow answer from a server that cannot be reached', async () => {
    expect(await grpc(() => undefined)).toMatchObject({ result: 'failure', output: 'timeout: health rpc did not complete within 1s' })
    const { port, ...outcome } = await against(net.createServer(), port => ({ grpc: { port, service: '' } }))
    const output = `timeout: failed to connect service "127.0.0.1:${port}" within 1s: context deadline exceeded`
    expect(outcome).toEqual({ result: 'failure', output })
  })
})
