import { hashJson } from '../../../common/hash.ts'
import { hostVariable } from './haproxy-match.ts'
import { literal, word } from './haproxy-text.ts'
import type { Action, Filter, Forward, HeaderFilter, PathFilter, Redirect, Server } from './proxy-model.ts'

/** HAProxy's greatest weight. */
const greatestWeight = 256

/** The backend that does what an action says; equal actions have the same. */
export const backendName = (action: Action, mode: 'http' | 'tcp'): string => `${mode}-${hashJson(action).slice(0, 16)}`

/** Servers that stand for an answer of the proxy itself, where only a share of the requests is to get it. */
export const answeringServers: readonly (500 | 503)[] = [500, 503]
export const answeringAddress = (code: 500 | 503): string => `abns@answer-${code}`

export function backendSection(action: Action, mode: 'http' | 'tcp'): string[] {
  const lines = mode === 'tcp' ? tcpLines(action) : linesOf(action)
  return [`backend ${backendName(action, mode)}`, ...[`mode ${mode}`, ...lines].map(line => `  ${line}`)]
}

const tcpLines = (action: Action) => (action.type === 'Forward' ? serverLines(action.servers) : [])

function linesOf(action: Action): string[] {
  if (action.type === 'Answer') return [`http-request return status ${action.code} content-type text/plain string ${word(action.text)}`]
  return action.type === 'Redirect' ? redirectLines(action) : forwardLines(action)
}

/** The query stays, as it was asked. */
function redirectLines({ code, scheme, host, port, path }: Redirect): string[] {
  const toScheme = scheme ?? '%[ssl_fc,iif(https,http)]'
  const toHost = host === undefined ? `%[var(${hostVariable})]` : literal(host)
  const location = `${toScheme}://${toHost}${port === undefined ? '' : `:${port}`}%[pathq]`
  return [...(path ? pathLines(path) : []), `http-request redirect location ${word(location)} code ${code}`]
}

function forwardLines({ filters, servers }: Forward): string[] {
  const all = filters.flatMap(filterLines)
  if (servers.length === 0) return [...all, 'http-request return status 503 content-type text/plain string "Service Unavailable"']
  return [...all, ...serverLines(servers)]
}

function filterLines(filter: Filter): string[] {
  if (filter.type === 'Host') return [`http-request set-header Host ${word(literal(filter.value))}`]
  return 'pattern' in filter ? pathLines(filter) : headerLines(filter)
}

function headerLines({ type, set, add, remove }: HeaderFilter): string[] {
  const at = type === 'RequestHeaders' ? 'http-request' : 'http-response'
  return [
    ...set.map(({ name, value }) => `${at} set-header ${word(name)} ${word(literal(value))}`),
    ...add.map(({ name, value }) => `${at} add-header ${word(name)} ${word(literal(value))}`),
    ...remove.map(name => `${at} del-header ${word(name)}`),
  ]
}

function pathLines({ type, pattern, value }: PathFilter): string[] {
  if (type === 'ReplacePath') return [`http-request set-path ${word(literal(value))}`]
  if (type === 'ReplaceRegex') return [`http-request replace-path ${word(`(?i)^(?:${pattern}).*`)} ${word(literal(value))}`]
  const prefix = pattern.replace(/\/$/, '')
  const start = value.replace(/\/$/, '')
  const isPrefix = `{ path -m str -- ${word(prefix)} }`
  // What follows the prefix is put aside first: a path that has been rewritten may begin with the prefix again.
  return [
    `http-request set-var(txn.rest) path,bytes(${Buffer.byteLength(prefix)})${prefix ? ` if !${isPrefix}` : ''}`,
    ...(prefix ? [`http-request set-path ${word(literal(start || '/'))} if ${isPrefix}`] : []),
    `http-request set-path ${word(`${literal(start)}%[var(txn.rest)]`)} if { var(txn.rest) -m found }`,
  ]
}

/** Weights keep their proportions within HAProxy's range; nobody who had one loses all of it. */
function serverLines(servers: readonly Server[]): string[] {
  const greatest = Math.max(...servers.map(({ weight }) => weight))
  const scaled = (weight: number) =>
    weight === 0 ? 0 : Math.max(1, Math.round(greatest > greatestWeight ? (weight / greatest) * greatestWeight : weight))
  return servers.map(({ to, weight }, index) => {
    const isName = typeof to === 'string' && !/^[\d.]+:\d+$/.test(to)
    const address = typeof to === 'number' ? answeringAddress(to) : to
    return `server s${index} ${word(address)} weight ${scaled(weight)}${isName ? ' resolvers cluster init-addr none' : ''}`
  })
}
