import { refuse, type Library } from './library.ts'

/** A URL as Go's url.ParseRequestURI reads it: absolute, or a path from the root. */
class CelUrl {
  readonly text: string
  readonly scheme: string
  readonly host: string
  readonly path: string
  readonly query: string

  constructor(text: string) {
    const parts = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(?:\/\/(?:[^/?#@]*@)?([^/?#]*))?([^?]*)(?:\?(.*))?$/s.exec(text)
    const [, scheme = '', host = '', path = '', query = ''] = parts ?? []
    if (!parts || (!scheme && !text.startsWith('/')) || /\s/.test(text)) {
      refuse(`URL parse error during conversion from string: parse ${JSON.stringify(text)}: invalid URI for request`)
    }
    this.text = text
    this.scheme = scheme.toLowerCase()
    this.host = host
    this.path = path
    this.query = query
  }
  valueOf(): string {
    return this.text
  }
  get hostname(): string {
    const bracketed = /^\[(.*)\]/.exec(this.host)
    return bracketed?.[1] ?? this.host.replace(/:\d*$/, '')
  }
  get port(): string {
    return /:(\d*)$/.exec(this.host.replace(/^\[.*\]/, ''))?.[1] ?? ''
  }
}

const isUrl = (text: string): boolean => {
  try {
    return new CelUrl(text).text === text
  } catch {
    return false
  }
}

function queryOf({ query }: CelUrl): Map<string, string[]> {
  const values = new Map<string, string[]>()
  for (const [key, value] of new URLSearchParams(query)) values.set(key, [...(values.get(key) ?? []), value])
  return values
}

/** Kubernetes' URL functions. */
export const urls: Library = environment => {
  environment
    .registerType('kubernetes.URL', CelUrl)
    .registerFunction('url(string): kubernetes.URL', (text: string) => new CelUrl(text))
    .registerFunction('isURL(string): bool', isUrl)
    .registerFunction('kubernetes.URL.getScheme(): string', (url: CelUrl) => url.scheme)
    .registerFunction('kubernetes.URL.getHost(): string', (url: CelUrl) => url.host)
    .registerFunction('kubernetes.URL.getHostname(): string', (url: CelUrl) => url.hostname)
    .registerFunction('kubernetes.URL.getPort(): string', (url: CelUrl) => url.port)
    .registerFunction('kubernetes.URL.getEscapedPath(): string', (url: CelUrl) => encodeURI(decodeURI(url.path)))
    .registerFunction('kubernetes.URL.getQuery(): map<string, list<string>>', queryOf)
    .registerOperator('kubernetes.URL == kubernetes.URL', (a: CelUrl, b: CelUrl) => a.text === b.text)
}
