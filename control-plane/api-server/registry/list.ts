import { expired, badRequest } from '../../../api/errors.ts'
import type { Kind } from '../../../api/kind.ts'
import { TimeSlice } from '../../../common/time-slice.ts'
import { Compacted, type Entry, type Page } from '../../store/store.ts'
import { prepareViews } from './conversions.ts'
import { decodeContinue, encodeContinue, expiredContinue, type ContinueToken } from './continue-token.ts'
import { prefixOf } from './keys.ts'
import { checkNotInFuture, type Registry } from './registry.ts'
import type { Selection } from './selection.ts'
import { StoredObject, viewOf } from './stored-object.ts'

export interface ListRequest {
  readonly kind: Kind
  /** '' for all namespaces. */
  readonly namespace: string
  readonly selection: Selection
  readonly limit?: number | undefined
  readonly continue?: string | undefined
  readonly resourceVersion?: string | undefined
  readonly resourceVersionMatch?: string | undefined
}

export interface ListResult {
  readonly items: readonly StoredObject[]
  readonly revision: number
  readonly continue?: string
  readonly remainingItemCount?: number
}

/** Objects in key order, consistent with one revision; in pieces when a limit is given. */
export async function list(registry: Registry, request: ListRequest): Promise<ListResult> {
  const token = request.continue ? decodeContinue(request.continue) : undefined
  if (token && (request.resourceVersion ?? '0') !== '0') {
    throw badRequest('specifying resource version is not allowed when using continue')
  }
  if (request.kind.constant) return constants(registry, request.kind)
  const revision = revisionOf(registry, request, token)
  try {
    return await collect(registry, request, { revision, after: token?.after })
  } catch (error) {
    if (!(error instanceof Compacted)) throw error
    throw token ? expiredContinue(token) : expired('The resourceVersion for the provided list is too old.')
  }
}

/** Neither stored nor selected from: upstream ignores labels and fields of such kinds too. */
const constants = (registry: Registry, { constant = [] }: Kind): ListResult => ({
  items: constant.map(object => StoredObject.unsaved('', object)),
  revision: registry.store.revision,
})

export const tooOld = (requested: number, oldest: number) => expired(`too old resource version: ${requested} (${oldest})`)

/** Undefined: the newest state is fine. */
function revisionOf(registry: Registry, request: ListRequest, token: ContinueToken | undefined): number | undefined {
  if (token) return token.revision > 0 ? token.revision : undefined
  if (!request.resourceVersion || request.resourceVersion === '0') return undefined
  const asked = parseRevision(request.resourceVersion)
  checkNotInFuture(asked, registry.store.revision)
  const exact = request.resourceVersionMatch === 'Exact' || (!request.resourceVersionMatch && request.limit)
  return exact ? asked : undefined
}

/** What was asked for; whoever asks has checked that it is a number. */
export const parseRevision = (text: string): number => Number(text)

interface Start {
  readonly revision: number | undefined
  readonly after: string | undefined
}

/** So many objects are taken between two looks at the clock. */
const unseen = 256

/** Reads pages until enough objects are selected. Looking into many objects takes long: others have their turn in between. */
async function collect(registry: Registry, request: ListRequest, start: Start): Promise<ListResult> {
  const { kind, selection, limit } = request
  const prefix = prefixOf(kind, request.namespace)
  const items: StoredObject[] = []
  const slice = new TimeSlice()
  let after = start.after === undefined ? undefined : prefix + start.after
  let revision = start.revision
  for (;;) {
    const page: Page = registry.store.list(prefix, {
      ...(limit ? { limit: selection ? Math.max(limit, 500) : limit } : {}),
      ...(after === undefined ? {} : { after }),
      ...(revision === undefined ? {} : { revision }),
    })
    revision ??= page.revision
    const converted = selection && kind.storedAs?.conversion ? page.entries.map(entry => read(registry, entry)) : undefined
    if (converted) await prepareViews(registry, kind, converted)
    for (const [index, entry] of page.entries.entries()) {
      // Nobody looks into objects that are all wanted: the clock would take longer than they do.
      if ((selection || index % unseen === 0) && slice.over) await slice.next()
      const known = converted?.[index]
      const stored = known ? matching(known, { kind, selection }) : select(registry, entry, { kind, selection })
      if (!stored) continue
      items.push(stored)
      if (limit && items.length === limit) {
        const remaining = page.entries.length - index - 1 + (page.more ? page.remaining : 0)
        if (remaining === 0) return { items, revision }
        const token = encodeContinue({ revision, after: entry.key.slice(prefix.length) })
        return { items, revision, continue: token, ...(selection ? {} : { remainingItemCount: remaining }) }
      }
    }
    if (!page.more) return { items, revision }
    after = page.entries.at(-1)?.key
  }
}

/** A long list must not push everything else out of the cache, so what is not in it stays out. */
const read = (registry: Registry, entry: Entry): StoredObject => registry.cache.peek(entry) ?? new StoredObject(entry)

type Wish = Pick<ListRequest, 'kind' | 'selection'>

const matching = (stored: StoredObject, { kind, selection }: Wish): StoredObject | undefined =>
  !selection || selection.matches(viewOf(kind, stored)) ? stored : undefined

/** The object, when it is wanted: parsed only when neither its key nor its bytes say that it is not. */
function select(registry: Registry, entry: Entry, wish: Wish): StoredObject | undefined {
  const { name, marks = [] } = wish.selection ?? {}
  if (name !== undefined && !entry.key.endsWith(`/${name}`)) return undefined
  const known = registry.cache.peek(entry)
  if (!known && marks.length > 0 && entry.withBytes?.(bytes => marks.every(mark => bytes.includes(mark))) === false) return undefined
  return matching(known ?? new StoredObject(entry), wish)
}
