/** One thing that has to be in order; throws when it is not. */
export type HealthCheck = () => void

export interface HealthAnswer {
  readonly code: number
  readonly text: string
}

const endpoints = ['healthz', 'livez', 'readyz']

/** `/healthz`, `/livez`, `/readyz` and their single checks; undefined for any other path. */
export function healthAnswer(
  path: string,
  query: URLSearchParams,
  checks: Readonly<Record<string, HealthCheck>>,
): HealthAnswer | undefined {
  const [, endpoint = '', check = '', ...rest] = path.split('/')
  if (!endpoints.includes(endpoint) || rest.length > 0) return undefined
  const excluded = query.getAll('exclude')
  const chosen = Object.entries(checks).filter(([name]) => (check ? name === check : !excluded.includes(name)))
  if (check && chosen.length === 0) return undefined
  const results = chosen.map(([name, run]) => ({ name, failure: failureOf(run) }))
  const failed = results.some(({ failure }) => failure)
  const lines = results.map(({ name, failure }) => (failure ? `[-]${name} failed: reason withheld` : `[+]${name} ok`))
  const left = excluded.filter(name => name in checks).map(name => `[+]${name} excluded: ok`)
  if (failed) return { code: 500, text: [...lines, ...left, `${endpoint} check failed`, ''].join('\n') }
  return { code: 200, text: query.has('verbose') ? [...lines, ...left, `${endpoint} check passed`, ''].join('\n') : 'ok' }
}

function failureOf(check: HealthCheck): unknown {
  try {
    check()
    return undefined
  } catch (error) {
    return error
  }
}
