import { goRegex } from '../cel/regex.ts'
import { fieldForbidden, fieldInvalid, fieldNotSupported, fieldRequired, type FieldError } from '../schema/field-error.ts'
import type { JSONSchemaProps } from './json-schema-props.ts'
import { validateDefault } from './default-validation.ts'
import { validateRules } from './rule-validation.ts'
import { itemsOf, valuesOf } from './schema-parts.ts'

/** Where in a schema a schema stands; what is asked of it depends on that. */
type Level = 'root' | 'property' | 'item' | 'value'

const types = ['array', 'boolean', 'integer', 'number', 'object', 'string']
const missingType: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root',
  property: 'must not be empty for specified object fields',
  item: 'must not be empty for specified array items',
  value: 'must not be empty for specified object fields',
}
const unsupported = ['$ref', 'definitions', 'dependencies', 'id', 'patternProperties', 'additionalItems'] as const

/** Whether a schema says of every field what it is (upstream's structural schemas), and everything else that may be wrong with one. */
export const validateStructuralSchema = (schema: JSONSchemaProps, path: string): FieldError[] => [
  ...validateNode(schema, path, 'root'),
  ...validateRootMetadata(schema, path),
]

function validateNode(schema: JSONSchemaProps, path: string, level: Level): FieldError[] {
  const items = itemsOf(schema)
  const values = valuesOf(schema)
  return [
    ...validateType(schema, path, level),
    ...validateKeywords(schema, path),
    ...validateExtensions(schema, path),
    ...validateListType(schema, path),
    ...validateDefault(schema, path),
    ...validateRules(schema, path, level === 'root' || schema['x-kubernetes-embedded-resource'] === true),
    ...Object.entries(schema.properties ?? {}).flatMap(([name, field]) => validateNode(field, `${path}.properties[${name}]`, 'property')),
    ...(items ? validateNode(items, `${path}.items`, 'item') : []),
    ...(values ? validateNode(values, `${path}.additionalProperties`, 'value') : []),
    ...junctors.flatMap(junctor =>
      (schema[junctor] ?? []).flatMap((part, index) =>
        validateValueSchema(part, schema, { path: `${path}.${junctor}[${index}]`, outer: path }),
      ),
    ),
    ...(schema.not ? validateValueSchema(schema.not, schema, { path: `${path}.not`, outer: path }) : []),
  ]
}

const junctors = ['allOf', 'anyOf', 'oneOf'] as const

function validateType(schema: JSONSchemaProps, path: string, level: Level): FieldError[] {
  const { type } = schema
  const field = `${path}.type`
  if (schema['x-kubernetes-int-or-string']) {
    return type ? [fieldInvalid(field, type, 'must be empty if x-kubernetes-int-or-string is true')] : []
  }
  if (!type) return schema['x-kubernetes-preserve-unknown-fields'] && level !== 'root' ? [] : [fieldRequired(field, missingType[level])]
  if (!types.includes(type)) return [fieldNotSupported(field, type, types)]
  if (level === 'root' && type !== 'object') return [fieldInvalid(field, type, 'must be object at the root')]
  if (type === 'array' && !itemsOf(schema)) {
    return Array.isArray(schema.items)
      ? [fieldForbidden(`${path}.items`, 'items must be a schema object and not an array')]
      : [fieldRequired(`${path}.items`, 'must be specified')]
  }
  return []
}

