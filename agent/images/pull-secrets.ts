import type { RegistryCredentials } from '../runtime/runtime.ts'
import { parseImageName } from './image-name.ts'

interface AuthEntry {
  auth?: string
  username?: string
  password?: string
  identitytoken?: string
}
/** The data of a Secret: base64 by key. */
export interface PullSecret {
  readonly type?: string | undefined
  readonly data?: Readonly<Record<string, string>> | undefined
}

const decoded = (base64: string | undefined) => (base64 === undefined ? undefined : Buffer.from(base64, 'base64').toString('utf8'))

function entriesOf({ data }: PullSecret): [string, AuthEntry][] {
  const config = decoded(data?.['.dockerconfigjson'])
  const legacy = decoded(data?.['.dockercfg'])
  const auths = config === undefined ? legacy && (JSON.parse(legacy) as unknown) : (JSON.parse(config) as { auths?: unknown }).auths
  return auths && typeof auths === 'object' ? Object.entries(auths as Record<string, AuthEntry>) : []
}

function matches(server: string, image: string): boolean {
  const { registry, repository } = parseImageName(image)
  const wanted = server.replace(/^https?:\/\//, '').replace(/\/(v[12]\/?)?$/, '')
  const [host = '', ...path] = wanted.split('/')
  if (registry === 'docker.io' && /^((index|registry-1)\.)?docker\.io$/.test(host)) return true
  const pattern = new RegExp(
    `^${host
      .split('*')
      .map(part => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
      .join('[^.]*')}$`,
  )
  return pattern.test(registry) && (path.length === 0 || `${repository}/`.startsWith(`${path.join('/')}/`))
}

function credentialsOf(server: string, entry: AuthEntry): RegistryCredentials {
  const [user, ...rest] = (decoded(entry.auth) ?? '').split(':')
  const username = entry.username ?? user
  const password = entry.password ?? rest.join(':')
  return {
    serverAddress: server,
    ...(username ? { username } : {}),
    ...(password ? { password } : {}),
    ...(entry.identitytoken ? { identityToken: entry.identitytoken } : {}),
  }
}

/** The credentials for an image among a pod's pull secrets; of several that fit, the most specific. */
export function credentialsFor(image: string, secrets: readonly PullSecret[]): RegistryCredentials | undefined {
  const fitting = secrets.flatMap(entriesOf).filter(([server]) => matches(server, image))
  const [best] = fitting.sort(([a], [b]) => b.length - a.length)
  return best && credentialsOf(...best)
}
