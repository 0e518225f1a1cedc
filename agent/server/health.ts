import { HttpError } from './http-error.ts'

/** Upstream's relist threshold: an agent that has not listed its containers for so long no longer does its work. */
const silenceMs = 3 * 60_000

interface Check {
  readonly name: string
  /** What is wrong; undefined: nothing. */
  readonly failure: () => string | undefined
}

export const healthChecks = (listedAt: () => number, startedAt = Date.now()): Check[] => [
  { name: 'ping', failure: () => undefined },
  { name: 'log', failure: () => undefined },
  { name: 'syncloop', failure: () => silence(Date.now() - Math.max(listedAt(), startedAt)) },
]

const silence = (silentMs: number): string | undefined =>
  silentMs > silenceMs ? `pleg was last seen active ${Math.round(silentMs / 1000)}s ago; threshold is 3m0s` : undefined

/** The answer to /healthz and /healthz/{check}; throws 500 with the list of checks when one has failed. */
export function healthAnswer(checks: readonly Check[], only: string | undefined, query: URLSearchParams): string {
  const wanted = only === undefined ? checks : checks.filter(({ name }) => name === only)
  if (wanted.length === 0) throw new HttpError(404, '404 page not found')
  const results = wanted.map(({ name, failure }) => ({ name, failure: failure() }))
  const lines = results.map(({ name, failure }) => (failure ? `[-]${name} failed: ${failure}` : `[+]${name} ok`))
  if (results.some(({ failure }) => failure)) throw new HttpError(500, [...lines, 'healthz check failed'].join('\n'))
  return query.has('verbose') ? [...lines, 'healthz check passed', ''].join('\n') : 'ok'
}
