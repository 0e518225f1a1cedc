import type { Shape } from '../cel/undefined-fields.ts'
import type { JSONSchemaProps } from './json-schema-props.ts'
import { escapeName } from './rule-values.ts'
import { itemsOf, keepsUnknown, valuesOf } from './schema-parts.ts'

const objectFields: Readonly<Record<string, Shape>> = {
  apiVersion: 'dyn',
  kind: 'dyn',
  metadata: { fields: { name: 'dyn', generateName: 'dyn' } },
}

/** Which fields rules may name; of whole objects also those that every object has. */
export function ruleShape(schema: JSONSchemaProps, isObject = schema['x-kubernetes-embedded-resource'] === true): Shape {
  const items = itemsOf(schema)
  if (items) return { items: ruleShape(items) }
  const values = valuesOf(schema)
  if (values) return { values: ruleShape(values) }
  if (schema.type !== 'object' || (keepsUnknown(schema) && !schema.properties)) return 'dyn'
  const fields = Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, field]) => [escapeName(name), ruleShape(field)]))
  return { fields: isObject ? { ...fields, ...objectFields } : fields }
}
