import { isWritable } from '../proxy/haproxy-text.ts'
import type { Action, Filter, Header, HeaderFilter, Match, PathFilter, PathMatch, Route } from '../proxy/proxy-model.ts'
import { backendServers } from './backend-servers.ts'
import type {
  GatewayListener,
  HeaderModifier,
  HttpRoute,
  HttpRouteMatch,
  HttpRouteRule,
  PathModifier,
  RouteFilter,
} from './gateway-types.ts'
import { byAge, type GatewayView } from './gateway-view.ts'
import { bySpecificName, hostMatchOf } from './hostnames.ts'

/** A rule of a route for one name of one listener, on its way to its place among all others. */
export interface Candidate {
  readonly name: string | undefined
  readonly route: HttpRoute
  readonly rule: HttpRouteRule
  readonly match: HttpRouteMatch
}

const supportedFilters = ['RequestHeaderModifier', 'ResponseHeaderModifier', 'RequestRedirect', 'URLRewrite']

/** Why a route cannot be served as it is meant; such a route is not served at all. */
export function unsupportedIn({ spec: { rules = [] } }: HttpRoute): string | undefined {
  for (const { filters = [], backendRefs = [], matches = [] } of rules) {
    const unknown = filters.find(({ type }) => !supportedFilters.includes(type))
    if (unknown) return `filter ${unknown.type} is not supported`
    if (backendRefs.some(ref => (ref.filters ?? []).length > 0)) return 'filters of single backends are not supported'
    const types = filters.map(({ type }) => type)
    if (types.includes('RequestRedirect') && types.includes('URLRewrite')) return 'a rule cannot redirect and rewrite at once'
    const texts = matches.flatMap(({ path, headers = [], queryParams = [] }) =>
      [path, ...headers, ...queryParams].map(each => each?.value ?? ''),
    )
    if (!texts.every(isWritable)) return 'matches have control characters'
  }
  return undefined
}

/** The rules of a route under one of the names it is served by. */
export const candidatesOf = (route: HttpRoute, name: string | undefined): Candidate[] =>
  (route.spec.rules ?? [{}]).flatMap(rule => (rule.matches?.length ? rule.matches : [{}]).map(match => ({ name, route, rule, match })))

/** The order of the specification: name, path, method, headers, parameters; then the older route, and the order within it. */
export const byPrecedence = (a: Candidate, b: Candidate): number =>
  bySpecificName(a.name, b.name) ||
  pathRank(b.match) - pathRank(a.match) ||
  (b.match.path?.value ?? '/').length - (a.match.path?.value ?? '/').length ||
  Number(b.match.method !== undefined) - Number(a.match.method !== undefined) ||
  (b.match.headers?.length ?? 0) - (a.match.headers?.length ?? 0) ||
  (b.match.queryParams?.length ?? 0) - (a.match.queryParams?.length ?? 0) ||
  byAge(a.route, b.route)
const pathRank = ({ path }: HttpRouteMatch) => ['RegularExpression', 'PathPrefix', 'Exact'].indexOf(path?.type ?? 'PathPrefix')

/** The candidate as a route of the proxy. */
export const routeOf = (candidate: Candidate, listener: GatewayListener, view: GatewayView): Route => ({
  match: { ...hostMatchOf(candidate.name), ...matchOf(candidate.match) },
  action: actionOf(candidate, listener, view),
})

function matchOf({ path, method, headers = [], queryParams = [] }: HttpRouteMatch): Match {
  const values = (list: typeof headers, lower: boolean) =>
    list.map(({ type, name, value }) => ({
      type: type === 'RegularExpression' ? ('Regex' as const) : ('Exact' as const),
      name: lower ? name.toLowerCase() : name,
      value,
    }))
  return {
    path: pathMatchOf(path),
    ...(method ? { method } : {}),
    // Of two with one name the first counts.
    headers: firstOfName(values(headers, true)),
    query: firstOfName(values(queryParams, false)),
  }
}

function pathMatchOf({ type = 'PathPrefix', value = '/' }: NonNullable<HttpRouteMatch['path']> = {}): PathMatch {
  if (type === 'Exact') return { type, value }
  return type === 'RegularExpression' ? { type: 'Regex', value } : { type: 'Prefix', value: value.replace(/\/+$/, '') || '/' }
}

const firstOfName = <T extends { readonly name: string }>(list: readonly T[]): T[] =>
  list.filter((each, index) => list.findIndex(other => other.name === each.name) === index)

function actionOf({ rule, route, match }: Candidate, listener: GatewayListener, view: GatewayView): Action {
  const { filters = [], backendRefs = [] } = rule
  const prefix = (match.path?.type ?? 'PathPrefix') === 'PathPrefix' ? (match.path?.value ?? '/') : '/'
  const redirect = filters.find(({ type }) => type === 'RequestRedirect')?.requestRedirect
  if (redirect) {
    const { scheme, hostname, port, path, statusCode = 302 } = redirect
    const shown = shownPort(scheme ?? (listener.protocol === 'HTTPS' ? 'https' : 'http'), port ?? (scheme ? undefined : listener.port))
    return {
      type: 'Redirect',
      code: statusCode,
      ...(scheme ? { scheme } : {}),
      ...(hostname ? { host: hostname } : {}),
      ...(shown === undefined ? {} : { port: shown }),
      ...(path ? { path: pathFilterOf(path, prefix) } : {}),
    }
  }
  const { servers } = backendServers({ route, kind: 'HTTPRoute' }, backendRefs, view)
  return { type: 'Forward', filters: filters.flatMap(filter => filterOf(filter, prefix)), servers: servers }
}

/** Ports that everybody knows are not written. */
const shownPort = (scheme: string, port: number | undefined) => (port === (scheme === 'https' ? 443 : 80) ? undefined : port)

function filterOf({ type, requestHeaderModifier, responseHeaderModifier, urlRewrite }: RouteFilter, prefix: string): Filter[] {
  if (type === 'RequestHeaderModifier' && requestHeaderModifier) return [headersOf('RequestHeaders', requestHeaderModifier)]
  if (type === 'ResponseHeaderModifier' && responseHeaderModifier) return [headersOf('ResponseHeaders', responseHeaderModifier)]
  const { hostname, path } = urlRewrite ?? {}
  return [...(hostname ? [{ type: 'Host' as const, value: hostname }] : []), ...(path ? [pathFilterOf(path, prefix)] : [])]
}

const headersOf = (type: HeaderFilter['type'], { set = [], add = [], remove = [] }: HeaderModifier): HeaderFilter => {
  const plain = (list: readonly Header[]) => list.map(({ name, value }) => ({ name, value }))
  return { type, set: plain(set), add: plain(add), remove: [...remove] }
}

const pathFilterOf = ({ type, replaceFullPath = '/', replacePrefixMatch = '/' }: PathModifier, prefix: string): PathFilter =>
  type === 'ReplaceFullPath'
    ? { type: 'ReplacePath', pattern: '', value: replaceFullPath }
    : { type: 'ReplacePrefix', pattern: prefix, value: replacePrefixMatch }
