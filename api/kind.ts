import type { ObjectMeta } from './meta.ts'
import type { Decoded } from './schema/decode.ts'
import type { FieldError } from './schema/field-error.ts'
import type { Schema } from './schema/schema.ts'

/** What every object has. Kinds add `spec`, `status`, `data`, … through their schema. */
export interface KubernetesObject {
  apiVersion: string
  kind: string
  metadata: ObjectMeta
}

// Methods, unlike function properties, let a Kind<Pod> stand where a Kind of any object is expected.
type Of<O, R> = { call(object: O): R }['call']
type Change<O, R> = { call(next: O, current: O): R }['call']

export interface Column<O> {
  readonly name: string
  readonly type: 'string' | 'integer' | 'date' | 'boolean' | 'number'
  readonly format?: 'name' | 'quantity' | 'duration'
  /** 1: only shown with `-o wide`. */
  readonly priority?: 0 | 1
  readonly description: string
  cell(object: O, now: Date): string | number | boolean | null
}

/** How a kind's objects may be reached besides their own path; named by what follows the object's name in the URL. */
export interface Subresource {
  /**
   * `status`: reads the whole object, writes only `status` and some metadata.
   * `scale`: the autoscaling/v1 Scale view over `spec.replicas`.
   * `update`: reads and writes the whole object but only as `prepareSubresource` and `validateSubresource` say (ephemeralcontainers, resize, approval, finalize).
   * `action`: POST of another kind with behaviour of its own in the registry (binding, eviction, token).
   * `connect`: a stream to the agent (log, exec, attach, portforward, proxy).
   */
  readonly type: 'status' | 'scale' | 'update' | 'action' | 'connect'
  /** Kind, group and version in discovery when they differ from the parent's. */
  readonly kind?: string
  readonly group?: string
  readonly version?: string
  readonly verbs: readonly string[]
  /** For `scale`: where its values are, such as `.spec.replicas`; the usual places when absent. */
  readonly paths?: ScalePaths
}

export interface ScalePaths {
  readonly specReplicas: string
  readonly statusReplicas: string
  /** Where the selector is, as text. */
  readonly selector?: string
}

/** A webhook that converts objects between the versions of a kind. */
export interface WebhookConversion {
  readonly clientConfig: {
    readonly url?: string
    readonly caBundle?: string
    readonly service?: { readonly namespace: string; readonly name: string; readonly path?: string; readonly port?: number }
  }
  /** Versions of the question that it understands, the best first. */
  readonly reviewVersions: readonly string[]
  /** The version of the kind that is stored. */
  readonly storedVersion: string
}

/**
 * Everything the rest of the system may ask about a kind. The API server, client and tests read these properties and
 * never compare kinds by name. All functions are pure; `prepare…` return a new object or the one they were given.
 */
