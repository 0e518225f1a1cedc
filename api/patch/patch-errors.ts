import { ApiError, apiError, badRequest, invalid } from '../errors.ts'
import { fieldInvalid } from '../schema/field-error.ts'

/** The patch is well formed but cannot be applied to this object; upstream does not say why. */
export const notApplicable = (): ApiError => apiError('Invalid', 'the server rejected our request due to an error in our request', {})

/** Mistakes of strategic merge patches for which upstream has no reason and blames itself. */
export const patchFailed = (message: string): ApiError =>
  new ApiError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code: 500 })

export const badPatchFormat = (of: 'primitive list' | 'retainKeys' | 'setElementOrder list'): ApiError =>
  badRequest(`invalid patch format of ${of}`)

/** What a patched object that cannot be decoded is answered with. `shown` is the patched object's JSON, or a strategic patch as Go prints it. */
export const undecodablePatch = (shown: string, why: string): ApiError =>
  invalid({ group: '', kind: '' }, '', [fieldInvalid('patch', shown, why)])

const goKinds: Readonly<Record<string, string>> = { number: 'int64', object: 'map', array: 'slice' }

/**
 * Strategic patches are converted without passing through JSON upstream, where a value of the wrong type is described in
 * other words than by the JSON decoder.
 */
export function asConversionError(message: string): string {
  const [, found = '', expected = ''] = /^json: cannot unmarshal (\w+).* of type (\S+)$/.exec(message) ?? []
  if (!expected) return message
  const kind = goKinds[found] ?? found
  if (expected.startsWith('[]')) return `cannot restore slice from ${kind}`
  if (expected.startsWith('map[')) return `cannot restore map from ${kind}`
  if (/[.A-Z]/.test(expected)) return `cannot restore struct from: ${kind}`
  return `unrecognized type: ${expected}`
}
