import { Agent, request, type RequestOptions } from 'node:https'
import type { ClientConfig } from '../../client/client-config.ts'

export interface Answer {
  readonly status: number
  readonly body: Buffer
}

/** HTTPS with as little of its own as possible, so that the server is what is measured. */
export interface RawClient {
  send(method: string, path: string, body?: string): Promise<Answer>
  /** Calls `line` with each line of a stream as it arrives; resolves once the stream has begun. */
  stream(path: string, line: (text: string) => void): Promise<() => void>
  close(): void
}

export function rawClient(config: ClientConfig, connections: number): RawClient {
  const url = new URL(config.server)
  const pair = typeof config.certificate === 'function' ? config.certificate() : config.certificate
  const tls = { ca: config.ca, ...pair }
  const agent = new Agent({ keepAlive: true, maxSockets: connections, ...tls })
  const streams = new Agent({ keepAlive: true, ...tls })
  const options = (method: string, path: string): RequestOptions => ({
    agent,
    host: url.hostname,
    port: url.port,
    method,
    path,
    headers: { 'content-type': 'application/json', accept: 'application/json' },
  })
  return {
    send: (method, path, body) =>
      new Promise((resolve, reject) => {
        const call = request(options(method, path), response => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('end', () => {
            const answer = { status: response.statusCode ?? 0, body: Buffer.concat(chunks) }
            if (answer.status < 300) resolve(answer)
            else reject(new Error(`${method} ${path}: ${answer.status} ${answer.body.toString().slice(0, 300)}`))
          })
          response.on('error', reject)
        })
        call.on('error', reject)
        call.end(body)
      }),
    stream: (path, line) =>
      new Promise((resolve, reject) => {
        const call = request({ ...options('GET', path), agent: streams }, response => {
          let rest = ''
          response.setEncoding('utf8')
          response.on('data', (chunk: string) => {
            const lines = (rest + chunk).split('\n')
            rest = lines.pop() ?? ''
            for (const text of lines) line(text)
          })
          resolve(() => call.destroy())
        })
        call.on('error', error => reject(error))
        call.end()
      }),
    close: () => {
      agent.destroy()
      streams.destroy()
    },
  }
}
