import { badRequest } from '../../../api/errors.ts'
import { parseFieldSelector, requiredValue } from '../../../api/field-selector.ts'
import type { Attributes } from '../interfaces.ts'

/** What a method and a URL ask for (upstream's RequestInfo). */
export interface RequestInfo {
  /** Decoded, without the query. */
  readonly path: string
  readonly query: URLSearchParams
  readonly verb: string
  /** Absent on paths that are no resource's: /version, /apis, /apis/apps/v1. */
  readonly resource?: ResourcePath
}

export interface ResourcePath {
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly namespace: string
  readonly name: string
  readonly subresource: string
  /** What follows the subresource: the path behind `proxy`. */
  readonly rest: string
}

const methodVerbs: Readonly<Record<string, string>> = {
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
  GET: 'get',
  HEAD: 'get',
}

export function readRequestInfo(method: string, url: string): RequestInfo {
  const question = url.indexOf('?')
  const raw = question === -1 ? url : url.slice(0, question)
  const query = new URLSearchParams(question === -1 ? '' : url.slice(question + 1))
  const segments = decodeSegments(raw)
  const path = `/${segments.join('/')}`
  const resource = resourceOf(segments)
  if (!resource) return { path, query, verb: method.toLowerCase() }
  const verb = resource.watched && method === 'GET' ? 'watch' : verbOf(method, query, resource.path)
  return { path, query, verb, resource: resource.path }
}

function decodeSegments(path: string): string[] {
  const segments = path.split('/')
  segments.shift()
  if (!path.includes('%')) return segments
  try {
    return segments.map(decodeURIComponent)
  } catch (error) {
    if (error instanceof URIError) throw badRequest(`invalid URL escape in path ${JSON.stringify(path)}`)
    throw error
  }
}

/** Parts of a namespace that are paths under it, not kinds in it. */
const namespaceSubresources = ['status', 'finalize']

/** `watched`: the path has `watch` before the resource, as older clients still watch; the same as the parameter. */
function resourceOf(segments: string[]): { path: ResourcePath; watched: boolean } | undefined {
  const core = segments[0] === 'api'
  if (!core && segments[0] !== 'apis') return undefined
  const group = core ? '' : (segments[1] ?? '')
  const version = segments[core ? 1 : 2] ?? ''
  const parts = segments.slice(core ? 2 : 3)
  if (parts.at(-1) === '') parts.pop()
  const watched = parts[0] === 'watch' && parts.length > 1
  if (watched) parts.shift()
  if (parts.length === 0) return undefined
  const namespaced =
    parts[0] === 'namespaces' && parts.length > 2 && !(core && namespaceSubresources.includes(parts[2] ?? '') && parts.length === 3)
  const namespace = namespaced ? (parts[1] ?? '') : ''
  const [plural = '', name = '', subresource = '', ...rest] = namespaced ? parts.slice(2) : parts
  return { path: { group, version, plural, namespace, name, subresource, rest: rest.join('/') }, watched }
}

function verbOf(method: string, query: URLSearchParams, { name }: ResourcePath): string {
  // Other methods have no verb, and are allowed to whoever may do everything.
  const verb = methodVerbs[method] ?? ''
  if (verb === 'delete' && !name) return 'deletecollection'
  if (verb !== 'get') return verb
  if (isTrue(query.get('watch'))) return 'watch'
  return name ? 'get' : 'list'
}

/** How upstream reads booleans in queries: a bare parameter counts. */
export const isTrue = (value: string | null): boolean => value !== null && !['false', '0'].includes(value.toLowerCase())

/** A whole number in a query; undefined when absent. */
export function integerOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name)
  if (text === null || text === '') return undefined
  if (!/^[+-]?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`)
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: value out of range`)
  return value
}

/** What has to be allowed for this request. A list that asks for one name counts as being about that name. */
export function attributesOf({ path, verb, resource, query }: RequestInfo): Attributes {
  if (!resource) return { type: 'path', verb, path }
  const { group, version, plural, namespace, name, subresource } = resource
  return {
    type: 'resource',
    verb,
    group,
    version,
    resource: plural,
    ...(subresource ? { subresource } : {}),
    // A namespace is in itself, as far as rights go.
    namespace: plural === 'namespaces' && group === '' ? name : namespace,
    name: name || selectedName(query),
  }
}

function selectedName(query: URLSearchParams): string {
  const selector = query.get('fieldSelector')
  if (!selector?.includes('metadata.name')) return ''
  try {
    return requiredValue(parseFieldSelector(selector), 'metadata.name') ?? ''
  } catch (error) {
    // Refused with a better message when the list is made.
    if (error instanceof SyntaxError) return ''
    throw error
  }
}
