import { isIP } from 'node:net'
import type { IncomingMessage } from 'node:http'
import type { Attributes, User } from '../interfaces.ts'
import type { Level, Stage } from './policy.ts'

/** What is told of an answer: the bounded fields of a Status. */
export interface ResponseStatus {
  readonly status?: string
  readonly message?: string
  readonly reason?: string
  readonly details?: object
  readonly code?: number
}

export interface ObjectReference {
  readonly resource?: string
  readonly namespace?: string
  readonly name?: string
  readonly uid?: string
  readonly apiGroup?: string
  readonly apiVersion?: string
  readonly resourceVersion?: string
  readonly subresource?: string
}

/** One line of the log, upstream's audit.k8s.io/v1 Event. Objects are JSON texts: nobody here looks into them. */
export interface AuditEvent {
  readonly level: Level
  readonly auditID: string
  readonly stage: Stage
  readonly requestURI: string
  readonly verb: string
  readonly user: User | undefined
  readonly impersonatedUser?: User | undefined
  readonly sourceIPs: readonly string[]
  readonly userAgent: string
  readonly objectRef: ObjectReference | undefined
  readonly responseStatus: ResponseStatus | undefined
  readonly requestObject?: string | undefined
  readonly responseObject?: string | undefined
  readonly requestReceivedTimestamp: string
  readonly stageTimestamp: string
  readonly annotations: ReadonlyMap<string, string>
}

/** The event as one line of JSON, without its end; fields in upstream's order. */
export function serializeEvent(event: AuditEvent): string {
  const { level, auditID, stage, requestURI, verb, user, impersonatedUser, sourceIPs, userAgent, objectRef, responseStatus } = event
  const before = {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level,
    auditID,
    stage,
    requestURI,
    verb,
    user: user ? userInfo(user) : {},
    ...(impersonatedUser ? { impersonatedUser: userInfo(impersonatedUser) } : {}),
    ...(sourceIPs.length > 0 ? { sourceIPs } : {}),
    ...(userAgent ? { userAgent } : {}),
    ...(objectRef ? { objectRef } : {}),
    ...(responseStatus ? { responseStatus: { metadata: {}, ...responseStatus } } : {}),
  }
  const { requestReceivedTimestamp, stageTimestamp, annotations, requestObject, responseObject } = event
  const after = {
    requestReceivedTimestamp,
    stageTimestamp,
    ...(annotations.size > 0 ? { annotations: Object.fromEntries([...annotations].sort(([a], [b]) => (a < b ? -1 : 1))) } : {}),
  }
  const parts = [
    JSON.stringify(before).slice(0, -1),
    ...(requestObject === undefined ? [] : [`"requestObject":${requestObject}`]),
    ...(responseObject === undefined ? [] : [`"responseObject":${responseObject}`]),
    JSON.stringify(after).slice(1),
  ]
  return parts.join(',')
}

const userInfo = ({ name, uid, groups, extra }: User) => ({
  username: name,
  ...(uid ? { uid } : {}),
  ...(groups.length > 0 ? { groups } : {}),
  ...(extra && Object.keys(extra).length > 0 ? { extra } : {}),
})

/** What a request is about, as far as its URL says. */
export function referenceOf(attributes: Attributes): ObjectReference | undefined {
  if (attributes.type === 'path') return undefined
  const { resource, namespace, name, group, version, subresource } = attributes
  return {
    resource,
    ...(namespace ? { namespace } : {}),
    ...(name ? { name } : {}),
    ...(group ? { apiGroup: group } : {}),
    apiVersion: version,
    ...(subresource ? { subresource } : {}),
  }
}

const longestUserAgent = 1024

export function userAgentOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['user-agent'] ?? ''
  return given.length > longestUserAgent ? `${given.slice(0, longestUserAgent)}...TRUNCATED` : given
}

/** Where a request says that it comes from, and last where it does come from; upstream's SourceIPs. */
export function sourceIPsOf({ headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>): string[] {
  const forwarded = String(headers['x-forwarded-for'] ?? '').split(',')
  const found = forwarded.map(each => each.trim()).filter(each => isIP(each) !== 0)
  const real = String(headers['x-real-ip'] ?? '')
  if (isIP(real) !== 0 && !found.includes(real)) found.push(real)
  // What comes from this process itself has no address.
  const remote = socket.remoteAddress?.replace(/^::ffff:(?=\d+\.)/, '') ?? '127.0.0.1'
  if (remote !== found.at(-1)) found.push(remote)
  return found
}
