import { hashJson } from '../../common/hash.ts'
import type { RegistryCredentials } from '../runtime/runtime.ts'
import { parseImageName } from './image-name.ts'

/** A Secret that a pod pulls its images with. */
export interface PullSecret {
  readonly metadata: { readonly uid: string; readonly namespace?: string | undefined; readonly name: string }
  readonly type?: string | undefined
  /** Base64 by key. */
  readonly data?: Readonly<Record<string, string>> | undefined
}
export interface SecretSource {
  readonly uid: string
  readonly namespace: string
  readonly name: string
}
/** A login with where it is from. */
export interface TrackedCredentials extends RegistryCredentials {
  readonly secret: SecretSource
  /** Changes with the login, and says nothing about it. */
  readonly hash: string
}

interface AuthEntry {
  readonly auth?: string
  readonly username?: string
  readonly password?: string
}

/**
 * The logins for an image among a pod's pull secrets, to be tried in this order: the more specific location first, as in
 * upstream's credentialprovider. A location is `host[:port][/path]`; a `*` or `?` in its host stands for letters between two
 * dots, its path for every path that begins so. Throws when a secret cannot be read.
 */
export function credentialsFor(image: string, secrets: readonly PullSecret[]): TrackedCredentials[] {
  const { registry, repository } = parseImageName(image)
  const all = secrets.flatMap(loginsOf).sort((a, b) => (a.location < b.location ? 1 : a.location > b.location ? -1 : 0))
  const fitting = all.filter(({ location }) => matches(location, `${registry}/${repository}`))
  // Docker Hub has two names, and logins are usually kept under the other one.
  const found = fitting.length === 0 && registry === 'docker.io' ? all.filter(({ location }) => location === 'index.docker.io') : fitting
  return found.map(({ credentials }) => ({ ...credentials, serverAddress: registry }))
}

interface Login {
  readonly location: string
  readonly credentials: Omit<TrackedCredentials, 'serverAddress'>
}

function loginsOf(secret: PullSecret): Login[] {
  const { uid, namespace = '', name } = secret.metadata
  return Object.entries(authsOf(secret)).map(([location, entry]) => {
    const login = loginOf(entry)
    return { location: locationOf(location), credentials: { ...login, secret: { uid, namespace, name }, hash: hashJson(login) } }
  })
}

function authsOf({ type, data }: PullSecret): Record<string, AuthEntry> {
  const read = (key: string): unknown => JSON.parse(Buffer.from(data?.[key] ?? '', 'base64').toString('utf8') || '{}')
  if (type === 'kubernetes.io/dockerconfigjson') return (read('.dockerconfigjson') as { auths?: Record<string, AuthEntry> }).auths ?? {}
  return type === 'kubernetes.io/dockercfg' ? (read('.dockercfg') as Record<string, AuthEntry>) : {}
}

/** `auth` wins over `username` and `password`. */
function loginOf({ auth, username = '', password = '' }: AuthEntry): Pick<RegistryCredentials, 'username' | 'password'> {
  if (!auth) return { username, password }
  const [, user, secret] = /^([^:]*):([^]*)$/.exec(Buffer.from(auth, 'base64').toString('utf8')) ?? []
  if (user === undefined || secret === undefined)
    throw new Error('unable to parse auth field, must be formatted as base64(username:password)')
  return { username: user, password: secret }
}

/** Without scheme, and without the version of the API that the docker client writes there. */
function locationOf(server: string): string {
  const [, host = '', path = ''] = /^(?:https?:\/\/)?([^/]*)(.*)$/.exec(server) ?? []
  const effective = path.replace(/^\/v[12]\//, '/')
  return effective === '/' ? host : host + effective
}

function matches(location: string, name: string): boolean {
  const [wanted, found] = [splitLocation(location), splitLocation(name)]
  if (wanted.port !== found.port || wanted.labels.length !== found.labels.length || !found.path.startsWith(wanted.path)) return false
  return wanted.labels.every((label, index) => globOf(label).test(found.labels[index] ?? ''))
}

function splitLocation(location: string) {
  const [, host = '', port = '', path = ''] = /^([^/:]*)(?::(\d+))?(.*)$/.exec(location) ?? []
  return { labels: host.split('.'), port, path }
}

/** A glob as Go's path.Match has it: `*`, `?` and `[a-z]`. */
function globOf(label: string): RegExp {
  const pattern = label.replace(/\[\^?[^\]]+\]|[^]/g, part => {
    if (part === '*') return '.*'
    if (part === '?') return '.'
    return part.length > 1 ? part : part.replace(/[.+^${}()|[\]\\]/, '\\$&')
  })
  return new RegExp(`^${pattern}$`)
}
