import { isEqual } from '../../common/equal.ts'
import { fieldInvalid, type FieldError } from '../schema/field-error.ts'
import type { JSONSchemaProps } from './json-schema-props.ts'
import { prune } from './prune.ts'
import { validateValue } from './validate-value.ts'

/** A default has to be a value that could be given. */
export function validateDefault(schema: JSONSchemaProps, path: string): FieldError[] {
  const value = schema.default
  if (value === undefined) return []
  const at = `${path}.default`
  const { value: pruned, unknown } = prune(schema, value)
  if (unknown.length > 0 && !isEqual(pruned, value)) return [fieldInvalid(at, value, 'must not have unknown fields')]
  return validateValue(schema, value, at)
}
