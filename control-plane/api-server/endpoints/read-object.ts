import type { Kind, KubernetesObject } from '../../../api/kind.ts'
import { decodeObject } from '../registry/decode-object.ts'
import { complete } from '../registry/life-cycle.ts'
import { contextOf, type ApiRequest } from './api-request.ts'
import { mediaTypeOf, parseBody, readBody } from './body.ts'

/** The body as an object of `kind`. */
export async function readObject(request: ApiRequest, kind: Kind = request.kind): Promise<KubernetesObject> {
  const body = await readBody(request.request)
  const { json, repetitions } = await parseBody(body, mediaTypeOf(request.request), { expected: kind, readYaml: request.readYaml })
  const object = decodeObject(kind, json, { ...contextOf(request), ...(repetitions ? { repetitions } : {}) })
  request.audit?.brings(request.audit.keepsRequest ? complete(kind, object) : object)
  return object
}
