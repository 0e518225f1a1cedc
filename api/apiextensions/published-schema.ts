import type { JSONSchemaProps } from './json-schema-props.ts'
import { mapValues } from './merge-schema.ts'
import { itemsOf, valuesOf } from './schema-parts.ts'

type Json = Readonly<Record<string, unknown>>

const objectMeta = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta'
const apiVersion = { type: 'string', description: 'Version of the schema that the object is written in.' }
const kind = { type: 'string', description: 'What the object is.' }

/** The schema as OpenAPI shows it: as it was written, with what every object has besides (upstream's builder). */
export function publishedSchema(schema: JSONSchemaProps): Json {
  const { metadata: _, ...properties } = schema.properties ?? {}
  return {
    ...plain(schema),
    ...(schema.type ? {} : { type: 'object' }),
    properties: { apiVersion, kind, metadata: { $ref: objectMeta }, ...mapValues(properties, plain) },
  }
}

/** Embedded objects have type information and metadata of their own. */
function plain(schema: JSONSchemaProps): Json {
  const items = itemsOf(schema)
  const values = valuesOf(schema)
  const { items: _, additionalProperties, properties, ...rest } = schema
  const embedded = schema['x-kubernetes-embedded-resource'] ? { apiVersion, kind, metadata: { $ref: objectMeta } } : {}
  const fields = { ...mapValues(properties ?? {}, plain), ...embedded }
  return {
    ...rest,
    ...(Object.keys(fields).length > 0 ? { properties: fields } : {}),
    ...(items ? { items: plain(items) } : {}),
    ...(values ? { additionalProperties: plain(values) } : additionalProperties === true ? { additionalProperties: true } : {}),
  }
}
