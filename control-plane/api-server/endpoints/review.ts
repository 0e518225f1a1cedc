import { invalid } from '../../../api/errors.ts'
import type { KubernetesObject } from '../../../api/kind.ts'
import type { Review } from '../interfaces.ts'
import { inNamespace } from '../registry/create.ts'
import { complete } from '../registry/life-cycle.ts'
import { answerBody } from './answer.ts'
import { contextOf, type ApiRequest } from './api-request.ts'
import { readObject } from './read-object.ts'
import { negotiate } from './representation.ts'

/** POST of a question; the answer is the same object with its status filled in. Nothing is stored, but admission has its say as on any creation. */
export async function review(request: ApiRequest, { kind, review }: Review): Promise<void> {
  // As upstream, before anything is done: answers to questions have no columns.
  negotiate(request.request.headers.accept, { protobuf: true, table: false })
  const { namespace } = request.target
  const { admission } = request.registry
  const context = contextOf(request)
  const asked = complete(kind, inNamespace({ kind, namespace, object: await readObject(request) }))
  const admit = { kind, verb: 'create', namespace, name: asked.metadata.name ?? '', ...context } as const
  const object = (await admission.mutate({ ...admit, object: asked })) as KubernetesObject
  const errors = kind.validate?.(object) ?? []
  if (errors.length > 0) throw invalid(kind, object.metadata.name ?? '', errors)
  await admission.validate({ ...admit, object })
  const { user, dryRun } = context
  await answerBody(request, await review(object, { user, dryRun, namespace }), 201)
}
