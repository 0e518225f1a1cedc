import type { Kind } from '../../../api/kind.ts'

type Resource = Pick<Kind, 'group' | 'plural' | 'namespaced' | 'storedAs'>

/** Where a kind's objects live in the store; kinds that share storage (events) share this. */
const root = (kind: Resource): string => {
  const { group, plural } = kind.storedAs ?? kind
  return `/${group || 'core'}/${plural}/`
}

/** Prefix of all objects of the kind, or of those in one namespace. */
export const prefixOf = (kind: Resource, namespace: string): string =>
  kind.namespaced && namespace ? `${root(kind)}${namespace}/` : root(kind)

export const keyOf = (kind: Resource, namespace: string, name: string): string => `${prefixOf(kind, namespace)}${name}`
