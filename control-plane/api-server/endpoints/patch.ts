import { apiError, badRequest } from '../../../api/errors.ts'
import { patch as patchObject, type PatchType } from '../registry/patch.ts'
import { scaleOf } from '../registry/scale.ts'
import { viewOf } from '../registry/stored-object.ts'
import { answerBody, answerObject } from './answer.ts'
import { contextOf, type Handler } from './api-request.ts'
import { mediaTypeOf, readBody } from './body.ts'
import { DecodeError } from '../../../api/schema/decode-error.ts'
import { parseJson } from '../../../api/schema/json-text.ts'

const types: Readonly<Record<string, PatchType>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
}

export const patch: Handler = async request => {
  const { kind, target, registry, subresource } = request
  const type = types[mediaTypeOf(request.request)]
  if (!type) throw apiError('UnsupportedMediaType', '415: Unsupported Media Type', {})
  const body = readPatch(await readBody(request.request))
  const { namespace, name } = target
  const context = contextOf(request)
  const stored = await patchObject(registry, { kind, namespace, name, subresource: target.subresource, type, body, context })
  if (subresource?.type === 'scale') await answerBody(request, scaleOf(viewOf(kind, stored)))
  else await answerObject(request, stored)
}

function readPatch(body: Buffer): unknown {
  try {
    return parseJson(body.toString('utf8'))
  } catch (error) {
    if (error instanceof DecodeError) throw badRequest(`error decoding patch: ${error.message}`)
    throw error
  }
}
