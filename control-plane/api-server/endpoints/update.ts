import { badRequest } from '../../../api/errors.ts'
import { Scale, type Scale as ScaleObject } from '../../../api/autoscaling/scale.ts'
import { withScale } from '../registry/scale.ts'
import { replace, update as updateObject } from '../registry/update.ts'
import { answerObject, answerScale } from './answer.ts'
import { contextOf, type ApiRequest, type Handler } from './api-request.ts'
import { readObject } from './read-object.ts'

/** PUT of an object, or of one of its subresources. */
export const update: Handler = async request => {
  const { kind, target, registry, subresource } = request
  if (subresource?.type === 'scale') return updateScale(request)
  const object = await readObject(request)
  const { namespace, name } = target
  const { stored, created } = await replace(registry, {
    kind,
    namespace,
    name,
    subresource: target.subresource,
    object,
    context: contextOf(request),
  })
  await answerObject(request, stored, created ? 201 : 200)
}

async function updateScale(request: ApiRequest): Promise<void> {
  const { kind, target, registry } = request
  const scale = (await readObject(request, Scale)) as ScaleObject
  const { name, uid, resourceVersion } = scale.metadata
  if (name !== target.name) throw badRequest(`the name of the object (${name}) does not match the name on the URL (${target.name})`)
  const stored = await updateObject(registry, {
    kind,
    namespace: target.namespace,
    name,
    subresource: target.subresource,
    preconditions: { uid, resourceVersion },
    next: current => withScale(kind, current, scale),
    context: contextOf(request),
  })
  await answerScale(request, stored)
}
