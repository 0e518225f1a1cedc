import { findKindByName } from '../../../api/kinds.ts'
import { invalid } from '../../../api/errors.ts'
import type { KubernetesObject } from '../../../api/kind.ts'
import type { Action } from '../interfaces.ts'
import { complete } from '../registry/life-cycle.ts'
import { answerBody } from './answer.ts'
import { contextOf, type ApiRequest } from './api-request.ts'
import { PathNotFound } from './error-handler.ts'
import { readObject } from './read-object.ts'

/** POST of another kind to an object: binding, eviction, token. */
export async function act(request: ApiRequest, actions: Readonly<Record<string, Action>>): Promise<void> {
  const { kind, target, subresource, registry } = request
  const action = actions[target.subresource]
  const bodyKind = findKindByName(subresource?.group ?? kind.group, subresource?.version ?? kind.version, subresource?.kind ?? '')
  if (!action || !bodyKind) throw new PathNotFound()
  const context = contextOf(request)
  const { namespace, name } = target
  const object = complete(bodyKind, await readObject(request, bodyKind))
  const admit = { kind, verb: 'create', namespace, name, subresource: target.subresource, ...context } as const
  const body = (await registry.admission.mutate({ ...admit, object })) as KubernetesObject
  const errors = bodyKind.validate?.(body) ?? []
  if (errors.length > 0) throw invalid(bodyKind, body.metadata.name ?? '', errors)
  await registry.admission.validate({ ...admit, object: body })
  const { user, dryRun, warn } = context
  const result = await action({ kind, namespace, name, subresource: target.subresource, body: { ...body }, user, dryRun, warn })
  await answerBody(request, result, 201)
}
