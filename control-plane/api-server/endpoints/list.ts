import { list as listObjects } from '../registry/list.ts'
import { selectionOf } from '../registry/selection.ts'
import { answerList } from './answer.ts'
import type { Handler } from './api-request.ts'
import { listOptionsOf } from './list-options.ts'

export const list: Handler = async request => {
  const { kind, target, info, registry } = request
  const parameter = (name: string) => info.query.get(name) ?? undefined
  const options = listOptionsOf(info.query, { watch: false })
  const selection = selectionOf(kind, { labelSelector: parameter('labelSelector'), fieldSelector: parameter('fieldSelector') })
  await answerList(request, await listObjects(registry, { ...options, kind, namespace: target.namespace, selection }))
}
