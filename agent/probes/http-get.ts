import http from 'node:http'
import https from 'node:https'
import type { Container } from '../../api/core/container.ts'
import type { HTTPGetAction, HTTPHeader } from '../../api/core/handlers.ts'
import { requestError } from './network-error.ts'

export interface HttpAnswer {
  readonly status: number
  readonly body: string
}
export interface HttpTarget {
  readonly url: URL
  readonly headers: Readonly<Record<string, readonly string[]>>
}
export interface HttpOptions {
  /** Absent: as long as it takes. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

/** The answer began, but its body did not come to an end. */
export class BodyError extends Error {
  override readonly name = 'BodyError'
}

const maxBody = 10 * 1024
const maxRequests = 10
const redirects = [301, 302, 303, 307, 308]

/** A port given by number or by the name it has in the container. */
export function resolvePort(port: number | string, container: Container): number {
  if (typeof port === 'number') return port
  const named = (container.ports ?? []).find(({ name }) => name === port)
  if (named) return named.containerPort
  const number = Number(port)
  if (Number.isInteger(number) && number > 0 && number < 65_536) return number
  throw new Error(`couldn't find port: "${port}" in container "${container.name}"`)
}

/** Headers by lower-case name: the user's, and what upstream adds where the user says nothing; an empty value takes it away. */
function headersOf(given: readonly HTTPHeader[]): HttpTarget['headers'] {
  const headers: Record<string, string[]> = {}
  for (const { name, value } of given) headers[name.toLowerCase()] = [...(headers[name.toLowerCase()] ?? []), value]
  const all: Record<string, string[]> = { 'user-agent': ['kube-probe/1.36'], accept: ['*/*'], connection: ['close'], ...headers }
  return Object.fromEntries(
    Object.entries(all).filter(([name, [first]]) => first !== '' || (name !== 'user-agent' && name !== 'accept' && name !== 'host')),
  )
}

/** Where an httpGet action points, as seen from the node. */
export function httpTarget(action: HTTPGetAction, container: Container, podIp: string): HttpTarget {
  const scheme = (action.scheme ?? 'HTTP').toLowerCase()
  const host = action.host || podIp
  const path = action.path ?? '/'
  const url = new URL(
    `${scheme}://${host.includes(':') ? `[${host}]` : host}:${resolvePort(action.port, container)}${path.startsWith('/') ? '' : '/'}${path}`,
  )
  return { url, headers: headersOf(action.httpHeaders ?? []) }
}

/** As Go prints a URL: with its port even when it is the scheme's own. */
const printed = (url: URL) => `${url.protocol}//${hostOf(url)}${url.pathname}${url.search}`
const portOf = (url: URL) => Number(url.port || (url.protocol === 'https:' ? 443 : 80))
/** Host and port, always both. */
export const hostOf = (url: URL): string => `${url.hostname}:${portOf(url)}`

function once({ url, headers }: HttpTarget, signal: AbortSignal | undefined): Promise<HttpAnswer & { location: string | undefined }> {
  return new Promise((resolve, reject) => {
    // Several values make several lines of a header, but there is only one Host.
    const lines = Object.fromEntries(Object.entries(headers).map(([name, values]) => [name, values.length === 1 ? values[0] : [...values]]))
    if (headers['host']) lines['host'] = headers['host'][0]
    const tolerant = { rejectUnauthorized: false, insecureHTTPParser: true }
    const options = { headers: lines, agent: false as const, ...tolerant, ...(signal ? { signal } : {}) }
    let answered = false
    const fail = (error: Error) => reject(answered ? bodyError(error, signal) : error)
    const request = (url.protocol === 'https:' ? https : http).get(url, options, response => {
      answered = true
      const chunks: Buffer[] = []
      let size = 0
      const done = () => {
        const location = response.headers.location
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).subarray(0, maxBody).toString('utf8'), location })
        response.destroy()
      }
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        size += chunk.length
        if (size > maxBody) done()
      })
      response.on('end', done)
      response.on('error', fail)
    })
    request.on('error', fail)
  })
}

const bodyError = (error: Error, signal: AbortSignal | undefined) =>
  new BodyError(
    signal?.aborted ? 'context deadline exceeded (Client.Timeout or context cancellation while reading body)' : 'unexpected EOF',
    { cause: error },
  )

/** Where an answer sends its asker on, when it is to be followed. */
function next(answer: { status: number; location: string | undefined }, { url }: HttpTarget): URL | undefined {
  return redirects.includes(answer.status) && answer.location ? new URL(answer.location, url) : undefined
}

/** Sends the request, following redirects on the same host. Throws with Go's words when there is no answer. */
export async function httpGet(target: HttpTarget, { timeoutMs, signal }: HttpOptions): Promise<HttpAnswer> {
  const signals = [...(signal ? [signal] : []), ...(timeoutMs === undefined ? [] : [AbortSignal.timeout(timeoutMs)])]
  const stop = signals.length > 0 ? AbortSignal.any(signals) : undefined
  let current = target
  for (let requests = 1; ; requests++) {
    const answer = await once(current, stop).catch((error: unknown) => {
      if (error instanceof BodyError) throw error
      const why = requestError(current.url.hostname, portOf(current.url), error)
      throw new Error(`Get "${printed(current.url)}": ${why}`, { cause: error })
    })
    const url = next(answer, current)
    if (!url || url.hostname !== target.url.hostname) return answer
    if (requests === maxRequests) throw new Error(`Get "${answer.location}": stopped after 10 redirects`)
    current = { ...current, url }
  }
}
