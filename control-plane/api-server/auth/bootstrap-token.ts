import { timingSafeEqual } from 'node:crypto'
import { Secret } from '../../../api/core/secret.ts'
import type { Lookup, User } from '../interfaces.ts'
import { authenticated, bootstrappers } from '../rbac/groups.ts'

const pattern = /^([a-z0-9]{6})\.([a-z0-9]{16})$/
const extraGroupPattern = /^system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]$/

/** The user of a bootstrap token, when its secret in kube-system exists, says the same, has not expired and allows authentication. */
export function bootstrapUser(token: string, lookup: Lookup, now: Date): User | undefined {
  const [, id, secret] = pattern.exec(token) ?? []
  if (!id || !secret) return undefined
  const stored = lookup.get(Secret, { namespace: 'kube-system', name: `bootstrap-token-${id}` })
  if (!stored || stored.metadata.deletionTimestamp || stored.type !== 'bootstrap.kubernetes.io/token') return undefined
  const read = (key: string) => Buffer.from(stored.data?.[key] ?? '', 'base64').toString('utf8')
  if (read('token-id') !== id || !sameText(read('token-secret'), secret) || read('usage-bootstrap-authentication') !== 'true')
    return undefined
  const expiration = read('expiration')
  if (expiration && !(Date.parse(expiration) > now.getTime())) return undefined
  const groups = read('auth-extra-groups')
    .split(',')
    .filter(group => extraGroupPattern.test(group))
  return { name: `system:bootstrap:${id}`, groups: [bootstrappers, ...groups, authenticated] }
}

const sameText = (a: string, b: string) => a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
