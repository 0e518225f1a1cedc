import { remove } from '../registry/delete.ts'
import { deleted } from '../registry/success.ts'
import { answerBody, answerObject } from './answer.ts'
import type { Handler } from './api-request.ts'
import { readDeletion } from './delete-options.ts'

/** A Status when the object is gone (the object for some kinds), the object when it still has to wait for something. */
export const deleteObject: Handler = async request => {
  const { kind, target, registry } = request
  const { namespace, name } = target
  const { stored, gone } = await remove(registry, { kind, namespace, name, ...(await readDeletion(request)) })
  if (gone && !kind.returnsDeleted) await answerBody(request, deleted(kind, stored.object.metadata))
  else await answerObject(request, stored)
}
