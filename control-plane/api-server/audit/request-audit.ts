import type { Status } from '../../../api/errors.ts'
import type { KubernetesObject } from '../../../api/kind.ts'
import { microTimestamp } from '../../../api/time.ts'
import type { Clock } from '../../../common/clock.ts'
import { messageOf } from '../../../common/error-message.ts'
import { goDuration } from '../../../common/go-duration.ts'
import type { AuditedRequest, RequestAudit, User } from '../interfaces.ts'
import {
  referenceOf,
  serializeEvent,
  sourceIPsOf,
  userAgentOf,
  type AuditEvent,
  type ObjectReference,
  type ResponseStatus,
} from './event.ts'
import { withoutManagedFields } from './managed-fields.ts'
import { levels, type AuditConfig, type Level, type Stage } from './policy.ts'

/** Characters of a request's and its answer's objects; with more, neither is written down. As upstream's batches. */
const mostKept = 10 * 1024 * 1024

/** Upstream notes how long requests took that took longer than this, in milliseconds. */
const slow = 500

interface Options {
  readonly config: AuditConfig
  readonly clock: Pick<Clock, 'now'>
  /** Takes one line, without its end. */
  readonly write: (line: string) => void
}

const atLeast = (level: Level, wanted: Level): boolean => levels.indexOf(level) >= levels.indexOf(wanted)

/** Puts together what is known of one request, and writes it down at each stage that the policy does not omit. */
export class RequestLog implements RequestAudit {
  readonly keepsRequest: boolean
  readonly keepsResponse: boolean
  readonly #audited: AuditedRequest
  readonly #options: Options
  readonly #received: Date
  readonly #annotations = new Map<string, string>()
  readonly #sourceIPs: readonly string[]
  #reference: ObjectReference | undefined
  #impersonated: User | undefined
  #status: ResponseStatus | undefined
  #requestObject: string | undefined
  #responseTexts: string[] = []
  #kept = 0
  #failed = false

  constructor(audited: AuditedRequest, options: Options) {
    this.#audited = audited
    this.#options = options
    this.#received = options.clock.now()
    this.#reference = referenceOf(audited.attributes)
    // Of a connection that is gone nobody knows the other end any more.
    this.#sourceIPs = sourceIPsOf(audited.request)
    this.keepsRequest = atLeast(options.config.level, 'Request')
    this.keepsResponse = atLeast(options.config.level, 'RequestResponse')
  }
  receives(): void {
    this.#write('RequestReceived', this.#received)
  }
  annotate(key: string, value: string): void {
    if (!this.#annotations.has(key)) this.#annotations.set(key, value)
  }
  impersonates(user: User): void {
    this.#impersonated = user
  }
  brings(object: KubernetesObject): void {
    // DeleteOptions and the like have no metadata.
    const { name, namespace, uid, resourceVersion } = (object.metadata as KubernetesObject['metadata'] | undefined) ?? {}
    const { resource, apiGroup, apiVersion, subresource, ...reference } = this.#reference ?? {}
    this.#reference = {
      ...(resource ? { resource } : {}),
      ...given({ namespace, name, uid }),
      ...reference,
      ...given({ apiGroup, apiVersion, resourceVersion, subresource }),
    }
    if (!this.keepsRequest) return
    const { omitManagedFields } = this.#options.config
    this.#keepRequest(JSON.stringify(omitManagedFields ? withoutManagedFields(object) : object))
  }
  bringsPatch(patch: unknown): void {
    if (this.keepsRequest) this.#keepRequest(JSON.stringify(patch))
  }
  answers(text: string): void {
    if (this.keepsResponse && this.#fits(text)) this.#responseTexts.push(text)
  }
  answersStatus(status: Status): void {
    const { status: word, message, reason, details, code } = status
    this.#status = {
      ...given({ status: word, message, reason }),
      ...(details ? { details } : {}),
      ...(code ? { code } : {}),
    }
  }
  starts(code: number): void {
    this.#status = { ...this.#status, code }
    this.#write('ResponseStarted')
  }
  ends(code: number | undefined): void {
    // It has been told already that this one ended badly.
    if (this.#failed) return
    if (code !== undefined) this.#status = { ...this.#status, code }
    else if (!this.#status) {
      this.#status = { status: 'Success', message: 'Connection closed early', code: 200 }
      if (this.#audited.longRunning) this.#write('ResponseStarted')
    }
    const took = this.#options.clock.now().getTime() - this.#received.getTime()
    if (took > slow && !this.#audited.longRunning) this.annotate('apiserver.latency.k8s.io/total', goDuration(took))
    this.#write('ResponseComplete')
  }
  fails(error: unknown): void {
    this.#failed = true
    this.#status = { status: 'Failure', message: `APIServer panic'd: ${messageOf(error)}`, reason: 'InternalError', code: 500 }
    this.#write('Panic')
  }

  #keepRequest(text: string): void {
    if (this.#fits(text)) this.#requestObject = text
  }
  /** Whether there is room for this text too; where there is not, nothing of the objects is kept, as upstream truncates. */
  #fits(text: string): boolean {
    this.#kept += text.length
    if (this.#kept <= mostKept) return true
    this.#requestObject = undefined
    this.#responseTexts = []
    this.annotate('audit.k8s.io/truncated', 'true')
    return false
  }
  #responseObject(): string | undefined {
    if (this.#responseTexts.length === 0) return undefined
    const text = this.#responseTexts.join('')
    return this.#options.config.omitManagedFields ? JSON.stringify(withoutManagedFields(JSON.parse(text))) : text
  }
  #write(stage: Stage, at = this.#options.clock.now()): void {
    const { config, write } = this.#options
    if (config.omitStages.has(stage)) return
    const { request, id, user, attributes } = this.#audited
    const event: AuditEvent = {
      level: config.level,
      auditID: id,
      stage,
      requestURI: request.url ?? '/',
      verb: attributes.verb,
      user,
      impersonatedUser: this.#impersonated,
      sourceIPs: this.#sourceIPs,
      userAgent: userAgentOf(request),
      objectRef: this.#reference,
      responseStatus: this.#status,
      requestObject: this.#requestObject,
      responseObject: this.#responseObject(),
      requestReceivedTimestamp: microTimestamp(this.#received),
      stageTimestamp: microTimestamp(at),
      annotations: this.#annotations,
    }
    write(serializeEvent(event))
  }
}

/** What there is of these; empty texts count as absent. */
const given = (texts: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(texts).filter((entry): entry is [string, string] => Boolean(entry[1])))
