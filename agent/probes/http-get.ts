import http from 'node:http'
import https from 'node:https'
import type { Container } from '../../api/core/container.ts'
import type { HTTPGetAction } from '../../api/core/handlers.ts'
import { codeOf, requestError } from './network-error.ts'

export interface HttpAnswer {
  readonly status: number
  readonly body: string
}
export interface HttpTarget {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
}

const maxBody = 10 * 1024
const maxRedirects = 10

/** A port given by number or by the name it has in the container. */
export function resolvePort(port: number | string, container: Container): number {
  if (typeof port === 'number') return port
  const named = (container.ports ?? []).find(({ name }) => name === port)
  if (named) return named.containerPort
  const number = Number(port)
  if (Number.isInteger(number) && number > 0 && number < 65_536) return number
  throw new Error(`couldn't find port: "${port}" in container "${container.name}"`)
}

/** Where an httpGet action points, as seen from the node. */
export function httpTarget(action: HTTPGetAction, container: Container, podIp: string): HttpTarget {
  const scheme = (action.scheme ?? 'HTTP').toLowerCase()
  const host = action.host || podIp
  const path = action.path ?? '/'
  const url = new URL(
    `${scheme}://${host.includes(':') ? `[${host}]` : host}:${resolvePort(action.port, container)}${path.startsWith('/') ? '' : '/'}${path}`,
  )
  const given = Object.fromEntries((action.httpHeaders ?? []).map(({ name, value }) => [name, value]))
  const has = (name: string) => Object.keys(given).some(key => key.toLowerCase() === name)
  return {
    url,
    headers: {
      ...(has('user-agent') ? {} : { 'User-Agent': 'kube-probe/1.36' }),
      ...(has('accept') ? {} : { Accept: '*/*' }),
      Connection: 'close',
      ...given,
    },
  }
}

/** As Go prints a URL: with its port even when it is the scheme's own. */
const printed = (url: URL) => `${url.protocol}//${url.hostname}:${portOf(url)}${url.pathname}${url.search}`
const portOf = (url: URL) => Number(url.port || (url.protocol === 'https:' ? 443 : 80))

function once({ url, headers }: HttpTarget, signal: AbortSignal): Promise<HttpAnswer & { location: string | undefined }> {
  return new Promise((resolve, reject) => {
    const options = { headers, signal, agent: false as const, rejectUnauthorized: false }
    const request = (url.protocol === 'https:' ? https : http).get(url, options, response => {
      const chunks: Buffer[] = []
      let size = 0
      const done = () => {
        const location = response.headers.location
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8').slice(0, maxBody), location })
        response.destroy()
      }
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        size += chunk.length
        if (size > maxBody) done()
      })
      response.on('end', done)
      response.on('error', reject)
    })
    request.on('error', reject)
  })
}

/** Sends the request, following redirects on the same host. Throws with Go's words when there is no answer. */
export async function httpGet(target: HttpTarget, timeoutMs: number, signal?: AbortSignal): Promise<HttpAnswer> {
  const timeout = AbortSignal.timeout(timeoutMs)
  const stop = signal ? AbortSignal.any([signal, timeout]) : timeout
  let current = target
  for (let redirects = 0; ; redirects++) {
    try {
      const answer = await once(current, stop)
      const next = answer.location ? new URL(answer.location, current.url) : undefined
      const follow = answer.status >= 300 && answer.status < 400 && next?.hostname === target.url.hostname && redirects < maxRedirects
      if (!follow || !next) return answer
      current = { ...current, url: next }
    } catch (error) {
      const expired = timeout.aborted || codeOf(error) === 'ABORT_ERR'
      const why = expired
        ? 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)'
        : requestError(current.url.hostname, portOf(current.url), error)
      throw new Error(`Get "${printed(current.url)}": ${why}`, { cause: error })
    }
  }
}
