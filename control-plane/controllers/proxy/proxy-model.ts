/**
 * What the proxy at the edge of the cluster is to do, in words of its own: Ingresses and Gateways are two ways of writing it,
 * and the proxy's configuration a third.
 */
export interface ProxyModel {
  readonly listeners: readonly Listener[]
}

export interface Listener {
  readonly name: string
  readonly port: number
  readonly protocol: 'HTTP' | 'HTTPS' | 'TCP'
  /** For HTTPS; the first of them answers those who ask for a host that no certificate is for. */
  readonly certificates: readonly ListenerCertificate[]
  /** In the order in which they are tried: the first that matches is taken. */
  readonly routes: readonly Route[]
  /** What is done with the rest. */
  readonly otherwise: Action
}

export interface ListenerCertificate {
  readonly certificate: Certificate
  readonly hosts: readonly string[]
}
export interface Certificate {
  /** Certificates and key, as PEM. */
  readonly pem: string
}

export interface Route {
  readonly match: Match
  readonly action: Action
}

/** All that is given must hold. */
export interface Match {
  readonly host?: HostMatch
  readonly path?: PathMatch
  readonly method?: string
  readonly headers?: readonly ValueMatch[]
  readonly query?: readonly ValueMatch[]
}
export interface HostMatch {
  /** `Label`: `value` below one label of any name; `Suffix`: below one or more. */
  readonly type: 'Exact' | 'Label' | 'Suffix'
  readonly value: string
}
export interface PathMatch {
  /** `Prefix`: element by element, without a slash at the end; `Beginning`: letter by letter; `Regex`: from the beginning. */
  readonly type: 'Exact' | 'Prefix' | 'Beginning' | 'Regex'
  readonly value: string
}
export interface ValueMatch {
  readonly type: 'Exact' | 'Regex'
  readonly name: string
  readonly value: string
}

export type Action = Forward | Redirect | Answer
export interface Forward {
  readonly type: 'Forward'
  readonly filters: readonly Filter[]
  /** None: the answer is 503. */
  readonly servers: readonly Server[]
}
export interface Redirect {
  readonly type: 'Redirect'
  readonly code: number
  /** What is not given stays as it was asked for. */
  readonly scheme?: string
  readonly host?: string
  readonly port?: number
  readonly path?: PathFilter
}
/** Answered by the proxy itself. */
export interface Answer {
  readonly type: 'Answer'
  readonly code: number
  readonly text: string
}

export type Filter = HeaderFilter | HostFilter | PathFilter
export interface HeaderFilter {
  readonly type: 'RequestHeaders' | 'ResponseHeaders'
  readonly set: readonly Header[]
  readonly add: readonly Header[]
  readonly remove: readonly string[]
}
export interface Header {
  readonly name: string
  readonly value: string
}
export interface HostFilter {
  readonly type: 'Host'
  readonly value: string
}
export interface PathFilter {
  /** `pattern` is the prefix, or the regular expression, that is replaced; a regular expression by a text with `\1` in it. */
  readonly type: 'ReplacePath' | 'ReplacePrefix' | 'ReplaceRegex'
  readonly pattern: string
  readonly value: string
}

export interface Server {
  /** `address:port`, or the code of the answer that the proxy gives in its place. */
  readonly to: string | 500 | 503
  readonly weight: number
}

export const noBackend: Answer = { type: 'Answer', code: 503, text: 'Service Unavailable' }
export const notFound: Answer = { type: 'Answer', code: 404, text: 'default backend - 404' }
