import { badRequest } from '../errors.ts'
import { ListMeta } from '../meta.ts'
import { DecodeError } from '../schema/decode-error.ts'
import type { Schema } from '../schema/schema.ts'
import { decodeMessage } from './decode.ts'
import { writeMessage } from './encode.ts'
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

interface Typed {
  readonly apiVersion: string
  readonly kind: string
}

/** runtime.Unknown, as upstream writes it, around a message. */
function sealed({ apiVersion, kind }: Typed, write: (writer: WireWriter) => void): Buffer {
  const writer = new WireWriter()
  writer.raw(magic)
  writer.message(1, () => {
    writer.text(1, apiVersion)
    writer.text(2, kind)
  })
  writer.message(2, () => write(writer))
  writer.text(3, '')
  writer.text(4, '')
  return writer.finish()
}

/** An object as a protobuf body. */
export const encodeProtobuf = (schema: Schema, object: Typed): Buffer => sealed(object, writer => writeMessage(writer, schema, object))

/** A list as a protobuf body, in pieces. Its items are messages already: their length is what the envelope begins with. */
export function sealList({ metadata, ...type }: Typed & { readonly metadata: object }, items: readonly Uint8Array[]): Uint8Array[] {
  const heads = items.map(item => {
    const head = new WireWriter(8)
    head.tag(2, wireTypes.bytes)
    head.varint(item.length)
    return head.finish()
  })
  const meta = new WireWriter()
  meta.message(1, () => writeMessage(meta, ListMeta, metadata))
  const length = items.reduce((sum, item, index) => sum + item.length + (heads[index]?.length ?? 0), meta.finish().length)
  // An envelope of nothing ends with a raw message of no length, and two empty texts.
  const empty = sealed(type, () => undefined)
  const raw = new WireWriter(8)
  raw.varint(length)
  const [start, end] = [empty.subarray(0, -5), empty.subarray(-4)]
  return [start, raw.finish(), meta.finish(), ...items.flatMap((item, index) => [heads[index] ?? item, item]), end]
}

/** One event of a watch: its length in four bytes, then a WatchEvent without an envelope, whose object is a body with one. */
export function watchFrame(type: string, body: Uint8Array): Buffer {
  const writer = new WireWriter(body.length + 64)
  writer.raw(Buffer.alloc(4))
  writer.text(1, type)
  writer.message(2, () => writer.bytes(1, body))
  const frame = writer.finish()
  frame.writeUInt32BE(frame.length - 4)
  return frame
}
