import type { JSONSchemaProps } from './json-schema-props.ts'

/** The schema of the items of a list, where there is one for all of them. */
export const itemsOf = ({ items }: JSONSchemaProps): JSONSchemaProps | undefined =>
  items === undefined || Array.isArray(items) ? undefined : (items as JSONSchemaProps)

/** The schema of the values of a map. */
export const valuesOf = ({ additionalProperties }: JSONSchemaProps): JSONSchemaProps | undefined =>
  typeof additionalProperties === 'object' ? additionalProperties : undefined

/** Whether fields that the schema does not name are kept. */
export const keepsUnknown = (schema: JSONSchemaProps): boolean =>
  schema['x-kubernetes-preserve-unknown-fields'] === true || schema.additionalProperties === true
