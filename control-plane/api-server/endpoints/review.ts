import { invalid } from '../../../api/errors.ts'
import type { Review } from '../interfaces.ts'
import { inNamespace } from '../registry/create.ts'
import { complete } from '../registry/life-cycle.ts'
import { answerBody } from './answer.ts'
import { contextOf, type ApiRequest } from './api-request.ts'
import { readObject } from './read-object.ts'

/** POST of a question; the answer is the same object with its status filled in. Nothing is stored. */
export async function review(request: ApiRequest, { kind, review }: Review): Promise<void> {
  const { namespace } = request.target
  const object = complete(kind, inNamespace({ kind, namespace, object: await readObject(request) }))
  const errors = kind.validate?.(object) ?? []
  if (errors.length > 0) throw invalid(kind, object.metadata.name ?? '', errors)
  const { user, dryRun } = contextOf(request)
  await answerBody(request, await review(object, { user, dryRun, namespace }), 201)
}
