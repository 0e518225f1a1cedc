/** What a connection may be told by its query. */
interface OptionFields {
  readonly kind: string
  readonly flags?: readonly string[]
  readonly texts?: readonly string[]
  /** Texts that may come more than once. */
  readonly lists?: readonly string[]
  readonly ports?: boolean
  /** What follows `proxy` in the path of the request is one of them. */
  readonly path?: boolean
}

const streams = ['stdin', 'stdout', 'stderr', 'tty']
const fieldsOf: Readonly<Record<string, OptionFields>> = {
  'pods/exec': { kind: 'PodExecOptions', flags: streams, texts: ['container'], lists: ['command'] },
  'pods/attach': { kind: 'PodAttachOptions', flags: streams, texts: ['container'] },
  'pods/portforward': { kind: 'PodPortForwardOptions', ports: true },
  'pods/proxy': { kind: 'PodProxyOptions', path: true },
  'services/proxy': { kind: 'ServiceProxyOptions', path: true },
  'nodes/proxy': { kind: 'NodeProxyOptions', path: true },
}

export interface Connection {
  readonly plural: string
  readonly subresource: string
  readonly query: URLSearchParams
  /** What follows `proxy`, its slash included; '' when nothing does. */
  readonly rest: string
}

const isTrue = (text: string | null): boolean => text !== null && text !== 'false' && text !== '0'

/** The object that upstream's API server makes of the query of a connection, for admission; undefined where there is none (logs). */
export function connectionOptions({ plural, subresource, query, rest }: Connection): Record<string, unknown> | undefined {
  const fields = fieldsOf[`${plural}/${subresource}`]
  if (!fields) return undefined
  const { kind, flags = [], texts = [], lists = [], ports = false, path = false } = fields
  const options: Record<string, unknown> = { kind, apiVersion: 'v1' }
  for (const name of flags) if (isTrue(query.get(name))) options[name] = true
  for (const name of texts) if (query.get(name)) options[name] = query.get(name)
  for (const name of lists) if (query.has(name)) options[name] = query.getAll(name)
  if (ports && query.has('ports')) options['ports'] = query.getAll('ports').flatMap(each => each.split(',').map(Number))
  if (path && rest) options['path'] = rest
  return options
}
