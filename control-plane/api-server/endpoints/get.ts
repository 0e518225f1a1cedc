import { getStored } from '../registry/registry.ts'
import { answerObject, answerScale, isStoredText } from './answer.ts'
import type { Handler } from './api-request.ts'

/** GET of one object, or of its status or scale. */
export const get: Handler = async request => {
  const scale = request.subresource?.type === 'scale'
  const stored = getStored(request.registry, request.kind, { ...request.target, unseen: !scale && isStoredText(request) })
  if (scale) await answerScale(request, stored)
  else await answerObject(request, stored)
}
