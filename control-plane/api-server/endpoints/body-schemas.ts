import { findKindByName } from '../../../api/kinds.ts'
import { DeleteOptions, PartialObjectMetadata, Status } from '../../../api/meta.ts'
import { hasProtobuf } from '../../../api/protobuf/layout.ts'
import type { Schema } from '../../../api/schema/schema.ts'

/** What stands in bodies without being a kind of its own. */
const messages: Readonly<Record<string, Schema>> = { DeleteOptions, PartialObjectMetadata, Status }

/** The schemas of what may stand in protobuf bodies. */
export function schemaOfBody(apiVersion: string, kind: string): Schema | undefined {
  if (Object.hasOwn(messages, kind)) return messages[kind]
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/', 2) : ['', apiVersion]
  return findKindByName(group ?? '', version ?? '', kind)?.schema
}

/** An object that says what it is. */
export interface Typed {
  readonly apiVersion: string
  readonly kind: string
}

export const isTyped = (body: object): body is Typed =>
  'apiVersion' in body && typeof body.apiVersion === 'string' && 'kind' in body && typeof body.kind === 'string'

/** The schema of an answer that can be protobuf; undefined for those that cannot. */
export function protobufSchemaOf(body: object): Schema | undefined {
  const schema = isTyped(body) ? schemaOfBody(body.apiVersion, body.kind) : undefined
  return schema && hasProtobuf(schema) ? schema : undefined
}
