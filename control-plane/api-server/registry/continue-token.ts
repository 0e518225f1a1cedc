import { ApiError, badRequest, expired } from '../../../api/errors.ts'

/** Where a list goes on: behind which key (relative to the prefix), in the state of which revision (-1: whatever is newest). */
export interface ContinueToken {
  readonly revision: number
  readonly after: string
}

/** Upstream's encoding, so that its clients' tests read ours. */
export const encodeContinue = ({ revision, after }: ContinueToken): string =>
  Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start: `${after}\u0000` })).toString('base64url')

export function decodeContinue(token: string): ContinueToken {
  if (!/^[\w-]*$/.test(token)) throw badRequest('invalid continue token: continue key is not valid: illegal base64 data')
  const text = Buffer.from(token, 'base64url')
  const { v, rv, start } = parse(text)
  if (v !== 'meta.k8s.io/v1')
    throw badRequest(
      `invalid continue token: continue key is not valid: server does not recognize this encoded version ${JSON.stringify(v)}`,
    )
  if (typeof start !== 'string' || typeof rv !== 'number' || !Number.isSafeInteger(rv)) {
    throw badRequest('invalid continue token: continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)')
  }
  return { revision: rv, after: start.replace(/\0$/, '') }
}

function parse(text: Buffer): { v?: unknown; rv?: unknown; start?: unknown } {
  try {
    return (JSON.parse(text.toString('utf8')) as object | null) ?? {}
  } catch (error) {
    // Upstream's decoder looks at single bytes.
    const first = text.toString('latin1').trimStart().slice(0, 1)
    const found = first && first !== '{' ? `invalid character '${first}' looking for beginning of value` : String((error as Error).message)
    throw badRequest(`invalid continue token: continue key is not valid: ${first ? found : 'unexpected end of JSON input'}`)
  }
}

/** The state that the token belongs to is forgotten; the new token goes on in the newest one. */
export function expiredContinue({ after }: ContinueToken): ApiError {
  const { status } = expired(
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
  )
  return new ApiError({ ...status, metadata: { continue: encodeContinue({ revision: -1, after }) } })
}
