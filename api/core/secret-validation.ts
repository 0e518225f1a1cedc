import { bytesSize, dataKeyErrors, immutableErrors, maximumDataSize } from './data-validation.ts'
import type { Secret } from './secret.ts'
import { fieldInvalid, fieldRequired, fieldTooLong, type FieldError } from '../schema/field-error.ts'

const accountAnnotation = 'kubernetes.io/service-account.name'

export const validateSecret = (secret: Secret): FieldError[] => [
  ...dataKeyErrors(secret.data ?? {}, 'data'),
  ...(bytesSize(secret.data ?? {}) > maximumDataSize ? [fieldTooLong('data', maximumDataSize)] : []),
  ...validateByType(secret),
]

export function validateSecretUpdate(next: Secret, current: Secret): FieldError[] {
  const typeErrors = next.type === current.type ? [] : [fieldInvalid('type', next.type ?? '', 'field is immutable')]
  return [...typeErrors, ...immutableErrors(next, current, ['data']), ...validateSecret(next)]
}

/** What each well-known type has to hold. */
function validateByType({ type, data = {}, metadata }: Secret): FieldError[] {
  const missing = (keys: readonly string[]) => keys.filter(key => !Object.hasOwn(data, key)).map(key => fieldRequired(`data[${key}]`))
  switch (type) {
    case 'kubernetes.io/service-account-token':
      return metadata.annotations?.[accountAnnotation] ? [] : [fieldRequired(`metadata.annotations[${accountAnnotation}]`)]
    case 'kubernetes.io/dockercfg':
      return [...missing(['.dockercfg']), ...jsonErrors(data['.dockercfg'], 'data[.dockercfg]')]
    case 'kubernetes.io/dockerconfigjson':
      return [...missing(['.dockerconfigjson']), ...jsonErrors(data['.dockerconfigjson'], 'data[.dockerconfigjson]')]
    case 'kubernetes.io/basic-auth': {
      // One of the two is enough.
      const errors = missing(['username', 'password'])
      return errors.length === 2 ? errors : []
    }
    case 'kubernetes.io/ssh-auth':
      return data['ssh-privatekey'] ? [] : [fieldRequired('data[ssh-privatekey]')]
    case 'kubernetes.io/tls':
      return missing(['tls.crt', 'tls.key'])
    default:
      return []
  }
}

function jsonErrors(encoded: string | undefined, path: string): FieldError[] {
  if (encoded === undefined) return []
  const text = Buffer.from(encoded, 'base64').toString()
  const detail = jsonObjectError(text)
  return detail ? [fieldInvalid(path, '<secret contents redacted>', detail)] : []
}

/** Why `text` is no JSON object, in the words of Go's decoder as far as the start of the text tells. */
function jsonObjectError(text: string): string | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return unreadable(text, error)
  }
  if (value === null || (typeof value === 'object' && !Array.isArray(value))) return undefined
  const found = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value
  return `json: cannot unmarshal ${found} into Go value of type map[string]interface {}`
}

function unreadable(text: string, error: unknown): string {
  const start = text.trimStart().charAt(0)
  if (!start) return 'unexpected end of JSON input'
  if (!/[[{"0-9tfn-]/.test(start)) return `invalid character '${start}' looking for beginning of value`
  return error instanceof Error && /Unexpected end|Unterminated|Expected .* at position/.test(error.message)
    ? 'unexpected end of JSON input'
    : String(error instanceof Error ? error.message : error)
}
