import type { Kind, KubernetesObject } from './kind.ts'
import { ListMeta } from './meta.ts'
import { embedded, list, message, required, stored, string, type Schema } from './schema/schema.ts'

const schemas = new WeakMap<Schema, Schema>()

/** The schema of `<Kind>List`, the answer to a list request. */
export function listSchemaOf<O extends KubernetesObject>(kind: Pick<Kind<O>, 'kind' | 'schema'>): Schema {
  const known = schemas.get(kind.schema)
  if (known) return known
  const name = `${kind.schema.message?.name ?? kind.kind}List`
  const schema = message(name, `A list of ${kind.kind} objects.`, {
    apiVersion: stored(0, string(), 'The group and version of this representation.'),
    kind: stored(0, string(), 'What this object is.'),
    metadata: embedded(1, ListMeta, 'The revision of the list, and where it continues.'),
    items: required(2, list(kind.schema), 'The objects.'),
  })
  schemas.set(kind.schema, schema)
  return schema
}
