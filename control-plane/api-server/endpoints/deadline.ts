import { apiError, badRequest } from '../../../api/errors.ts'
import { parseGoDuration } from '../../../common/go-duration.ts'

/** Upstream's `--request-timeout`, in milliseconds. */
export const requestTimeout = 60_000

/** How long a request may take that is not long-running: `timeout` of its query can only shorten it (upstream's WithRequestDeadline). */
export function timeoutOf(query: URLSearchParams, longest = requestTimeout): number {
  const text = query.get('timeout')
  if (!text) return longest
  const wanted = parseGoDuration(text.replace(/^[+-]/, ''))
  if (wanted === undefined) {
    const why = /^[+-]?[\d.]+$/.test(text) ? 'missing unit in duration' : 'invalid duration'
    throw badRequest(`invalid timeout specified in the request URL - time: ${why} ${JSON.stringify(text)}`)
  }
  return wanted > 0 && wanted < longest && !text.startsWith('-') ? wanted : longest
}

export const timedOut = () => apiError('Timeout', 'Timeout: request did not complete within the allotted timeout', {})
