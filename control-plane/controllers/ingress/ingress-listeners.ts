import type { Secret } from '../../../api/core/secret.ts'
import type { Ingress, IngressBackend } from '../../../api/networking/ingress.ts'
import { keyOf } from '../../../client/cache.ts'
import {
  noBackend,
  notFound,
  type Action,
  type Certificate,
  type Filter,
  type HostMatch,
  type Listener,
  type Route,
} from '../proxy/proxy-model.ts'
import { serviceServers, type ServiceView } from '../proxy/service-servers.ts'
import { wishesOf } from './ingress-annotations.ts'
import { bySpecificity, pathMatch, rewriteOf, type IngressPath } from './ingress-paths.ts'
import { ingressCertificates } from './ingress-tls.ts'

export interface IngressView extends ServiceView {
  secret(namespace: string, name: string): Secret | undefined
  /** What those get who ask for a host without a certificate. */
  readonly fallbackCertificate: Certificate
}

/** What an ingress asks for that it does not get; `ingress` is its key. */
export interface Problem {
  readonly ingress: string
  readonly message: string
}

/** All that ingresses say about one host: paths, whose default backend gets the rest, and whether it is served over TLS only. */
interface Host {
  readonly name: string
  readonly paths: IngressPath[]
  readonly owner: Ingress
}

/**
 * The listeners that serve the ingresses, which come oldest first. A host is looked up before a path: an exact one, one with a
 * wildcard, the rules without a host; what no path of its host takes goes to the default backend of the ingress that brought the
 * host up first, and what no host takes to that of the oldest ingress that has one.
 */
export function ingressListeners(ingresses: readonly Ingress[], view: IngressView): { listeners: Listener[]; problems: Problem[] } {
  const problems: Problem[] = []
  const report = (ingress: Ingress, message: string) => problems.push({ ingress: keyOf(ingress), message })
  const action = (ingress: Ingress, backend: IngressBackend | undefined, filters: readonly Filter[] = []) =>
    backendAction(backend, { ingress, view, filters, report })
  for (const ingress of ingresses)
    for (const name of wishesOf(ingress).unknown) report(ingress, `annotation ${name} is not supported and ignored`)
  const tls = ingressCertificates(ingresses, view, report)
  const hosts = hostsOf(ingresses, report)
  const otherwise = fallbackOf(ingresses, action)
  const secure: Route[] = []
  const plain: Route[] = []
  for (const { name, paths, owner } of hosts) {
    const host = hostMatch(name)
    for (const { ingress, wishes, rule, match } of [...paths].sort(bySpecificity)) {
      const route = { match: { ...host, path: match }, action: action(ingress, rule.backend, rewriteOf(rule, wishes)) }
      const mustBeSecure = wishes.forceSslRedirect || (wishes.sslRedirect && tls.covers(ingress, name))
      secure.push(route)
      plain.push(mustBeSecure ? { ...route, action: { type: 'Redirect', code: 308, scheme: 'https' } } : route)
    }
    // Whatever else is asked of this host must not fall to the rules for all hosts.
    const rest: Route = { match: host, action: owner.spec.defaultBackend ? action(owner, owner.spec.defaultBackend) : otherwise }
    secure.push(rest)
    plain.push(rest)
  }
  return {
    listeners: [
      { name: 'http', port: 80, protocol: 'HTTP', certificates: [], routes: plain, otherwise },
      { name: 'https', port: 443, protocol: 'HTTPS', certificates: tls.certificates, routes: secure, otherwise },
    ],
    problems: unique(problems),
  }
}

function hostsOf(ingresses: readonly Ingress[], report: (ingress: Ingress, message: string) => void): Host[] {
  const hosts = new Map<string, Host>()
  for (const ingress of ingresses) {
    const wishes = wishesOf(ingress)
    for (const { host: name = '', http } of ingress.spec.rules ?? []) {
      const host = hosts.get(name) ?? { name, paths: [], owner: ingress }
      hosts.set(name, host)
      for (const rule of http?.paths ?? []) {
        const match = pathMatch(rule, wishes)
        const first = host.paths.find(other => other.match.type === match?.type && other.match.value === match.value)
        if (!match) report(ingress, `path ${JSON.stringify(rule.path)} cannot be compared with requests and is ignored`)
        else if (first)
          report(ingress, `host "${name || '*'}" and path "${rule.path ?? '/'}" is already defined in ingress ${keyOf(first.ingress)}`)
        else host.paths.push({ ingress, wishes, rule, match })
      }
    }
  }
  return [...hosts.values()].sort((a, b) => rankOf(a.name) - rankOf(b.name) || b.name.length - a.name.length || (a.name < b.name ? -1 : 1))
}

const rankOf = (name: string) => (name === '' ? 2 : name.startsWith('*.') ? 1 : 0)

function hostMatch(name: string): { host?: HostMatch } {
  if (name === '') return {}
  return { host: name.startsWith('*.') ? { type: 'Label', value: name.slice(2) } : { type: 'Exact', value: name } }
}

/** That of an ingress without rules is for everybody; one with rules has it for what they do not take. */
function fallbackOf(ingresses: readonly Ingress[], action: (ingress: Ingress, backend: IngressBackend | undefined) => Action): Action {
  const candidates = ingresses.filter(({ spec }) => spec.defaultBackend)
  const chosen = candidates.find(({ spec }) => !spec.rules?.length) ?? candidates[0]
  return chosen ? action(chosen, chosen.spec.defaultBackend) : notFound
}

interface BackendContext {
  readonly ingress: Ingress
  readonly view: ServiceView
  readonly filters: readonly Filter[]
  readonly report: (ingress: Ingress, message: string) => void
}

function backendAction(backend: IngressBackend | undefined, { ingress, view, filters, report }: BackendContext): Action {
  if (!backend?.service) {
    const { kind = '', name = '' } = backend?.resource ?? {}
    report(ingress, `resource backends are not supported: ${kind} "${name}"`)
    return noBackend
  }
  const resolved = serviceServers(
    { namespace: ingress.metadata.namespace ?? '', name: backend.service.name, port: backend.service.port },
    view,
  )
  if ('missing' in resolved) {
    report(ingress, resolved.missing)
    return noBackend
  }
  return { type: 'Forward', filters, servers: resolved.servers.map(to => ({ to, weight: 1 })) }
}

const unique = (problems: readonly Problem[]) => [
  ...new Map(problems.map(problem => [`${problem.ingress} ${problem.message}`, problem])).values(),
]
