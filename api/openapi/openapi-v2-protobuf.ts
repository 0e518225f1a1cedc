import { WireWriter } from '../protobuf/wire.ts'
import { isRecord } from '../schema/records.ts'

/** What clients before kubectl 1.29 ask `/openapi/v2` for; they cannot read JSON there. */
export const openApiV2ProtobufMediaType = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf'

/** The same as an answer is labelled with: Go's parser of media types does not take the `@`. */
export const openApiV2ProtobufContentType = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf'

type Encode = (value: unknown) => Uint8Array
/** How one property is written: its number, and as what. */
type Field = readonly [number: number, type: 'text' | 'texts' | 'boolean' | Encode | readonly [Encode]]
type Fields = Readonly<Record<string, Field>>

const entriesOf = (value: unknown): [string, unknown][] => (isRecord(value) ? Object.entries(value) : [])
const itemsOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

function message(write: (writer: WireWriter) => void): Uint8Array {
  const writer = new WireWriter()
  write(writer)
  return writer.finish()
}

function writeFields(writer: WireWriter, fields: Fields, value: unknown): void {
  for (const [name, child] of entriesOf(value)) {
    const [number, type] = fields[name] ?? []
    if (number === undefined || type === undefined || child === undefined) continue
    if (type === 'text') writer.text(number, String(child))
    else if (type === 'texts') for (const text of itemsOf(child)) writer.text(number, String(text))
    else if (type === 'boolean') writer.integer(number, child === true ? 1 : 0)
    else if (typeof type === 'function') writer.bytes(number, type(child))
    else for (const item of itemsOf(child)) writer.bytes(number, type[0](item))
  }
}

/** A map is a list of names and values. */
const named =
  (number: number, encode: Encode): Encode =>
  value =>
    message(writer => {
      for (const [name, child] of entriesOf(value)) writer.bytes(number, pair(name, encode(child)))
    })
const pair = (name: string, value: Uint8Array): Uint8Array =>
  message(writer => {
    writer.text(1, name)
    writer.bytes(2, value)
  })
const within =
  (number: number, encode: Encode): Encode =>
  value =>
    message(writer => writer.bytes(number, encode(value)))

/** Anything, as YAML; JSON is YAML. */
const any: Encode = value => message(writer => writer.text(2, JSON.stringify(value)))

/** A message with known properties, whose `x-…` ones go into a list of their own. */
const structure =
  (fields: () => Fields, extensions: number): Encode =>
  value =>
    message(writer => {
      writeFields(writer, fields(), value)
      for (const [name, child] of entriesOf(value)) if (name.startsWith('x-')) writer.bytes(extensions, pair(name, any(child)))
    })

const typeItem: Encode = value => message(writer => writer.text(1, String(value)))

const schema: Encode = structure(
  () => ({
    $ref: [1, 'text'],
    format: [2, 'text'],
    description: [4, 'text'],
    default: [5, any],
    required: [19, 'texts'],
    enum: [20, [any]],
    additionalProperties: [21, within(1, schema)],
    type: [22, typeItem],
    items: [23, within(1, schema)],
    properties: [25, named(1, schema)],
  }),
  31,
)

const bodyParameter = structure(
  () => ({ description: [1, 'text'], name: [2, 'text'], in: [3, 'text'], required: [4, 'boolean'], schema: [5, schema] }),
  6,
)
const pathParameter = structure(
  () => ({
    required: [1, 'boolean'],
    in: [2, 'text'],
    description: [3, 'text'],
    name: [4, 'text'],
    type: [5, 'text'],
    uniqueItems: [19, 'boolean'],
  }),
  22,
)
const queryParameter = structure(
  () => ({
    required: [1, 'boolean'],
    in: [2, 'text'],
    description: [3, 'text'],
    name: [4, 'text'],
    type: [6, 'text'],
    uniqueItems: [20, 'boolean'],
  }),
  23,
)
/** ParametersItem → Parameter → one of the kinds of parameter. */
const parameter: Encode = value => {
  const place = isRecord(value) ? value['in'] : ''
  const encode =
    place === 'body' ? within(1, bodyParameter) : within(2, place === 'path' ? within(4, pathParameter) : within(3, queryParameter))
  return within(1, encode)(value)
}

const response = structure(() => ({ description: [1, 'text'], schema: [2, within(1, schema)] }), 5)

const operation = structure(
  () => ({
    tags: [1, 'texts'],
    description: [3, 'text'],
    operationId: [5, 'text'],
    produces: [6, 'texts'],
    consumes: [7, 'texts'],
    parameters: [8, [parameter]],
    responses: [9, named(1, within(1, response))],
    schemes: [10, 'texts'],
  }),
  13,
)
const pathItem = structure(
  () => ({
    get: [2, operation],
    put: [3, operation],
    post: [4, operation],
    delete: [5, operation],
    patch: [8, operation],
    parameters: [9, [parameter]],
  }),
  10,
)
const information = structure(() => ({ title: [1, 'text'], version: [2, 'text'] }), 7)
const apiKey = structure(() => ({ type: [1, 'text'], name: [2, 'text'], in: [3, 'text'], description: [4, 'text'] }), 5)
const securityRequirement = named(1, value => message(writer => itemsOf(value).forEach(scope => writer.text(1, String(scope)))))

const document = structure(
  () => ({
    swagger: [1, 'text'],
    info: [2, information],
    paths: [8, named(2, pathItem)],
    definitions: [9, named(1, schema)],
    security: [12, [securityRequirement]],
    securityDefinitions: [13, named(1, within(2, apiKey))],
  }),
  16,
)

/** The Swagger document in gnostic's protobuf form. */
export const encodeOpenApiV2 = (swagger: Readonly<Record<string, unknown>>): Uint8Array => document(swagger)
