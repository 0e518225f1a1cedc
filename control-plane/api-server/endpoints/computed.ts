import type { KubernetesObject } from '../../../api/kind.ts'
import { apiVersionOf } from '../../../api/kind.ts'
import { methodNotAllowed } from '../../../api/errors.ts'
import type { Computed } from '../interfaces.ts'
import { selectionOf } from '../registry/selection.ts'
import { answerBody, includeObjectOf } from './answer.ts'
import type { ApiRequest } from './api-request.ts'
import { partialMetadata } from './partial-metadata.ts'
import { negotiate } from './representation.ts'
import { tableOf } from './table.ts'

/** GET of objects that are worked out when they are asked for: all of them at once, without revisions. */
export async function serveComputed(request: ApiRequest, computed: Computed): Promise<void> {
  const { target, info } = request
  if (info.verb === 'get') return answer(request, await computed.get(target))
  if (info.verb !== 'list') throw methodNotAllowed()
  const parameter = (name: string) => info.query.get(name) ?? undefined
  const wanted = selectionOf(request.kind, { labelSelector: parameter('labelSelector'), fieldSelector: parameter('fieldSelector') })
  const objects = await computed.list(target.namespace)
  return answerList(request, wanted ? objects.filter(object => wanted.matches(object)) : objects)
}

async function answer(request: ApiRequest, object: KubernetesObject): Promise<void> {
  const { as } = negotiate(request.request.headers.accept, { protobuf: true })
  if (as === 'object') return answerBody(request, object)
  return answerBody(request, as === 'table' ? table(request, [object]) : partialMetadata(object))
}

async function answerList(request: ApiRequest, objects: readonly KubernetesObject[]): Promise<void> {
  const { kind } = request
  const { as } = negotiate(request.request.headers.accept, { protobuf: true })
  if (as === 'table') return answerBody(request, table(request, objects))
  if (as === 'metadata') {
    const list = { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata: {} }
    return answerBody(request, { ...list, items: objects.map(partialMetadata) })
  }
  const items = objects.map(({ kind: _, apiVersion: __, ...rest }) => rest)
  return answerBody(request, { kind: `${kind.kind}List`, apiVersion: apiVersionOf(kind), metadata: {}, items })
}

const table = ({ kind, info }: ApiRequest, objects: readonly KubernetesObject[]): object =>
  tableOf(kind, objects, { includeObject: includeObjectOf(info.query), now: new Date(), metadata: {} })