export interface Kind<O extends KubernetesObject = KubernetesObject> {
  /** '' for the core group. */
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly plural: string
  readonly singular: string
  readonly shortNames?: readonly string[]
  readonly categories?: readonly string[]
  readonly namespaced: boolean
  /** The whole object: apiVersion, kind, metadata and the kind's own fields. */
  readonly schema: Schema<O>
  /** Verbs of the resource itself; create, delete, deletecollection, get, list, patch, update, watch unless told otherwise. */
  readonly verbs?: readonly string[]
  readonly columns: readonly Column<O>[]
  readonly subresources?: Readonly<Record<string, Subresource>>
  /**
   * The value of each field selector besides metadata.name and, of namespaced kinds, metadata.namespace: a text of the object, a
   * number, a boolean or ''. Kinds without this know both, namespaced or not, as upstream's do that have no conversion of their own.
   */
  readonly selectableFields?: Readonly<Record<string, Of<O, string>>>
  /** Upstream's sentence about a field that cannot be selected by, where it is not the usual one. */
  unselectable?(field: string): string
  /** True where writes to anything but metadata and status count `metadata.generation` up. */
  readonly generation?: boolean
  /** Seconds of grace a DELETE gives when the caller names none; absent: deletion is immediate. */
  defaultGracePeriod?(object: O): number
  /** Dependents outlive the object unless the caller says otherwise, who is warned of that with this sentence (upstream's DefaultGarbageCollectionPolicy). */
  readonly orphansDependents?: string
  /** A DELETE that ends the object answers with it, not with a Status (upstream's ReturnDeletedObject). */
  readonly returnsDeleted?: boolean
  /** Status given at creation counts (nodes register with theirs); others begin with an empty one. */
  readonly keepsStatusAtCreation?: boolean
  /**
   * What writes of the status leave as it is besides the owners: the labels, or all that users write into metadata (upstream's
   * ResetObjectMetaForStatus).
   */
  readonly statusKeeps?: 'labels' | 'metadata'
  /** PUT has to name the resourceVersion that it replaces (upstream's AllowUnconditionalUpdate, turned around). */
  readonly needsVersionOnUpdate?: boolean
  /** What keeps a deleted object in place besides metadata.finalizers (a namespace's spec.finalizers). */
  blockers?(object: O): readonly string[]
  /** What changes in an object whose deletion has to wait (a namespace's phase). */
  prepareForDelete?(object: O): O
  /** PUT to a name that does not exist yet creates it (leases, events, roles, …; upstream's AllowCreateOnUpdate). */
  readonly createOnUpdate?: boolean
  /** What the API server hands out when objects are written: cluster IPs and node ports of services. */
  readonly allocates?: 'service-addresses'
  /** Upstream's sentence for the Warning header of every answer, reads too, where this version or the whole kind is on its way out. */
  readonly deprecation?: string
  /** Of a kind that is never stored: the objects that there always are. */
  readonly constant?: readonly O[]
  /** Stored and shown, but nothing in this cluster acts on it yet; whoever creates one is told so. */
  readonly inert?: true
  /** Milliseconds after its last write at which an object disappears (events). */
  readonly timeToLive?: number
  /** Storage shared with another kind (core and events.k8s.io events): the plural and group that own it, and the translation. */
  readonly storedAs?: {
    readonly group: string
    readonly plural: string
    toStored(object: O): KubernetesObject
    fromStored(object: KubernetesObject): O
    /** Who has to be asked first: both functions then take only what is in the right version already. */
    readonly conversion?: WebhookConversion
  }
  /** How a body becomes an object, where that is not the schema's to say: custom resources are pruned, not typed. Throws a DecodeError. */
  decode?(json: Readonly<Record<string, unknown>>): Decoded<O>
  /** The same kind in another version, by the version's name, where versions come and go. */
  otherVersion?(version: string): Kind | undefined
  /** Patches are not merged by the kind's types: there is no strategic merge patch. */
  readonly untyped?: true
  /** How metadata.name is checked. */
  validateName?(name: string, prefix: boolean): readonly string[]
  /** Defaults that depend on other fields, after the schema's own. */
  applyDefaults?(object: O): O
  /** What a user may not set at creation is taken away here; `status` is dropped by the registry when there is a status subresource. */
  prepareForCreate?(object: O): O
  prepareForUpdate?(next: O, current: O): O
  validate?(object: O): readonly FieldError[]
  validateUpdate?(next: O, current: O): readonly FieldError[]
  validateStatusUpdate?(next: O, current: O): readonly FieldError[]
  /** For `update` subresources: takes over from `next` only what the subresource may change. */
  readonly prepareSubresource?: Readonly<Record<string, Change<O, O>>>
  readonly validateSubresource?: Readonly<Record<string, Change<O, readonly FieldError[]>>>
  /** Sentences for the Warning header, on create and update. */
  warnings?(object: O): readonly string[]
}

/** What most kinds with a status have, and everything that has a number of replicas. */
export const statusSubresource: Subresource = { type: 'status', verbs: ['get', 'patch', 'update'] }
export const scaleSubresource: Subresource = {
  type: 'scale',
  kind: 'Scale',
  group: 'autoscaling',
  version: 'v1',
  verbs: ['get', 'patch', 'update'],
}

type KindOptions<O extends KubernetesObject> = Omit<Kind<O>, 'schema' | 'singular'> & { readonly singular?: string }

/** Builds the record of one kind. `schema` decides the object's type; everything else must fit it. */
export const defineKind = <O extends KubernetesObject>(schema: Schema<O>, options: NoInfer<KindOptions<O>>): Kind<O> => ({
  singular: options.kind.toLowerCase(),
  ...options,
  schema,
})

/** `v1` or `apps/v1`. */
export const apiVersionOf = (kind: Pick<Kind, 'group' | 'version'>): string => (kind.group ? `${kind.group}/${kind.version}` : kind.version)
