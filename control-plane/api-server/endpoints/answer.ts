import { apiVersionOf, type Kind } from '../../../api/kind.ts'
import { badRequest, type Status } from '../../../api/errors.ts'
import { PartialObjectMetadata } from '../../../api/meta.ts'
import { encodeMessage } from '../../../api/protobuf/encode.ts'
import { sealList } from '../../../api/protobuf/envelope.ts'
import { hasProtobuf } from '../../../api/protobuf/layout.ts'
import { TimeSlice } from '../../../common/time-slice.ts'
import type { RequestAudit } from '../interfaces.ts'
import { prepareViews } from '../registry/conversions.ts'
import type { ListResult } from '../registry/list.ts'
import { scaleOf } from '../registry/scale.ts'
import { textOf, viewOf, type StoredObject } from '../registry/stored-object.ts'
import type { ApiRequest } from './api-request.ts'
import { contentOf } from './body-content.ts'
import { ByteBuilder } from './byte-builder.ts'
import { bytesOf } from './object-bytes.ts'
import { partialMetadata, writePartialMetadata } from './partial-metadata.ts'
import { negotiate, type Representation } from './representation.ts'
import { respond, respondInPieces, respondWithBytes, setWarnings, type Content, type Piece } from './respond.ts'
import { rowOf, tableOf, type IncludeObject } from './table.ts'

export function includeObjectOf(query: URLSearchParams): IncludeObject {
  const given = query.get('includeObject') || 'Metadata'
  if (given === 'None' || given === 'Metadata' || given === 'Object') return given
  throw badRequest(`unrecognized includeObject value: ${JSON.stringify(given)}`)
}

/** One object in the form that the client wants. */
export async function answerObject(request: ApiRequest, stored: StoredObject, code = 200): Promise<void> {
  const representation = representationOf(request)
  await prepareViews(request.registry, request.kind, [stored])
  const content = objectContent(request, stored, representation)
  // What is written down is JSON, whatever is sent.
  if (content.format === 'protobuf' && request.audit?.keepsResponse) request.audit.answers(objectText(request, stored, representation.as))
  await answer(request, { code, ...content })
}

/** The form that the client wants objects of the kind in. */
export const representationOf = ({ request, kind }: Pick<ApiRequest, 'request' | 'kind'>): Representation =>
  negotiate(request.headers.accept, { protobuf: hasProtobuf(kind.schema) })

/** Whether what is stored is the answer as it is. */
export function isStoredText(request: ApiRequest): boolean {
  const { as, format } = representationOf(request)
  return as === 'object' && format === 'json' && !request.kind.storedAs
}

const objectContent = (request: ApiRequest, stored: StoredObject, { as, format }: Representation): Content =>
  format === 'protobuf' ? { format, bytes: bytesOf(request.kind, stored, as) } : { format, text: objectText(request, stored, as) }

function objectText({ kind, info }: ApiRequest, stored: StoredObject, as: Representation['as']): string {
  if (as === 'object') return textOf(kind, stored)
  const object = viewOf(kind, stored)
  if (as === 'metadata') return JSON.stringify(partialMetadata(object))
  const { resourceVersion } = object.metadata
  const options = { includeObject: includeObjectOf(info.query), now: new Date(), metadata: { resourceVersion } }
  return JSON.stringify(tableOf(kind, [object], options))
}

/** The Scale of an object. */
export async function answerScale(request: ApiRequest, stored: StoredObject): Promise<void> {
  await prepareViews(request.registry, request.kind, [stored])
  await answerBody(request, scaleOf(request.kind, viewOf(request.kind, stored)))
}

/** A body that is no stored object: a Status, a Scale, what an action returns. */
export async function answerBody(request: ApiRequest, body: object, code = 200): Promise<void> {
  if (request.audit && isStatus(body)) request.audit.answersStatus(body)
  const content = contentOf(request.request, body)
  if (content.format === 'protobuf' && request.audit?.keepsResponse) request.audit.answers(JSON.stringify(body))
  await answer(request, { code, ...content })
}

const isStatus = (body: object): body is Status => 'kind' in body && body.kind === 'Status'

