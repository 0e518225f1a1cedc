import { information } from '../../../api/openapi/information.ts'
import { WireWriter } from '../../../api/protobuf/wire.ts'

const mediaType = 'application/com.github.proto-openapi.spec.v2'
export const openApiProtobufType = `${mediaType}.v1.0+protobuf`

export const wantsOpenApiProtobuf = (accept: string | undefined): boolean => accept?.includes(mediaType) ?? false

/**
 * A Swagger document with a head and no body. kubectl up to 1.28 insists on having one in protobuf before it sends anything,
 * and then leaves validation to the server; definitions it reads as JSON, from /openapi/v3.
 */
export function openApiProtobuf(): Buffer {
  const info = new WireWriter()
  info.text(1, information.title)
  info.text(2, information.version)
  const document = new WireWriter()
  document.text(1, '2.0')
  document.bytes(2, info.finish())
  return Buffer.from(document.finish())
}
