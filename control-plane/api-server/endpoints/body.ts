import type { IncomingMessage } from 'node:http'
import { ApiError, apiError, badRequest } from '../../../api/errors.ts'
import { DecodeError } from '../../../api/schema/decode-error.ts'
import { parseJson, repeatedFields } from '../../../api/schema/json-text.ts'
import { decodeProtobuf, protobufMediaType } from '../../../api/protobuf/envelope.ts'
import type { Kind } from '../../../api/kind.ts'
import type { Repetitions } from '../registry/decode-object.ts'
import { schemaOfBody } from './body-schemas.ts'
import type { ReadYaml } from './yaml-reader.ts'
import { repetitionError } from './yaml-repetitions.ts'

const limit = 3 * 1024 * 1024

/** The whole body; refused when it is larger than upstream takes. */
export function readBody(request: IncomingMessage): Promise<Buffer> {
  const tooLarge = () => apiError('RequestEntityTooLarge', `Request entity too large: limit is ${limit}`)
  if (Number(request.headers['content-length']) > limit) return Promise.reject(tooLarge())
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > limit) reject(tooLarge())
      else chunks.push(chunk)
    })
    request.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)))
    request.on('error', () => reject(badRequest('unexpected EOF')))
    request.on('aborted', () => reject(badRequest('unexpected EOF')))
  })
}

/** So much of a refused body is still taken off the wire, for so long; then the connection goes. */
const mostDiscarded = 64 * 1024 * 1024
const longestDiscarding = 30_000

/** Reads on to the end of a body that nobody wants: a connection that closes in the middle of it loses the answer. */
export function discardRest(request: IncomingMessage): void {
  if (request.complete) return
  let size = 0
  const timer = setTimeout(() => request.socket.destroy(), longestDiscarding)
  request.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size > mostDiscarded) request.socket.destroy()
  })
  request.once('close', () => clearTimeout(timer))
  request.resume()
}

export interface ParsedBody {
  readonly json: unknown
  /** Keys that stand twice in one object, of which the last counts; absent: there are none. */
  readonly repetitions?: Repetitions
}

export const mediaTypeOf = (request: IncomingMessage): string =>
  (request.headers['content-type'] ?? 'application/json').split(';', 1)[0]?.trim().toLowerCase() ?? ''

const accepted = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf']
const unsupportedMediaType = () =>
  apiError(
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  )

/** `expected` names the kind in messages. */
export async function parseBody(
  body: Buffer,
  mediaType: string,
  { expected, readYaml }: { readonly expected: Pick<Kind, 'kind'>; readonly readYaml: ReadYaml },
): Promise<ParsedBody> {
  if (mediaType === 'application/json') return readJson(body.toString('utf8'), expected)
  if (mediaType === protobufMediaType) return { json: decodeProtobuf(body, schemaOfBody) }
  if (mediaType === 'application/yaml') return readYamlBody(body.toString('utf8'), expected, readYaml)
  throw unsupportedMediaType()
}

function readJson(text: string, { kind }: Pick<Kind, 'kind'>): ParsedBody {
  try {
    const json = parseJson(text)
    const { repeated, first } = repeatedFields(text, json)
    if (repeated.length === 0) return { json }
    const problems = repeated.map(({ field, at }) => ({ text: `duplicate field ${JSON.stringify(field)}`, at }))
    return { json, repetitions: { problems, placeOf: field => first.get(field) ?? text.length } }
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    const excerpt = text.length > 30 ? `${text.slice(0, 30)} ...` : text
    throw badRequest(
      `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: ${error.message} (${excerpt})`,
    )
  }
}

async function readYamlBody(text: string, { kind }: Pick<Kind, 'kind'>, readYaml: ReadYaml): Promise<ParsedBody> {
  try {
    const { value: json, repeated } = await readYaml(text)
    // Upstream's reader of YAML speaks before the one of fields does.
    return repeated.length === 0
      ? { json }
      : { json, repetitions: { problems: [{ text: repetitionError(repeated), at: -1 }], placeOf: () => 0 } }
  } catch (error) {
    if (error instanceof ApiError) throw error
    const why = error instanceof Error ? error.message.split('\n', 1)[0] : String(error)
    throw badRequest(`the object provided is unrecognized (must be of type ${kind}): error converting YAML to JSON: yaml: ${why}`)
  }
}
