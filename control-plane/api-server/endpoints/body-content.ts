import type { IncomingMessage } from 'node:http'
import { encodeProtobuf } from '../../../api/protobuf/envelope.ts'
import { isTyped, protobufSchemaOf } from './body-schemas.ts'
import { negotiate } from './representation.ts'
import type { Content } from './respond.ts'

/** An object that says what it is, in the form that the client wants. */
export function contentOf({ headers }: Pick<IncomingMessage, 'headers'>, body: object): Content {
  const schema = protobufSchemaOf(body)
  const { format } = negotiate(headers.accept, { protobuf: schema !== undefined })
  if (format !== 'protobuf') return { format, text: JSON.stringify(body) }
  if (!schema || !isTyped(body)) throw new Error('protobuf was chosen, which was not offered')
  return { format, bytes: encodeProtobuf(schema, body) }
}
