import {
  any,
  boolean,
  double,
  int64,
  list,
  map,
  message,
  optional,
  required,
  string,
  union,
  type Schema,
  type Static,
} from '../schema/schema.ts'

const group = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.'

const ExternalDocumentation = message(`${group}ExternalDocumentation`, 'Where more can be read.', {
  description: optional(0, string(), 'What is there.'),
  url: optional(0, string(), 'Where it is.'),
})

export const ValidationRule = message(`${group}ValidationRule`, 'A CEL expression that has to be true.', {
  fieldPath: optional(0, string(), 'The field that a failure is reported for, relative to here; here when absent.'),
  message: optional(0, string(), 'What is reported when the rule fails.'),
  messageExpression: optional(0, string(), 'A CEL expression whose text is reported when the rule fails; goes before message.'),
  optionalOldSelf: optional(0, boolean({ presence: 'pointer' }), 'Makes oldSelf an optional, so that the rule holds for new values too.'),
  reason: optional(
    0,
    string({ presence: 'pointer' }),
    'The word for programs: FieldValueInvalid unless it is FieldValueForbidden, FieldValueRequired or FieldValueDuplicate.',
  ),
  rule: required(0, string(), 'The expression; self is the value here, oldSelf what it was before an update.'),
})
export type ValidationRule = Static<typeof ValidationRule>

/** A JSON schema as definitions of custom resources have it. */
export interface JSONSchemaProps {
  readonly $ref?: string
  readonly description?: string
  readonly type?: string
  readonly format?: string
  readonly title?: string
  readonly default?: unknown
  readonly maximum?: number
  readonly exclusiveMaximum?: boolean
  readonly minimum?: number
  readonly exclusiveMinimum?: boolean
  readonly maxLength?: number
  readonly minLength?: number
  readonly pattern?: string
  readonly maxItems?: number
  readonly minItems?: number
  readonly uniqueItems?: boolean
  readonly multipleOf?: number
  readonly enum?: readonly unknown[]
  readonly maxProperties?: number
  readonly minProperties?: number
  readonly required?: readonly string[]
  readonly items?: JSONSchemaProps | readonly JSONSchemaProps[]
  readonly allOf?: readonly JSONSchemaProps[]
  readonly oneOf?: readonly JSONSchemaProps[]
  readonly anyOf?: readonly JSONSchemaProps[]
  readonly not?: JSONSchemaProps
  readonly properties?: Readonly<Record<string, JSONSchemaProps>>
  readonly additionalProperties?: JSONSchemaProps | boolean
  readonly patternProperties?: Readonly<Record<string, JSONSchemaProps>>
  readonly additionalItems?: JSONSchemaProps | boolean
  readonly definitions?: Readonly<Record<string, JSONSchemaProps>>
  readonly dependencies?: Readonly<Record<string, unknown>>
  readonly nullable?: boolean
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean
  readonly 'x-kubernetes-embedded-resource'?: boolean
  readonly 'x-kubernetes-int-or-string'?: boolean
  readonly 'x-kubernetes-list-map-keys'?: readonly string[]
  readonly 'x-kubernetes-list-type'?: string
  readonly 'x-kubernetes-map-type'?: string
  readonly 'x-kubernetes-validations'?: readonly ValidationRule[]
}

const count = () => int64({ presence: 'pointer' })
const json = () => any(`${group}JSON`)
const described = <S extends Schema>(schema: S, description: string): S => ({ ...schema, description })

