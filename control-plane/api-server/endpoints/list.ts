import { list as listObjects } from '../registry/list.ts'
import { selectionOf } from '../registry/selection.ts'
import { answerList } from './answer.ts'
import type { Handler } from './api-request.ts'
import { integerOf } from './request-info.ts'

export const list: Handler = async request => {
  const { kind, target, info, registry } = request
  const parameter = (name: string) => info.query.get(name) ?? undefined
  const result = await listObjects(registry, {
    kind,
    namespace: target.namespace,
    selection: selectionOf(kind, { labelSelector: parameter('labelSelector'), fieldSelector: parameter('fieldSelector') }),
    limit: integerOf(info.query, 'limit'),
    continue: parameter('continue'),
    resourceVersion: parameter('resourceVersion'),
    resourceVersionMatch: parameter('resourceVersionMatch'),
  })
  await answerList(request, result)
}
