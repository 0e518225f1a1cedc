import type { ConfigMap } from './config-map.ts'
import { bytesSize, dataKeyErrors, immutableErrors, maximumDataSize, textSize } from './data-validation.ts'
import { configMapKeyErrors } from '../names.ts'
import { fieldInvalid, fieldTooLong, type FieldError } from '../schema/field-error.ts'

export function validateConfigMap({ data = {}, binaryData = {} }: ConfigMap): FieldError[] {
  const errors = Object.keys(data).flatMap(key => [
    ...configMapKeyErrors(key).map(error => fieldInvalid(`data[${key}]`, key, error)),
    ...(Object.hasOwn(binaryData, key) ? [fieldInvalid(`data[${key}]`, key, 'duplicate of key present in binaryData')] : []),
  ])
  // Upstream's path for "the whole object" prints as [].
  const tooLong = textSize(data) + bytesSize(binaryData) > maximumDataSize ? [fieldTooLong('[]', maximumDataSize)] : []
  return [...errors, ...dataKeyErrors(binaryData, 'binaryData'), ...tooLong]
}

export const validateConfigMapUpdate = (next: ConfigMap, current: ConfigMap): FieldError[] => [
  ...immutableErrors(next, current, ['data', 'binaryData']),
  ...validateConfigMap(next),
]