/** A list, made and sent piece by piece: however long it is, others have their turn in between. */
export async function answerList(request: ApiRequest, result: ListResult): Promise<void> {
  const { as, format } = representationOf(request)
  setWarnings(request.response, request.warnings)
  await prepareViews(request.registry, request.kind, result.items)
  const { audit } = request
  const pieces = listPieces(request, result, as)
  if (format === 'protobuf') {
    if (audit?.keepsResponse) for (const piece of pieces) audit.answers(asText(piece))
    return respondWithBytes(request.request, request.response, await listBytes(request, result, as))
  }
  await respondInPieces(request.request, request.response, { format, pieces: audit?.keepsResponse ? kept(pieces, audit) : pieces })
}

function* kept(pieces: Iterable<Piece>, audit: RequestAudit): Generator<Piece> {
  for (const piece of pieces) {
    const text = asText(piece)
    audit.answers(text)
    yield text
  }
}

function asText(piece: Piece): string {
  if (typeof piece === 'string') return piece
  const bytes = new ByteBuilder()
  piece.writeTo(bytes)
  return bytes.take().toString()
}

/** The protobuf form of a list. While many objects are encoded, others have their turn. */
async function listBytes({ kind }: ApiRequest, result: ListResult, as: Representation['as']): Promise<Uint8Array[]> {
  const slice = new TimeSlice()
  const items: Uint8Array[] = []
  for (const stored of result.items) {
    if (slice.over) await slice.next()
    const object = viewOf(kind, stored)
    items.push(as === 'metadata' ? encodeMessage(PartialObjectMetadata, partialMetadata(object)) : encodeMessage(kind.schema, object))
  }
  const type =
    as === 'metadata'
      ? { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1' }
      : { kind: `${kind.kind}List`, apiVersion: apiVersionOf(kind) }
  return sealList({ ...type, metadata: listMetadata(result) }, items)
}

const listMetadata = ({ revision, continue: token, remainingItemCount }: ListResult): object => ({
  resourceVersion: String(revision),
  ...(token ? { continue: token } : {}),
  ...(remainingItemCount ? { remainingItemCount } : {}),
})

/** A list. Whole objects are copied from where they are stored: nothing is parsed, nothing serialised. */
function* listPieces({ kind, info }: ApiRequest, result: ListResult, as: Representation['as']): Generator<Piece> {
  const metadata = listMetadata(result)
  if (as === 'object') {
    const head = { kind: `${kind.kind}List`, apiVersion: apiVersionOf(kind), metadata }
    yield* listText(head, { name: 'items', pieces: piecesOf(result, itemOf(kind)) })
  } else if (as === 'metadata') {
    const head = { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata }
    yield* listText(head, {
      name: 'items',
      pieces: piecesOf(result, stored => ({ writeTo: sink => writePartialMetadata(kind, stored, sink) })),
    })
  } else {
    const options = { includeObject: includeObjectOf(info.query), now: new Date(), metadata }
    const { rows: _, ...head } = tableOf(kind, [], options)
    yield* listText(head, { name: 'rows', pieces: piecesOf(result, stored => JSON.stringify(rowOf(kind, viewOf(kind, stored), options))) })
  }
}
/** Items of a list have no type of their own: the list's name says it. Custom resources keep theirs, as upstream. */
function itemOf(kind: Kind): (stored: StoredObject) => Piece {
  if (!kind.storedAs) return kind.untyped ? stored => stored : stored => ({ writeTo: sink => stored.writeItemTo(sink) })
  if (kind.untyped) return stored => textOf(kind, stored)
  return stored => {
    const { kind: _, apiVersion: __, ...item } = viewOf(kind, stored)
    return JSON.stringify(item)
  }
}

/** An object of `head`'s fields and, last, a list of the pieces. */
function* listText(head: object, { name, pieces }: { name: string; pieces: Iterable<Piece> }): Generator<Piece> {
  yield `${JSON.stringify(head).slice(0, -1)},"${name}":[`
  let first = true
  for (const piece of pieces) {
    if (!first) yield ','
    first = false
    yield piece
  }
  yield ']}'
}

function* piecesOf({ items }: ListResult, piece: (stored: StoredObject) => Piece): Generator<Piece> {
  for (const stored of items) yield piece(stored)
}

async function answer({ request, response, warnings, audit }: ApiRequest, body: Parameters<typeof respond>[2]): Promise<void> {
  setWarnings(response, warnings)
  if (body.format !== 'protobuf') audit?.answers(body.text)
  await respond(request, response, body)
}
