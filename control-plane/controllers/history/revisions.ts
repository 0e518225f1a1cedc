import type { ControllerRevision } from '../../../api/apps/controller-revision.ts'
import type { PodTemplateSpec } from '../../../api/core/pod-spec.ts'
import { safeEncode } from '../../../api/names.ts'
import { isEqual } from '../../../common/equal.ts'
import { canonicalJson, fnv32First } from '../../../common/hash.ts'

/** The label by which kubectl and the controllers find out which revision a pod is of. */
export const revisionLabel = 'controller-revision-hash'
/** The label that a StatefulSet's revisions carry their hash in. */
export const hashLabel = 'controller.kubernetes.io/hash'

type Data = NonNullable<ControllerRevision['data']>

/** What a revision remembers of an object: a patch that brings its template back. */
export const templatePatch = (template: PodTemplateSpec): Data => ({ spec: { template: { ...template, $patch: 'replace' } } })

/** The template that a revision remembers. */
export function templateOf({ data }: ControllerRevision): PodTemplateSpec {
  const { spec } = data as { spec: { template: PodTemplateSpec & { $patch?: string } } }
  const { $patch: _, ...template } = spec.template
  return template
}

/** Go writes these letters of JSON as escapes, and the hash is one of the text. */
const goJson = (value: unknown) =>
  canonicalJson(value).replace(/[<>&\u2028\u2029]/g, letter => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** Upstream's HashControllerRevision; `probe` makes another hash of the same data. */
export const hashRevision = (data: Data, probe: number): string => safeEncode(String(fnv32First(goJson(data) + String(probe))))

/** Upstream's ControllerRevisionName. */
export const revisionName = (parent: string, hash: string): string => `${parent.slice(0, 223)}-${hash}`

/** Oldest first (upstream's SortControllerRevisions). */
export const sortRevisions = (revisions: readonly ControllerRevision[]): ControllerRevision[] =>
  [...revisions].sort(
    (a, b) =>
      a.revision - b.revision ||
      Date.parse(a.metadata.creationTimestamp) - Date.parse(b.metadata.creationTimestamp) ||
      (a.metadata.name < b.metadata.name ? -1 : 1),
  )

export type RevisionPlan =
  /** The newest one says what is wanted. */
  | { readonly keep: ControllerRevision }
  /** An older one does: it becomes the newest. */
  | { readonly renew: ControllerRevision; readonly revision: number }
  | { readonly create: Data; readonly revision: number }

/** What makes the history end in `data`. `revisions`: oldest first. */
export function planRevision(revisions: readonly ControllerRevision[], data: Data): RevisionPlan {
  const newest = revisions.at(-1)
  const revision = (newest?.revision ?? 0) + 1
  const equal = revisions.filter(each => isEqual(each.data, data)).at(-1)
  if (!equal) return { create: data, revision }
  return equal === newest ? { keep: equal } : { renew: equal, revision }
}

/** The oldest revisions beyond the limit, none of which is `live`. */
export function planTruncation(
  revisions: readonly ControllerRevision[],
  { limit, isLive }: { readonly limit: number; isLive(revision: ControllerRevision): boolean },
): readonly ControllerRevision[] {
  const historic = revisions.filter(revision => !isLive(revision))
  return historic.slice(0, Math.max(0, historic.length - limit))
}
