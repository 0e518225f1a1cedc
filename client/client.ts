import type { Kind, KubernetesObject } from '../api/kind.ts'

export interface ObjectKey {
  readonly name: string
  /** Required for namespaced kinds. */
  readonly namespace?: string | undefined
}
export interface ListOptions {
  /** Absent: all namespaces. */
  readonly namespace?: string | undefined
  readonly labelSelector?: string
  readonly fieldSelector?: string
  readonly limit?: number
  readonly continue?: string
  readonly resourceVersion?: string
  /** Only type and metadata of each object; the rest stays on the server. */
  readonly metadataOnly?: boolean
  readonly signal?: AbortSignal
}
export interface List<O> {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string; readonly remainingItemCount?: number }
  readonly items: O[]
}
export type WatchEvent<O> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: O }
  | {
      readonly type: 'BOOKMARK'
      readonly object: { readonly metadata: { readonly resourceVersion: string; readonly annotations?: Record<string, string> } }
    }
export interface WatchOptions extends Omit<ListOptions, 'limit' | 'continue'> {
  readonly sendInitialEvents?: boolean
  readonly signal: AbortSignal
}
export interface DeleteOptions {
  readonly gracePeriodSeconds?: number
  readonly propagationPolicy?: 'Orphan' | 'Background' | 'Foreground'
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string }
}
export type PatchType = 'merge' | 'json' | 'strategic'

/** The API for any kind, over HTTPS. Every method throws the ApiError that the server answered with. */
export interface Client {
  get<O extends KubernetesObject>(kind: Kind<O>, key: ObjectKey): Promise<O>
  list<O extends KubernetesObject>(kind: Kind<O>, options?: ListOptions): Promise<List<O>>
  /** Ends when the server ends it or the signal aborts; throws ApiError 410 when the resourceVersion is too old. */
  watch<O extends KubernetesObject>(kind: Kind<O>, options: WatchOptions): AsyncIterable<WatchEvent<O>>
  create<O extends KubernetesObject>(kind: Kind<O>, object: NewObject<O>): Promise<O>
  /** `subresource`: one that takes the whole object, such as approval or finalize. */
  update<O extends KubernetesObject>(kind: Kind<O>, object: O, subresource?: string): Promise<O>
  updateStatus<O extends KubernetesObject>(kind: Kind<O>, object: O): Promise<O>
  patch<O extends KubernetesObject>(kind: Kind<O>, key: ObjectKey, patch: Patch): Promise<O>
  delete<O extends KubernetesObject>(kind: Kind<O>, key: ObjectKey, options?: DeleteOptions): Promise<void>
  /** Deletes everything that the selectors match. */
  deleteCollection(kind: Kind, options: Omit<ListOptions, 'limit' | 'continue'>): Promise<void>
  /** The JSON under any path, such as `/apis`. */
  getPath(path: string): Promise<unknown>
  /** POST to a subresource that is an action: binding, eviction, token. */
  post<O>(kind: Kind, target: ObjectKey & { readonly subresource: string }, body: object): Promise<O>
}

export interface Patch {
  readonly type: PatchType
  readonly body: unknown
  readonly subresource?: 'status' | 'scale'
}

/** An object as a client sends it: identity and status are the server's. */
export type NewObject<O> = Omit<O, 'metadata' | 'status' | 'apiVersion' | 'kind'> & {
  metadata: { name?: string; generateName?: string; namespace?: string } & Record<string, unknown>
}
