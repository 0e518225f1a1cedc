import type { HostMatch } from '../proxy/proxy-model.ts'

const isWildcard = (name: string) => name.startsWith('*.')
/** Whether a name is below a wildcard, at any depth. */
const isBelow = (name: string, wildcard: string) => name.endsWith(wildcard.slice(1)) && name.length > wildcard.length - 1

/** The more specific of two names when one covers the other; undefined when no host fits both. An absent one covers all. */
export function intersection(a: string | undefined, b: string | undefined): { readonly name: string | undefined } | undefined {
  if (!a || a === b) return { name: b || a || undefined }
  if (!b) return { name: a }
  if (isWildcard(b) && isBelow(a.replace(/^\*/, 'x'), b)) return { name: a }
  if (isWildcard(a) && isBelow(b.replace(/^\*/, 'x'), a)) return { name: b }
  return undefined
}

/** The names under which a route is served by a listener: none when they have nothing in common. */
export function servedNames(listener: string | undefined, route: readonly string[] = []): (string | undefined)[] {
  if (route.length === 0) return [listener || undefined]
  return route.flatMap(name => {
    const common = intersection(listener, name)
    return common ? [common.name] : []
  })
}

export function hostMatchOf(name: string | undefined): { host?: HostMatch } {
  if (!name) return {}
  const value = name.toLowerCase()
  return { host: isWildcard(value) ? { type: 'Suffix', value: value.slice(2) } : { type: 'Exact', value } }
}

/** Exact names before wildcards, longer before shorter, all hosts last. */
export const bySpecificName = (a: string | undefined, b: string | undefined): number =>
  rank(a) - rank(b) || (b?.length ?? 0) - (a?.length ?? 0)
const rank = (name: string | undefined) => (name === undefined ? 2 : isWildcard(name) ? 1 : 0)
