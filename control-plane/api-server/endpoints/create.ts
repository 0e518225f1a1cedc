import { create as createObject } from '../registry/create.ts'
import { answerObject } from './answer.ts'
import { contextOf, type Handler } from './api-request.ts'
import { readObject } from './read-object.ts'

/** POST to a collection. */
export const create: Handler = async request => {
  const object = await readObject(request)
  const { kind, target, registry } = request
  const stored = await createObject(registry, { kind, namespace: target.namespace, object, context: contextOf(request) })
  await answerObject(request, stored, 201)
}
