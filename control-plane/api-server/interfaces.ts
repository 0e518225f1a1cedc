import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Status } from '../../api/errors.ts'
import type { Kind, KubernetesObject, WebhookConversion } from '../../api/kind.ts'

/** Who sends a request; extra attributes travel as upstream's `user.Info`. */
export interface User {
  readonly name: string
  readonly uid?: string
  readonly groups: readonly string[]
  readonly extra?: Readonly<Record<string, readonly string[]>>
}

/** The kinds that are served at this moment: built-in ones, and those that users have defined. */
export interface ServedKinds {
  /** The same array until something changes. */
  all(): readonly Kind[]
  find(group: string, version: string, plural: string): Kind | undefined
}

export interface Authenticator {
  /** The user, or undefined when the request carries no credentials that are understood; throws `unauthorized()` when they are wrong. */
  authenticate(request: IncomingMessage): Promise<User | undefined>
}

/** What a request wants, in RBAC's terms. */
export type Attributes =
  | {
      readonly type: 'resource'
      readonly verb: string
      readonly group: string
      readonly version: string
      /** Plural. */
      readonly resource: string
      readonly subresource?: string
      /** '' when the resource is cluster-wide or all namespaces are meant. */
      readonly namespace: string
      /** '' for list, create, deletecollection. */
      readonly name: string
    }
  | { readonly type: 'path'; readonly verb: string; readonly path: string }

/** A request that is to be served as somebody else's. */
export interface Impersonation {
  readonly user: User
  /** What its sender needs leave for: to impersonate that user, each of the groups, and so on. */
  readonly needs: readonly Attributes[]
}

export interface Decision {
  readonly allowed: boolean
  /** What allows it, or why it is not allowed; may be empty. */
  readonly reason: string
}

export interface Authorizer {
  /** The reason of a refusal follows upstream's sentence. */
  authorize(user: User, attributes: Attributes): Decision
}

export type AdmissionVerb = 'create' | 'update' | 'delete' | 'connect'

export interface AdmissionContext {
  readonly kind: Kind
  readonly verb: AdmissionVerb
  /** '' for cluster-wide kinds. */
  readonly namespace: string
  /** '' while generateName has not been expanded. */
  readonly name: string
  readonly subresource?: string
  /** The object as it would be stored; for an action the body that was posted. Absent for deletions. */
  readonly object?: KubernetesObject
  /** What is stored now; absent for creations. */
  readonly current?: KubernetesObject
  /** How a connection is to be made, as an object with a kind but without metadata (PodExecOptions, …). */
  readonly connection?: Readonly<Record<string, unknown>>
  readonly user: User
  readonly dryRun: boolean
  /** Adds a Warning header to the answer. */
  warn(text: string): void
  /** Adds a note to what is written down of the request; absent: nothing is. */
  annotate?(key: string, value: string): void
}

export interface Admission {
  /** Returns the object to store: the one it was given or a changed copy. Throws ApiError to refuse. */
  mutate(context: AdmissionContext): Promise<object>
  /** Throws ApiError to refuse. */
  validate(context: AdmissionContext): Promise<void>
}

/** What an `action` subresource does with its POST: returns the body of the answer. */
export interface ActionRequest {
  readonly kind: Kind
  readonly namespace: string
  readonly name: string
  readonly subresource: string
  readonly body: Record<string, unknown>
  readonly user: User
  readonly dryRun: boolean
  warn(text: string): void
}
export type Action = (request: ActionRequest) => Promise<object>

/** Kinds that only answer questions (SubjectAccessReview, TokenReview): POST in, the same kind with status out; nothing is stored. */
export interface Review {
  readonly kind: Kind
  review(object: KubernetesObject, request: { readonly user: User; readonly namespace: string; readonly dryRun: boolean }): Promise<object>
}

/** Kinds of which nothing is stored: GET and list work them out. */
export interface Computed {
  readonly kind: Kind
  /** Of one namespace, or all of them (''); in the order of their names. */
  list(namespace: string): Promise<KubernetesObject[]>
  /** Throws NotFound. */
  get(name: { readonly namespace: string; readonly name: string }): Promise<KubernetesObject>
}

export interface TlsIdentity {
  readonly cert: string | Buffer
  readonly key: string | Buffer
  /** Who signs client certificates (server side) or the agents' serving certificates (client side). */
  readonly ca: string | Buffer
}