const scalars = {
  $ref: optional(0, string({ presence: 'pointer' }), 'Not allowed.'),
  $schema: optional(0, string(), 'Which dialect of JSON schema this is.'),
  default: optional(0, json(), 'The value of a field that is left out.'),
  description: optional(0, string(), 'What the field is for.'),
  enum: optional(0, list(json()), 'The only values that are allowed.'),
  example: optional(0, json(), 'A value as it may look.'),
  exclusiveMaximum: optional(0, boolean(), 'Whether the maximum itself is too much.'),
  exclusiveMinimum: optional(0, boolean(), 'Whether the minimum itself is too little.'),
  externalDocs: optional(0, ExternalDocumentation, 'Where more can be read.'),
  format: optional(0, string(), 'What a text or number stands for, such as date-time or int32.'),
  id: optional(0, string(), 'Not allowed.'),
  maxItems: optional(0, count(), 'How many items a list may have.'),
  maxLength: optional(0, count(), 'How many characters a text may have.'),
  maxProperties: optional(0, count(), 'How many fields an object may have.'),
  maximum: optional(0, double({ presence: 'pointer' }), 'The largest number allowed.'),
  minItems: optional(0, count(), 'How many items a list must have.'),
  minLength: optional(0, count(), 'How many characters a text must have.'),
  minProperties: optional(0, count(), 'How many fields an object must have.'),
  minimum: optional(0, double({ presence: 'pointer' }), 'The smallest number allowed.'),
  multipleOf: optional(0, double({ presence: 'pointer' }), 'What a number has to be a multiple of.'),
  nullable: optional(0, boolean(), 'Whether null is a value.'),
  pattern: optional(0, string(), 'A regular expression that a text has to match.'),
  required: optional(0, list(string()), 'Fields that must be there.'),
  title: optional(0, string(), 'A short name.'),
  type: optional(0, string(), 'The type: object, array, string, integer, number or boolean.'),
  uniqueItems: optional(0, boolean(), 'Not allowed to be true.'),
  'x-kubernetes-embedded-resource': optional(
    0,
    boolean(),
    'Whether the value is an object of the API with apiVersion, kind and metadata of its own.',
  ),
  'x-kubernetes-int-or-string': optional(0, boolean(), 'Whether the value is a number or a text.'),
  'x-kubernetes-list-map-keys': optional(0, list(string()), 'Fields that tell the items of a list of type map apart.'),
  'x-kubernetes-list-type': optional(0, string({ presence: 'pointer' }), 'How lists are merged: atomic, set or map.'),
  'x-kubernetes-map-type': optional(0, string({ presence: 'pointer' }), 'How objects are merged: granular or atomic.'),
  'x-kubernetes-preserve-unknown-fields': optional(
    0,
    boolean({ presence: 'pointer' }),
    'True where fields that the schema does not have are kept.',
  ),
}

/** A schema contains schemas, so the fields that do are added once it exists. */
function defineSchemaProps(): Schema<JSONSchemaProps> {
  const schema = message(`${group}JSONSchemaProps`, 'A schema in the words of OpenAPI 3.0.', scalars) as Schema as Schema<JSONSchemaProps>
  const orBoolean = union(`${group}JSONSchemaPropsOrBool`, [schema, boolean()])
  const schemas = list(schema)
  const byName = map(schema)
  const rules = { type: 'array', items: ValidationRule, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['rule'] } as const
  const recursive: Record<string, Schema> = {
    additionalItems: described(orBoolean, 'Not allowed.'),
    additionalProperties: described(orBoolean, 'The schema of the values of a map, or true when they may be anything.'),
    allOf: described(schemas, 'Schemas that must all fit.'),
    anyOf: described(schemas, 'Schemas of which at least one must fit.'),
    definitions: described(byName, 'Not allowed.'),
    dependencies: described(map(union(`${group}JSONSchemaPropsOrStringArray`, [schema, list(string())])), 'Not allowed.'),
    items: described(union(`${group}JSONSchemaPropsOrArray`, [schema, schemas]), 'The schema of the items of a list.'),
    not: described(schema, 'A schema that must not fit.'),
    oneOf: described(schemas, 'Schemas of which exactly one must fit.'),
    patternProperties: described(byName, 'Not allowed.'),
    properties: described(byName, 'The fields of an object.'),
    'x-kubernetes-validations': described(
      { ...rules, 'x-kubernetes-patch-strategy': 'merge', 'x-kubernetes-patch-merge-key': 'rule' },
      'Rules in CEL that the value has to keep.',
    ),
  }
  Object.assign(schema.properties ?? {}, recursive)
  return schema
}

export const JSONSchemaProps: Schema<JSONSchemaProps> = defineSchemaProps()
