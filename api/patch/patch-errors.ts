import { ApiError, apiError, badRequest } from '../errors.ts'

/** The patch is well formed but cannot be applied to this object; upstream does not say why. */
export const notApplicable = (): ApiError => apiError('Invalid', 'the server rejected our request due to an error in our request', {})

/** Mistakes of strategic merge patches for which upstream has no reason and blames itself. */
export const patchFailed = (message: string): ApiError =>
  new ApiError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code: 500 })

export const badPatchFormat = (of: 'primitive list' | 'retainKeys' | 'setElementOrder list'): ApiError =>
  badRequest(`invalid patch format of ${of}`)
