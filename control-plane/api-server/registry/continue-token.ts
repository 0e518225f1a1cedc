import { posix } from 'node:path'
import { ApiError, badRequest, expired } from '../../../api/errors.ts'

/** Where a list goes on: behind which key (relative to the prefix), in the state of which revision (-1: whatever is newest). */
export interface ContinueToken {
  readonly revision: number
  readonly after: string
}

/** Upstream's encoding, so that its clients' tests read ours. */
export const encodeContinue = ({ revision, after }: ContinueToken): string =>
  Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start: `${after}\u0000` })).toString('base64url')

/** Reads what a client brings back (upstream's DecodeContinue). Throws a BadRequest in its words. */
export function decodeContinue(token: string): ContinueToken {
  const { v = '', rv = 0, start = '' } = parse(bytesOf(token))
  if (v !== 'meta.k8s.io/v1') throw refused(`: server does not recognize this encoded version ${String(v)}`)
  if (typeof rv !== 'number' || !Number.isSafeInteger(rv) || rv === 0) {
    throw refused(': incorrect encoded start resourceVersion (version meta.k8s.io/v1)')
  }
  if (typeof start !== 'string' || start === '') throw refused(': encoded start key empty (version meta.k8s.io/v1)')
  if (!isClean(start)) throw refused(`: ${start}`)
  return { revision: rv, after: start.replace(/\0$/, '') }
}

const refused = (why: string) => badRequest(`invalid continue token: continue key is not valid${why}`)

/** A key that stays below the prefix that it is appended to. */
const isClean = (start: string): boolean => {
  const key = start.startsWith('/') ? start : `/${start}`
  return key === '/' || (posix.normalize(key) === key && !key.endsWith('/'))
}

/** Base64 as Go reads it: line ends do not count, and a single character left over is one too many. */
function bytesOf(token: string): Buffer {
  const strange = token.search(/[^\w\r\n-]/)
  const plain = token.replace(/[\r\n]/g, '')
  if (strange >= 0 || plain.length % 4 === 1) {
    throw refused(`: illegal base64 data at input byte ${strange >= 0 ? strange : token.length - 1}`)
  }
  return Buffer.from(plain, 'base64url')
}

function parse(text: Buffer): { v?: unknown; rv?: unknown; start?: unknown } {
  try {
    return (JSON.parse(text.toString('utf8')) as object | null) ?? {}
  } catch (error) {
    // Upstream's decoder looks at single bytes.
    const first = text.toString('latin1').trimStart().slice(0, 1)
    const found = first && first !== '{' ? `invalid character '${first}' looking for beginning of value` : String((error as Error).message)
    throw refused(`: ${first ? found : 'unexpected end of JSON input'}`)
  }
}

/** The state that the token belongs to is forgotten; the new token goes on in the newest one. */
export function expiredContinue({ after }: ContinueToken): ApiError {
  const { status } = expired(
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
  )
  return new ApiError({ ...status, metadata: { continue: encodeContinue({ revision: -1, after }) } })
}
