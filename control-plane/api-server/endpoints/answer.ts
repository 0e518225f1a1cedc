import { apiVersionOf } from '../../../api/kind.ts'
import { badRequest } from '../../../api/errors.ts'
import { PartialObjectMetadata } from '../../../api/meta.ts'
import { encodeMessage } from '../../../api/protobuf/encode.ts'
import { sealList } from '../../../api/protobuf/envelope.ts'
import { hasProtobuf } from '../../../api/protobuf/layout.ts'
import { TimeSlice } from '../../../common/time-slice.ts'
import type { ListResult } from '../registry/list.ts'
import { textOf, viewOf, type StoredObject } from '../registry/stored-object.ts'
import type { ApiRequest } from './api-request.ts'
import { contentOf } from './body-content.ts'
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
  await answer(request, { code, ...objectContent(request, stored, representationOf(request)) })
}

/** The form that the client wants objects of the kind in. */
export const representationOf = ({ request, kind }: Pick<ApiRequest, 'request' | 'kind'>): Representation =>
  negotiate(request.headers.accept, { protobuf: hasProtobuf(kind.schema) })

function objectContent({ kind, info }: ApiRequest, stored: StoredObject, { as, format }: Representation): Content {
  if (format === 'protobuf') return { format, bytes: bytesOf(kind, stored, as) }
  if (as === 'object') return { format, text: textOf(kind, stored) }
  const object = viewOf(kind, stored)
  if (as === 'metadata') return { format, text: JSON.stringify(partialMetadata(object)) }
  const { resourceVersion } = object.metadata
  const options = { includeObject: includeObjectOf(info.query), now: new Date(), metadata: { resourceVersion } }
  return { format, text: JSON.stringify(tableOf(kind, [object], options)) }
}

/** A body that is no stored object: a Status, a Scale, what an action returns. */
export async function answerBody(request: ApiRequest, body: object, code = 200): Promise<void> {
  await answer(request, { code, ...contentOf(request.request, body) })
}

/** A list, made and sent piece by piece: however long it is, others have their turn in between. */
export async function answerList(request: ApiRequest, result: ListResult): Promise<void> {
  const { as, format } = representationOf(request)
  setWarnings(request.response, request.warnings)
  if (format === 'protobuf') return respondWithBytes(request.request, request.response, await listBytes(request, result, as))
  await respondInPieces(request.request, request.response, { format, pieces: listPieces(request, result, as) })
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
    yield* listText(head, { name: 'items', pieces: piecesOf(result, stored => (kind.storedAs ? textOf(kind, stored) : stored)) })
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

async function answer({ request, response, warnings }: ApiRequest, body: Parameters<typeof respond>[2]): Promise<void> {
  setWarnings(response, warnings)
  await respond(request, response, body)
}
