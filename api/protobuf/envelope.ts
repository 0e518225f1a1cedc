import { badRequest } from '../errors.ts'
import { DecodeError } from '../schema/decode-error.ts'
import type { Schema } from '../schema/schema.ts'
import { decodeMessage } from './decode.ts'
import { encodeMessage } from './encode.ts'
import { WireReader, WireWriter, wireTypes } from './wire.ts'

export const protobufMediaType = 'application/vnd.kubernetes.protobuf'

/** `k8s` and a zero: what every protobuf body begins with. */
const magic = Buffer.from([0x6b, 0x38, 0x73, 0x00])

interface Envelope {
  readonly apiVersion: string
  readonly kind: string
  readonly raw: Uint8Array
}

/**
 * A protobuf body as the JSON it stands for. `schemaOf` knows the kinds that may stand in bodies. Throws a BadRequest in
 * upstream's words, whatever the bytes are.
 */
export function decodeProtobuf(
  body: Uint8Array,
  schemaOf: (apiVersion: string, kind: string) => Schema | undefined,
): Record<string, unknown> {
  const envelope = explained('', () => openEnvelope(body))
  const { apiVersion, kind, raw } = envelope
  const schema = schemaOf(apiVersion, kind)
  if (!schema) {
    throw badRequest(
      `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme "pkg/api/legacyscheme/scheme.go:30"`,
    )
  }
  const version = apiVersion.slice(apiVersion.indexOf('/') + 1)
  const context = `${kind} in version ${JSON.stringify(version)} cannot be handled as a ${kind}: `
  return { ...explained(context, () => decodeMessage(schema, raw)), apiVersion, kind }
}

function explained<T>(context: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw error instanceof DecodeError ? badRequest(context + error.message) : error
  }
}

/** runtime.Unknown: the type first, so that the rest can be read. */
function openEnvelope(body: Uint8Array): Envelope {
  if (body.length < magic.length || !magic.equals(body.subarray(0, magic.length))) {
    throw new DecodeError('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]')
  }
  const reader = new WireReader(body.subarray(magic.length))
  let type = { apiVersion: '', kind: '' }
  let raw: Uint8Array = new Uint8Array()
  while (!reader.done) {
    const { number, wireType } = reader.tag()
    if (wireType !== wireTypes.bytes) reader.skip(wireType)
    else if (number === 1) type = readType(reader.bytes())
    else if (number === 2) raw = reader.bytes()
    else reader.skip(wireType)
  }
  return { ...type, raw }
}

function readType(bytes: Uint8Array): { apiVersion: string; kind: string } {
  const reader = new WireReader(bytes)
  const texts: Record<number, string> = {}
  while (!reader.done) {
    const { number, wireType } = reader.tag()
    if (wireType === wireTypes.bytes) texts[number] = Buffer.from(reader.bytes()).toString()
    else reader.skip(wireType)
  }
  return { apiVersion: texts[1] ?? '', kind: texts[2] ?? '' }
}

/** An object as a protobuf body. */
export function encodeProtobuf(schema: Schema, object: { readonly apiVersion: string; readonly kind: string }): Uint8Array {
  const type = new WireWriter()
  type.text(1, object.apiVersion)
  type.text(2, object.kind)
  const envelope = new WireWriter()
  envelope.bytes(1, type.finish())
  envelope.bytes(2, encodeMessage(schema, object))
  envelope.text(3, '')
  envelope.text(4, '')
  return Buffer.concat([magic, envelope.finish()])
}
