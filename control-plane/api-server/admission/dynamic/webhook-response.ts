import { ApiError, apiError, httpCodes, type Reason, type Status } from '../../../../api/errors.ts'
import { isRecord } from '../../../../api/schema/records.ts'

export interface WebhookResponse {
  readonly allowed: boolean
  /** Operations of a JSON patch. */
  readonly patch?: unknown
  readonly warnings: readonly string[]
  readonly auditAnnotations: Readonly<Record<string, string>>
  readonly status?: Partial<Status>
}

/** The answer of a webhook, checked; throws an Error in upstream's words (VerifyAdmissionResponse) when it is none. */
export function readResponse(review: unknown, uid: string, mutating: boolean): WebhookResponse {
  if (!isRecord(review) || review['kind'] !== 'AdmissionReview' || review['apiVersion'] !== 'admission.k8s.io/v1') {
    const [group, version] = isRecord(review) ? splitVersion(String(review['apiVersion'] ?? '')) : ['', '']
    const got = `${group}/${version}, Kind=${isRecord(review) ? String(review['kind'] ?? '') : ''}`
    throw new Error(`received invalid webhook response: expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview, got ${got}`)
  }
  const { response } = review
  if (!isRecord(response)) throw new Error('received invalid webhook response: webhook response was absent')
  if (response['uid'] !== uid)
    throw new Error(`received invalid webhook response: expected response.uid="${uid}", got "${String(response['uid'] ?? '')}"`)
  return {
    allowed: response['allowed'] === true,
    warnings: strings(response['warnings']),
    auditAnnotations: isRecord(response['auditAnnotations']) ? (response['auditAnnotations'] as Record<string, string>) : {},
    ...(isRecord(response['status']) ? { status: response['status'] } : {}),
    ...readPatch(response, mutating),
  }
}

const splitVersion = (text: string): [string, string] =>
  text.includes('/') ? [text.slice(0, text.indexOf('/')), text.slice(text.indexOf('/') + 1)] : ['', text]
const strings = (value: unknown): string[] => (Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [])

function readPatch({ patch, patchType }: Record<string, unknown>, mutating: boolean): { patch?: unknown } {
  if (patch === undefined || patch === null || patch === '') {
    if (patchType !== undefined && patchType !== null && mutating)
      throw new Error('received invalid webhook response: webhook returned response.patchType but not response.patch')
    return {}
  }
  if (!mutating) return {}
  if (patchType === undefined || patchType === null)
    throw new Error('received invalid webhook response: webhook returned response.patch but not response.patchType')
  if (patchType !== 'JSONPatch') {
    const got = JSON.stringify(patchType)
    throw new Error(`received invalid webhook response: webhook returned invalid response.patchType of ${got}, expected "JSONPatch"`)
  }
  return { patch: JSON.parse(Buffer.from(String(patch), 'base64').toString()) as unknown }
}

/** How a refusal by a webhook is answered; upstream's ToStatusErr. */
export function refusal(webhook: string, status: Partial<Status> = {}): ApiError {
  const denied = `admission webhook ${JSON.stringify(webhook)} denied the request`
  const why = status.message || status.reason
  const reason = status.reason && status.reason in httpCodes ? { reason: status.reason as Reason } : {}
  return new ApiError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: why ? `${denied}: ${why}` : `${denied} without explanation`,
    ...reason,
    ...(status.details ? { details: status.details } : {}),
    code: (status.code ?? 0) >= 400 ? (status.code ?? 400) : 400,
  })
}

/** A webhook that could not be asked, where that refuses the request. */
export const failedCalling = (webhook: string, why: string): ApiError => {
  const message = `failed calling webhook ${JSON.stringify(webhook)}: ${why}`
  return apiError('InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] })
}
