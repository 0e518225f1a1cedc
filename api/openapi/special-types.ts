import type { Schema } from '../schema/schema.ts'

export type Json = Readonly<Record<string, unknown>>

interface SpecialType {
  readonly name: string
  readonly v2: Json
  readonly v3: Json
}

const quantity = 'An exact amount with a unit: 500m is half of one, 1Gi is 1024 times 1024 times 1024.'
const intOrString = 'A number, or a text such as a percentage or the name of a port.'
const time = 'A moment in RFC 3339, with whole seconds.'
const microTime = 'A moment in RFC 3339, with microseconds.'
const fields =
  'A set of fields as nested objects: "f:<name>" is a field, "k:<keys>" an item of a list, "v:<value>" a member of a set, "." the thing itself.'
const anyObject = 'An object of any kind.'

/** Formats of ours that are definitions with a name in OpenAPI. */
const specialTypes: Readonly<Record<string, SpecialType>> = {
  quantity: {
    name: 'io.k8s.apimachinery.pkg.api.resource.Quantity',
    v2: { description: quantity, type: 'string' },
    v3: { description: quantity, oneOf: [{ type: 'string' }, { type: 'number' }] },
  },
  'int-or-string': {
    name: 'io.k8s.apimachinery.pkg.util.intstr.IntOrString',
    v2: { description: intOrString, type: 'string', format: 'int-or-string' },
    v3: { description: intOrString, format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
  },
  'date-time': {
    name: 'io.k8s.apimachinery.pkg.apis.meta.v1.Time',
    v2: { description: time, type: 'string', format: 'date-time' },
    v3: { description: time, type: 'string', format: 'date-time' },
  },
  'micro-time': {
    name: 'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime',
    v2: { description: microTime, type: 'string', format: 'date-time' },
    v3: { description: microTime, type: 'string', format: 'date-time' },
  },
  json: {
    name: 'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1',
    v2: { description: fields, type: 'object' },
    v3: { description: fields, type: 'object' },
  },
  'raw-extension': {
    name: 'io.k8s.apimachinery.pkg.runtime.RawExtension',
    v2: { description: anyObject, type: 'object' },
    v3: { description: anyObject, type: 'object' },
  },
}

const anyJson: Json = { description: 'Any JSON that makes sense there.' }

export function specialTypeOf(schema: Schema): SpecialType | undefined {
  if (schema.definition) return { name: schema.definition, v2: anyJson, v3: anyJson }
  return schema.format ? specialTypes[schema.format] : undefined
}
