import type { Kind, KubernetesObject } from '../../../api/kind.ts'
import { apiVersionOf } from '../../../api/kind.ts'
import { badRequest } from '../../../api/errors.ts'
import type { ListResult } from '../registry/list.ts'
import { textOf, viewOf, type StoredObject } from '../registry/stored-object.ts'
import type { ApiRequest } from './api-request.ts'
import { partialMetadata } from './partial-metadata.ts'
import { negotiate, type Representation } from './representation.ts'
import { respond, setWarnings } from './respond.ts'
import { tableOf, type IncludeObject } from './table.ts'

export function includeObjectOf(query: URLSearchParams): IncludeObject {
  const given = query.get('includeObject') || 'Metadata'
  if (given === 'None' || given === 'Metadata' || given === 'Object') return given
  throw badRequest(`unrecognized includeObject value: ${JSON.stringify(given)}`)
}

/** One object in the form that the client wants. */
export async function answerObject(request: ApiRequest, stored: StoredObject, code = 200): Promise<void> {
  const representation = negotiate(request.request.headers.accept)
  await answer(request, { code, text: objectText(request, stored, representation), format: representation.format })
}

function objectText({ kind, info }: ApiRequest, stored: StoredObject, { as }: Representation): string {
  if (as === 'object') return textOf(kind, stored)
  const object = viewOf(kind, stored)
  if (as === 'metadata') return JSON.stringify(partialMetadata(object))
  const { resourceVersion } = object.metadata
  return JSON.stringify(
    tableOf(kind, [object], { includeObject: includeObjectOf(info.query), now: new Date(), metadata: { resourceVersion } }),
  )
}

/** A body that is no stored object: a Status, a Scale, what an action returns. */
export async function answerBody(request: ApiRequest, body: object, code = 200): Promise<void> {
  const { format } = negotiate(request.request.headers.accept)
  await answer(request, { code, text: JSON.stringify(body), format })
}

export async function answerList(request: ApiRequest, result: ListResult): Promise<void> {
  const { as, format } = negotiate(request.request.headers.accept)
  const text = as === 'object' ? listText(request.kind, result) : JSON.stringify(listView(request, result, as))
  await answer(request, { code: 200, text, format })
}

const listMetadata = ({ revision, continue: token, remainingItemCount }: ListResult): object => ({
  resourceVersion: String(revision),
  ...(token ? { continue: token } : {}),
  ...(remainingItemCount ? { remainingItemCount } : {}),
})

/** Put together from the texts of the items: nothing is parsed, nothing serialised. */
function listText(kind: Kind, result: ListResult): string {
  const head = `{"kind":"${kind.kind}List","apiVersion":"${apiVersionOf(kind)}","metadata":${JSON.stringify(listMetadata(result))},"items":[`
  return `${head}${result.items.map(stored => textOf(kind, stored)).join(',')}]}`
}

function listView({ kind, info }: ApiRequest, result: ListResult, as: 'table' | 'metadata'): object {
  const objects: KubernetesObject[] = result.items.map(stored => viewOf(kind, stored))
  const metadata = listMetadata(result)
  if (as === 'table') return tableOf(kind, objects, { includeObject: includeObjectOf(info.query), now: new Date(), metadata })
  return { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata, items: objects.map(partialMetadata) }
}

async function answer({ request, response, warnings }: ApiRequest, body: Parameters<typeof respond>[2]): Promise<void> {
  setWarnings(response, warnings)
  await respond(request, response, body)
}
