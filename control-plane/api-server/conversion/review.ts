import { ApiError } from '../../../api/errors.ts'
import { apiVersionOf, type Kind } from '../../../api/kind.ts'
import { isRecord } from '../../../api/schema/records.ts'

type Json = Readonly<Record<string, unknown>>

/** What upstream answers where a conversion fails: a Status without a reason. */
export const conversionFailed = (message: string): ApiError =>
  new ApiError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code: 500 })

/** Upstream's text of a version and kind. */
export const textOfKind = (kind: Pick<Kind, 'group' | 'version' | 'kind'>): string => `${apiVersionOf(kind)}, Kind=${kind.kind}`

const supported = ['v1', 'v1beta1']

/** The question to a webhook, in the first version of it that both sides know; throws an Error when there is none. */
export function reviewOf(
  { objects, apiVersion, uid }: { objects: readonly object[]; apiVersion: string; uid: string },
  versions: readonly string[],
): Json {
  const version = versions.find(each => supported.includes(each))
  if (!version) throw new Error('no supported conversion review versions')
  return {
    kind: 'ConversionReview',
    apiVersion: `apiextensions.k8s.io/${version}`,
    request: { uid, desiredAPIVersion: apiVersion, objects },
  }
}

/** The objects of an answer; throws an Error in upstream's words when it is none (getConvertedObjectsFromResponse). */
export function convertedObjects(review: unknown, { uid, version }: { uid: string; version: string }): readonly unknown[] {
  const answer = isRecord(review) ? review : {}
  // The older version was never looked at so closely.
  const strict = version === 'apiextensions.k8s.io/v1'
  if (strict && (answer['kind'] !== 'ConversionReview' || answer['apiVersion'] !== version))
    throw new Error(
      `expected webhook response of ${version}, Kind=ConversionReview, got ${String(answer['apiVersion'] ?? '')}, Kind=${String(answer['kind'] ?? '')}`,
    )
  const { response } = answer
  if (!isRecord(response)) throw new Error('no response provided')
  if (strict && response['uid'] !== uid)
    throw new Error(`expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(response['uid'] ?? '')}`)
  const result = isRecord(response['result']) ? response['result'] : {}
  if (result['status'] !== 'Success') {
    const { message, status } = result
    throw new Error(
      typeof message === 'string' && message ? message : `response.result.status was '${String(status ?? '')}', not 'Success'`,
    )
  }
  const objects = response['convertedObjects']
  return Array.isArray(objects) ? objects : []
}
