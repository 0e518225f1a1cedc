import type { IncomingMessage } from 'node:http'
import { apiError } from '../../../api/errors.ts'
import type { Attributes, Impersonation } from '../interfaces.ts'
import { anonymous, authenticated, serviceAccounts, unauthenticated } from '../rbac/groups.ts'

const extraPrefix = 'impersonate-extra-'
const accountPattern = /^system:serviceaccount:([^:]+):([^:]+)$/

/** What `kubectl --as`, `--as-group` and `--as-uid` ask for; undefined when the request asks for nothing of the kind. */
export function impersonationOf(request: Pick<IncomingMessage, 'headers' | 'headersDistinct'>): Impersonation | undefined {
  // Hardly any request does; splitting headers into their values costs more than looking.
  if (!asksForAnother(request.headers)) return undefined
  const { headersDistinct } = request
  const [name] = headersDistinct['impersonate-user'] ?? []
  const groups = headersDistinct['impersonate-group'] ?? []
  const [uid] = headersDistinct['impersonate-uid'] ?? []
  const extra = Object.entries(headersDistinct)
    .filter(([header]) => header.startsWith(extraPrefix))
    .map(([header, values = []]) => [unescaped(header.slice(extraPrefix.length)), values] as const)
  if (!name) {
    if (groups.length + extra.length === 0 && uid === undefined) return undefined
    throw apiError('InternalError', 'Internal error occurred: groups, a uid or extra fields were requested without impersonating a user')
  }
  return {
    user: {
      name,
      groups: groupsOf(name, groups),
      ...(uid ? { uid } : {}),
      ...(extra.length > 0 ? { extra: Object.fromEntries(extra) } : {}),
    },
    needs: [
      needForUser(name),
      ...groups.map(group => need({ resource: 'groups', name: group })),
      ...(uid ? [need({ group: 'authentication.k8s.io', resource: 'uids', name: uid })] : []),
      ...extra.flatMap(([key, values]) =>
        values.map(value => need({ group: 'authentication.k8s.io', resource: 'userextras', subresource: key, name: value })),
      ),
    ],
  }
}

function asksForAnother(headers: IncomingMessage['headers']): boolean {
  for (const header in headers) if (header.startsWith('impersonate-')) return true
  return false
}

/** Keys travel percent-encoded; one that is not is taken as it is. */
function unescaped(key: string): string {
  try {
    return decodeURIComponent(key)
  } catch (error) {
    if (error instanceof URIError) return key
    throw error
  }
}

type Resource = Extract<Attributes, { type: 'resource' }>

const need = (more: Pick<Resource, 'resource' | 'name'> & Partial<Resource>): Resource => ({
  type: 'resource',
  verb: 'impersonate',
  group: '',
  version: 'v1',
  namespace: '',
  ...more,
})

function needForUser(name: string): Resource {
  const [, namespace, account] = accountPattern.exec(name) ?? []
  return namespace && account ? need({ resource: 'serviceaccounts', namespace, name: account }) : need({ resource: 'users', name })
}

/** The groups asked for, those that every account is in, and the one that tells who is known from who is not. */
function groupsOf(name: string, asked: readonly string[]): string[] {
  const namespace = accountPattern.exec(name)?.[1]
  const groups = asked.length === 0 && namespace ? [serviceAccounts, `${serviceAccounts}:${namespace}`] : [...asked]
  const known = name === anonymous ? unauthenticated : authenticated
  return groups.includes(known) || groups.includes(unauthenticated) ? groups : [...groups, known]
}