function validateKeywords(schema: JSONSchemaProps, path: string): FieldError[] {
  const both = schema.additionalProperties !== undefined && Object.keys(schema.properties ?? {}).length > 0
  return [
    ...unsupported.flatMap(keyword => (keyword in schema ? [fieldForbidden(`${path}.${keyword}`, `${keyword} is not supported`)] : [])),
    ...(schema.uniqueItems
      ? [fieldForbidden(`${path}.uniqueItems`, 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic')]
      : []),
    ...(both ? [fieldForbidden(`${path}.additionalProperties`, 'additionalProperties and properties are mutual exclusive')] : []),
    ...(schema.additionalProperties === false
      ? [fieldForbidden(`${path}.additionalProperties`, 'additionalProperties cannot be set to false')]
      : []),
    ...validatePattern(schema.pattern, path),
  ]
}

function validatePattern(pattern: string | undefined, path: string): FieldError[] {
  if (!pattern) return []
  try {
    goRegex(pattern)
    return []
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return [fieldInvalid(`${path}.pattern`, pattern, `must be a valid regular expression, but isn't: ${why}`)]
  }
}

function validateExtensions(schema: JSONSchemaProps, path: string): FieldError[] {
  const embedded = schema['x-kubernetes-embedded-resource']
  const preserve = schema['x-kubernetes-preserve-unknown-fields']
  return [
    ...(preserve === false ? [fieldInvalid(`${path}.x-kubernetes-preserve-unknown-fields`, false, 'must be true or undefined')] : []),
    ...(embedded && schema.type !== 'object'
      ? [fieldInvalid(`${path}.type`, schema.type ?? '', 'must be object if x-kubernetes-embedded-resource is true')]
      : []),
    ...(embedded && !preserve && !schema.properties
      ? [
          fieldRequired(
            `${path}.properties`,
            'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields',
          ),
        ]
      : []),
  ]
}

/** Keys have to be there, whatever an item leaves out. */
function validateListType(schema: JSONSchemaProps, path: string): FieldError[] {
  const listType = schema['x-kubernetes-list-type']
  const keys = schema['x-kubernetes-list-map-keys'] ?? []
  const mapType = schema['x-kubernetes-map-type']
  const items = itemsOf(schema)
  const errors: FieldError[] = []
  if (mapType !== undefined && schema.type !== 'object')
    errors.push(fieldInvalid(`${path}.type`, schema.type ?? '', 'must be object if x-kubernetes-map-type is specified'))
  if (mapType !== undefined && !['granular', 'atomic'].includes(mapType))
    errors.push(fieldNotSupported(`${path}.x-kubernetes-map-type`, mapType, ['atomic', 'granular']))
  if (listType === undefined) {
    if (keys.length > 0)
      errors.push(fieldRequired(`${path}.x-kubernetes-list-type`, 'must be map if x-kubernetes-list-map-keys is non-empty'))
    return errors
  }
  if (schema.type !== 'array')
    errors.push(fieldInvalid(`${path}.type`, schema.type ?? '', 'must be array if x-kubernetes-list-type is specified'))
  if (!['atomic', 'set', 'map'].includes(listType))
    errors.push(fieldNotSupported(`${path}.x-kubernetes-list-type`, listType, ['atomic', 'map', 'set']))
  if (listType === 'set' && items && ['array', 'object'].includes(items.type ?? '')) errors.push(...atomicItems(items, path))
  if (listType !== 'map') return errors
  if (keys.length === 0)
    errors.push(fieldRequired(`${path}.x-kubernetes-list-map-keys`, 'must not be empty if x-kubernetes-list-type is map'))
  keys.forEach((key, index) => {
    const property = items?.properties?.[key]
    if (!property) {
      errors.push(fieldInvalid(`${path}.x-kubernetes-list-map-keys[${index}]`, key, 'entries must all be names of item properties'))
    } else if (property.default === undefined && !items?.required?.includes(key)) {
      const why = 'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property'
      errors.push(fieldRequired(`${path}.items.properties[${key}].default`, why))
    }
  })
  return errors
}

function atomicItems(items: JSONSchemaProps, path: string): FieldError[] {
  const [field, value] =
    items.type === 'array'
      ? ['x-kubernetes-list-type', items['x-kubernetes-list-type']]
      : ['x-kubernetes-map-type', items['x-kubernetes-map-type']]
  return value === 'atomic'
    ? []
    : [fieldInvalid(`${path}.items.${field}`, value ?? null, `must be atomic as item of a list with x-kubernetes-list-type=set`)]
}

const structure = [
  'type',
  'description',
  'title',
  'default',
  'nullable',
  'additionalProperties',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-embedded-resource',
  'x-kubernetes-int-or-string',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-map-type',
] as const

/** Inside allOf, anyOf, oneOf and not a schema may only ask more of what is described outside. */
function validateValueSchema(
  part: JSONSchemaProps,
  spine: JSONSchemaProps,
  { path, outer }: { path: string; outer: string },
): FieldError[] {
  const isIntOrString = spine['x-kubernetes-int-or-string'] === true
  const errors = structure
    .filter(keyword => part[keyword] !== undefined && part[keyword] !== '' && !(keyword === 'type' && isIntOrString))
    .map(keyword =>
      keyword === 'nullable'
        ? fieldForbidden(`${path}.nullable`, 'must be false to be structural')
        : keyword.startsWith('x-')
          ? fieldForbidden(`${path}.${keyword}`, 'must be undefined to be structural')
          : fieldForbidden(
              `${path}.${keyword}`,
              keyword === 'default' ? 'must be undefined to be structural' : 'must be empty to be structural',
            ),
    )
  for (const [name, inner] of Object.entries(part.properties ?? {})) {
    const at = { path: `${path}.properties[${name}]`, outer: `${outer}.properties[${name}]` }
    const described = spine.properties?.[name]
    if (described) errors.push(...validateValueSchema(inner, described, at))
    else if (!spine['x-kubernetes-preserve-unknown-fields']) errors.push(fieldRequired(at.outer, `because it is defined in ${at.path}`))
  }
  const [inner, described] = [itemsOf(part), itemsOf(spine)]
  if (inner && described) errors.push(...validateValueSchema(inner, described, { path: `${path}.items`, outer: `${outer}.items` }))
  else if (inner) errors.push(fieldRequired(`${outer}.items`, `because it is defined in ${path}.items`))
  for (const junctor of junctors) {
    for (const [index, nested] of (part[junctor] ?? []).entries())
      errors.push(...validateValueSchema(nested, spine, { path: `${path}.${junctor}[${index}]`, outer }))
  }
  return errors
}

/** metadata is what it always is; a schema may only restrict names. */
function validateRootMetadata({ properties = {} }: JSONSchemaProps, path: string): FieldError[] {
  const { metadata, apiVersion, kind } = properties
  const errors: FieldError[] = []
  for (const [name, field] of Object.entries({ apiVersion, kind })) {
    if (field && field.type !== 'string') errors.push(fieldInvalid(`${path}.properties[${name}].type`, field.type ?? '', 'must be string'))
  }
  if (!metadata) return errors
  const at = `${path}.properties[metadata]`
  if (metadata.type !== 'object') errors.push(fieldInvalid(`${at}.type`, metadata.type ?? '', 'must be object'))
  const names = Object.keys(metadata.properties ?? {})
  if (names.some(name => name !== 'name' && name !== 'generateName')) {
    errors.push(fieldForbidden(at, 'must not specify anything other than name and generateName, but metadata is implicitly specified'))
  }
  return errors
}
