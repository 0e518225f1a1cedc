import { isNotFound } from '../../../api/errors.ts'
import { remove } from '../registry/delete.ts'
import { list } from '../registry/list.ts'
import { selectionOf } from '../registry/selection.ts'
import type { StoredObject } from '../registry/stored-object.ts'
import { answerList } from './answer.ts'
import type { Handler } from './api-request.ts'
import { readDeletion } from './delete-options.ts'
import { integerOf } from './request-info.ts'

/** Deletes what the selectors select, one after the other; answers with what was there. */
export const deleteCollection: Handler = async request => {
  const { kind, target, info, registry } = request
  const deletion = await readDeletion(request)
  const parameter = (name: string) => info.query.get(name) ?? undefined
  const result = list(registry, {
    kind,
    namespace: target.namespace,
    selection: selectionOf(kind, { labelSelector: parameter('labelSelector'), fieldSelector: parameter('fieldSelector') }),
    limit: integerOf(info.query, 'limit'),
    continue: parameter('continue'),
  })
  const items: StoredObject[] = []
  for (const { object } of result.items) {
    const { name, namespace = '' } = object.metadata
    try {
      items.push((await remove(registry, { kind, namespace, name, ...deletion })).stored)
    } catch (error) {
      // Somebody else was faster: it is gone, which is all that was asked for.
      if (!isNotFound(error)) throw error
    }
  }
  await answerList(request, { ...result, items })
}