/** What is stored, whoever asks: for authentication, authorization and admission, which must see what the user may not. */
export interface Lookup {
  get<O extends KubernetesObject>(kind: Kind<O>, key: { readonly namespace: string; readonly name: string }): O | undefined
  /** All namespaces unless one is named. */
  list<O extends KubernetesObject>(kind: Kind<O>, namespace?: string): O[]
}

/** For what keeps accounts in the status of objects: quotas. */
export interface StatusWriter {
  /** Writes the object's status where the object is still the version it says it is; false when it is not, or is gone. */
  replaceStatus<O extends KubernetesObject & { status: unknown }>(kind: Kind<O>, object: O): Promise<boolean>
}

/** The way to a service's pods, wherever they are: for webhooks. */
export interface ServiceConnector {
  connect(target: { readonly namespace: string; readonly name: string; readonly port: number }): Promise<Duplex>
}

/** Converts objects between the versions of their kind where somebody outside has to be asked. */
export interface Converter {
  /** In the same order; rejects with an ApiError in upstream's words. */
  convert(conversion: WebhookConversion, objects: readonly KubernetesObject[], apiVersion: string): Promise<KubernetesObject[]>
}

/** A text served as it is, under a path of its own, to whom the authorizer lets read that path. */
export interface Document {
  readonly contentType: string
  readonly text: string
}

/** What became of a request at its priority level. */
export interface Admitted {
  /** The uids of the flow schema and the priority level that it belongs to; '' where these are no objects. */
  readonly schema: string
  readonly level: string
  /** False: there is too much to do for it, and it is refused. */
  readonly served: boolean
  /** The request has been served; to be called again does nothing. */
  release(): void
}

/** Upstream's API Priority and Fairness. */
export interface FlowControl {
  /** A seat, or a refusal; at once where nobody has to wait. `signal` is asked for when it has to: it aborts when its client is gone. */
  admit(user: User, attributes: Attributes, signal: () => AbortSignal): Admitted | Promise<Admitted>
}

/** A request as those see it who count requests. */
export interface SeenRequest {
  readonly verb: string
  /** Undefined for paths that are no resource's. */
  readonly resource?: Omit<Extract<Attributes, { type: 'resource' }>, 'type' | 'verb'>
  readonly path: string
  readonly longRunning: boolean
  readonly dryRun: boolean
}

/** Counts requests. */
export interface RequestObserver {
  /** A request begins; what it returns is called once when it has ended, with the code of the answer. */
  begin(request: SeenRequest): (code: number) => void
  /**
   * A watch begins; what it returns is called for every change that the watch is told of, with the bytes that this takes. `made`:
   * they were made for this watch, and others like it are sent the same ones.
   */
  watching(kind: Pick<Kind, 'group' | 'version' | 'plural'>): (bytes: number, made: boolean) => void
}

/** What is written down of one request while it is served; upstream's audit context. */
export interface RequestAudit {
  /** Whether the object that the request brings is kept: working it out costs something. */
  readonly keepsRequest: boolean
  readonly keepsResponse: boolean
  /** The first value of a key stays. */
  annotate(key: string, value: string): void
  /** It is served as this user's. */
  impersonates(user: User): void
  /** The object that it brings: at the least its name is written down. */
  brings(object: KubernetesObject): void
  /** The patch that it brings, parsed. */
  bringsPatch(patch: unknown): void
  /** The answer's JSON, in one piece or several. */
  answers(text: string): void
  /** The answer, whose text is told besides, is a Status. */
  answersStatus(status: Status): void
  /** A stream begins, or is refused. */
  starts(code: number): void
  /** The request has been served; `code` is undefined when its client went away before an answer. */
  ends(code: number | undefined): void
  /** Something that nobody expected stands in the way. */
  fails(error: unknown): void
}

/** A request as it is written down. */
export interface AuditedRequest {
  readonly request: IncomingMessage
  /** What ties the log and the answer's `Audit-Id` together. */
  readonly id: string
  /** Who sends it; undefined when that is not known. */
  readonly user: User | undefined
  readonly attributes: Attributes
  readonly longRunning: boolean
}

/** Writes down what is asked of the API server, as far as somebody wants to know. */
export interface Auditor {
  /** Undefined: nothing is written down of this request. */
  begin(request: AuditedRequest): RequestAudit | undefined
  /** Somebody who is not let in. */
  refuse(request: AuditedRequest, status: Status): void
}
