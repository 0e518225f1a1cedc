import type { JSONSchemaProps } from './json-schema-props.ts'
import { mapValues } from './merge-schema.ts'
import { itemsOf, valuesOf } from './schema-parts.ts'

type Json = Readonly<Record<string, unknown>>
type Version = 'v2' | 'v3'

const objectMeta = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta'
/** The beginnings of the descriptions are upstream's: clients have been seen to look for them. */
const objectFields = {
  apiVersion: { type: 'string', description: 'APIVersion defines the version of the schema that the object is written in.' },
  kind: { type: 'string', description: 'Kind is what the object is.' },
  metadata: { $ref: objectMeta, description: "Standard object's metadata: its name, its labels, and whatever else every object has." },
}

/** The schema as OpenAPI shows it: as it was written, with what every object has besides (upstream's builder). */
export function publishedSchema(schema: JSONSchemaProps, version: Version): Json {
  // Whoever reads Swagger 2.0 would take any fields for all that there may be.
  if (version === 'v2' && schema['x-kubernetes-preserve-unknown-fields'] === true) return { type: 'object' }
  const { metadata: _, ...properties } = schema.properties ?? {}
  const own = plain({ ...schema, properties }, version)
  return { ...own, type: 'object', properties: { ...objectFields, ...mapValues(properties, field => plain(field, version)) } }
}

/** Swagger 2.0 has no word for these. */
const beyondV2 = ['oneOf', 'anyOf', 'allOf', 'not', 'nullable', 'x-kubernetes-validations']
/** What is left open there where a value may be more than Swagger 2.0 could say (upstream's ToStructuralOpenAPIV2). */
const structure = ['type', 'items', 'properties', 'additionalProperties', 'required']

/** Embedded objects have type information and metadata of their own. */
function plain(schema: JSONSchemaProps, version: Version): Json {
  const items = itemsOf(schema)
  const values = valuesOf(schema)
  const { items: _, additionalProperties, properties, ...rest } = schema
  const fields = {
    ...mapValues(properties ?? {}, field => plain(field, version)),
    ...(schema['x-kubernetes-embedded-resource'] ? objectFields : {}),
  }
  const all: Json = {
    ...rest,
    ...(Object.keys(fields).length > 0 ? { properties: fields } : {}),
    ...(items ? { items: plain(items, version) } : {}),
    ...(values ? { additionalProperties: plain(values, version) } : additionalProperties === true ? { additionalProperties: true } : {}),
  }
  if (version === 'v3') return all
  const isOpen = schema.nullable === true || schema['x-kubernetes-preserve-unknown-fields'] === true
  const dropped = isOpen ? [...beyondV2, ...structure] : beyondV2
  return Object.fromEntries(Object.entries(all).filter(([name]) => !dropped.includes(name)))
}
