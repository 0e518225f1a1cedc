import { getStored } from '../registry/registry.ts'
import { scaleOf } from '../registry/scale.ts'
import { viewOf } from '../registry/stored-object.ts'
import { answerBody, answerObject } from './answer.ts'
import type { Handler } from './api-request.ts'

/** GET of one object, or of its status or scale. */
export const get: Handler = async request => {
  const stored = getStored(request.registry, request.kind, request.target)
  if (request.subresource?.type === 'scale') await answerBody(request, scaleOf(request.kind, viewOf(request.kind, stored)))
  else await answerObject(request, stored)
}
