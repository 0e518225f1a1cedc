import { goMatches } from '../cel/regex.ts'
import { fieldInvalid, fieldNotSupported, fieldRequired, fieldTooLong, fieldTooMany, type FieldError } from '../schema/field-error.ts'
import { isRecord } from '../schema/records.ts'
import { isEqual } from '../../common/equal.ts'
import type { JSONSchemaProps } from './json-schema-props.ts'
import { formatChecks } from './formats.ts'
import { itemsOf, valuesOf } from './schema-parts.ts'

/** What is wrong with a value by its OpenAPI schema, in the words of upstream's validator; `path` is '' for the whole object. */
export function validateValue(schema: JSONSchemaProps, value: unknown, path: string): FieldError[] {
  if (value === null && schema.nullable) return []
  const mistyped = typeError(schema, value, path)
  if (mistyped) return [mistyped]
  return [...validateEnum(schema, value, path), ...validateJunctors(schema, value, path), ...validateContent(schema, value, path)]
}

const fieldName = (path: string): string => path || '<nil>'
const complaint = (path: string, value: unknown, text: string): FieldError =>
  fieldInvalid(fieldName(path), value, `${path} in body ${text}`)

function typeName(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}

function typeError(schema: JSONSchemaProps, value: unknown, path: string): FieldError | undefined {
  const found = typeName(value)
  const wanted = schema['x-kubernetes-int-or-string'] ? ['integer', 'string'] : schema.type ? [schema.type] : []
  if (wanted.length === 0 || wanted.includes(found) || (found === 'integer' && wanted.includes('number'))) return undefined
  const error = complaint(path, found, `must be of type ${wanted.join(',')}: ${JSON.stringify(found)}`)
  return { ...error, reason: 'FieldValueTypeInvalid' }
}

function validateEnum({ enum: values }: JSONSchemaProps, value: unknown, path: string): FieldError[] {
  if (!values || values.length === 0 || values.some(each => isEqual(each, value))) return []
  return [fieldNotSupported(fieldName(path), value, values as readonly string[])]
}

function validateContent(schema: JSONSchemaProps, value: unknown, path: string): FieldError[] {
  if (typeof value === 'string') return validateText(schema, value, path)
  if (typeof value === 'number') return validateNumber(schema, value, path)
  if (Array.isArray(value)) return validateList(schema, value, path)
  return isRecord(value) ? validateObject(schema, value, path) : []
}

function validateText(schema: JSONSchemaProps, value: string, path: string): FieldError[] {
  const { maxLength, minLength, pattern, format } = schema
  const length = [...value].length
  const check = format ? formatChecks[format] : undefined
  return [
    ...(maxLength !== undefined && length > maxLength ? [fieldTooLong(fieldName(path), maxLength)] : []),
    ...(minLength !== undefined && length < minLength ? [complaint(path, value, `should be at least ${minLength} chars long`)] : []),
    ...(pattern && !goMatches(pattern, value) ? [complaint(path, value, `should match '${pattern}'`)] : []),
    ...(check && !check(value) ? [complaint(path, value, `must be of type ${format}: ${JSON.stringify(value)}`)] : []),
  ]
}

function validateNumber(schema: JSONSchemaProps, value: number, path: string): FieldError[] {
  const { maximum, minimum, multipleOf, exclusiveMaximum, exclusiveMinimum } = schema
  const tooMuch = maximum !== undefined && (exclusiveMaximum ? value >= maximum : value > maximum)
  const tooLittle = minimum !== undefined && (exclusiveMinimum ? value <= minimum : value < minimum)
  return [
    ...(tooMuch ? [complaint(path, value, `should be less than${exclusiveMaximum ? '' : ' or equal to'} ${maximum}`)] : []),
    ...(tooLittle ? [complaint(path, value, `should be greater than${exclusiveMinimum ? '' : ' or equal to'} ${minimum}`)] : []),
    ...(multipleOf && !Number.isInteger(value / multipleOf) ? [complaint(path, value, `should be a multiple of ${multipleOf}`)] : []),
    ...(schema.format === 'int32' && Math.abs(value) > 2 ** 31 ? [complaint(path, value, `must be of type int32: "${value}"`)] : []),
  ]
}

function validateList(schema: JSONSchemaProps, value: readonly unknown[], path: string): FieldError[] {
  const { maxItems, minItems } = schema
  const items = itemsOf(schema)
  return [
    ...(maxItems !== undefined && value.length > maxItems ? [fieldTooMany(fieldName(path), value.length, maxItems)] : []),
    ...(minItems !== undefined && value.length < minItems ? [complaint(path, value.length, `should have at least ${minItems} items`)] : []),
    ...(items ? value.flatMap((item, index) => validateValue(items, item, `${path}[${index}]`)) : []),
  ]
}

function validateObject(schema: JSONSchemaProps, value: Readonly<Record<string, unknown>>, path: string): FieldError[] {
  const { properties = {}, required = [], maxProperties, minProperties } = schema
  const names = Object.keys(value)
  const below = (name: string) => (path ? `${path}.${name}` : name)
  const values = valuesOf(schema)
  return [
    ...(maxProperties !== undefined && names.length > maxProperties ? [fieldTooMany(fieldName(path), names.length, maxProperties)] : []),
    ...(minProperties !== undefined && names.length < minProperties
      ? [complaint(path, names.length, `should have at least ${minProperties} properties`)]
      : []),
    ...names.flatMap(name => {
      const field = Object.hasOwn(properties, name) ? properties[name] : values
      return field ? validateValue(field, value[name], below(name)) : []
    }),
    ...required.filter(name => !Object.hasOwn(value, name)).map(name => fieldRequired(below(name))),
  ]
}

/** allOf, anyOf, oneOf and not; what is wrong with the best of several is told besides. */
function validateJunctors(schema: JSONSchemaProps, value: unknown, path: string): FieldError[] {
  const errors: FieldError[] = []
  const failures = (parts: readonly JSONSchemaProps[]) => parts.map(part => validateValue(part, value, path))
  const junction = (text: string) => fieldInvalid(fieldName(path), value, `${JSON.stringify(path)} ${text}`)
  const best = (all: readonly (readonly FieldError[])[]) => all.reduce((a, b) => (b.length < a.length ? b : a))
  const { anyOf = [], oneOf = [], allOf = [], not } = schema
  if (anyOf.length > 0) {
    const all = failures(anyOf)
    if (all.every(each => each.length > 0)) errors.push(...best(all), junction('must validate at least one schema (anyOf)'))
  }
  if (oneOf.length > 0) {
    const all = failures(oneOf)
    const valid = all.filter(each => each.length === 0).length
    if (valid === 0) errors.push(...best(all), junction('must validate one and only one schema (oneOf). Found none valid'))
    else if (valid > 1) errors.push(junction(`must validate one and only one schema (oneOf). Found ${valid} valid alternatives`))
  }
  const all = failures(allOf)
  if (all.some(each => each.length > 0)) errors.push(...all.flat(), junction('must validate all the schemas (allOf)'))
  if (not && validateValue(not, value, path).length === 0) errors.push(junction('must not validate the schema (not)'))
  return errors
}
