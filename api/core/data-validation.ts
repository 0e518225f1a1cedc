import { configMapKeyErrors } from '../names.ts'
import { fieldForbidden, fieldInvalid, type FieldError } from '../schema/field-error.ts'
import { isEqual } from '../../common/equal.ts'

/** What ConfigMaps and Secrets hold at most, all values together. */
export const maximumDataSize = 1024 * 1024

type Data = Readonly<Record<string, string>>

export const dataKeyErrors = (data: Data, path: string): FieldError[] =>
  Object.keys(data).flatMap(key => configMapKeyErrors(key).map(error => fieldInvalid(`${path}[${key}]`, key, error)))

export const textSize = (data: Data): number => Object.values(data).reduce((sum, text) => sum + Buffer.byteLength(text), 0)

/** Size of base64 texts once decoded. */
export const bytesSize = (data: Data): number => Object.values(data).reduce((sum, text) => sum + Buffer.byteLength(text, 'base64'), 0)

interface MaybeImmutable {
  readonly immutable?: boolean
}

/** An immutable object stays immutable and keeps the fields given. */
export function immutableErrors<O extends MaybeImmutable>(next: O, current: O, fields: readonly (keyof O & string)[]): FieldError[] {
  if (!current.immutable) return []
  const forbidden = (field: string) => fieldForbidden(field, 'field is immutable when `immutable` is set')
  return [
    ...(next.immutable ? [] : [forbidden('immutable')]),
    ...fields.filter(field => !isEqual(next[field] ?? {}, current[field] ?? {})).map(forbidden),
  ]
}
