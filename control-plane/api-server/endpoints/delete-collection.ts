import { isNotFound } from '../../../api/errors.ts'
import { remove, type DeleteResult } from '../registry/delete.ts'
import { list } from '../registry/list.ts'
import { selectionOf } from '../registry/selection.ts'
import type { StoredObject } from '../registry/stored-object.ts'
import { answerList } from './answer.ts'
import type { Handler } from './api-request.ts'
import { readDeletion } from './delete-options.ts'
import { listOptionsOf } from './list-options.ts'

const atOnce = 32

/** Deletes what the selectors select, many at once; answers with what was there. */
export const deleteCollection: Handler = async request => {
  const { kind, target, info, registry } = request
  const deletion = await readDeletion(request)
  const parameter = (name: string) => info.query.get(name) ?? undefined
  const { limit, continue: token } = listOptionsOf(info.query, { watch: false })
  const result = await list(registry, {
    kind,
    namespace: target.namespace,
    selection: selectionOf(kind, { labelSelector: parameter('labelSelector'), fieldSelector: parameter('fieldSelector') }),
    limit,
    continue: token,
  })
  const items: (StoredObject | undefined)[] = []
  const removeNext = async (positions: Iterator<[number, StoredObject]>) => {
    for (let next = positions.next(); !next.done; next = positions.next()) {
      const [index, { object }] = next.value
      const { name, namespace = '' } = object.metadata
      items[index] = await unlessGone(remove(registry, { kind, namespace, name, ...deletion }))
    }
  }
  // Deletions that go on at the same time share their commits.
  const positions = result.items.entries()
  await Promise.all(Array.from({ length: atOnce }, () => removeNext(positions)))
  await answerList(request, { ...result, items: items.filter(item => item !== undefined) })
}

async function unlessGone(removal: Promise<DeleteResult>): Promise<StoredObject | undefined> {
  try {
    return (await removal).stored
  } catch (error) {
    // Somebody else was faster: it is gone, which is all that was asked for.
    if (isNotFound(error)) return undefined
    throw error
  }
}
