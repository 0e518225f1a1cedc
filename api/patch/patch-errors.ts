import { ApiError, apiError, badRequest, invalid } from '../errors.ts'
import { fieldInvalid } from '../schema/field-error.ts'

/** The patch is well formed but cannot be applied to this object; upstream does not say why. */
export const notApplicable = (): ApiError => apiError('Invalid', 'the server rejected our request due to an error in our request', {})

/** Mistakes of strategic merge patches for which upstream has no reason and blames itself. */
export const patchFailed = (message: string): ApiError =>
  new ApiError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code: 500 })

/** What a patched object that cannot be decoded is answered with. `shown` is the patched object's JSON, or a strategic patch as Go prints it. */
export const undecodablePatch = (shown: string, why: string): ApiError =>
  invalid({ group: '', kind: '' }, '', [fieldInvalid('patch', shown, why)])

export const badPatchFormat = (of: 'primitive list' | 'retainKeys' | 'setElementOrder list'): ApiError =>
  badRequest(`invalid patch format of ${of}`)
