import { apiVersionOf, type Kind } from '../../../api/kind.ts'

const allVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']

export const verbsOf = (kind: Kind): readonly string[] => kind.verbs ?? allVerbs

export interface Version {
  readonly version: string
  readonly kinds: readonly Kind[]
}
export interface Group {
  readonly name: string
  readonly versions: readonly Version[]
}

const byPlural = (a: Kind, b: Kind) => (a.plural < b.plural ? -1 : 1)

/** Kinds by group and version, groups in the order of their first kind. */
export function groupsOf(kinds: readonly Kind[]): Group[] {
  const groups = groupBy(kinds, kind => kind.group)
  return [...groups].map(([name, members]) => ({
    name,
    versions: [...groupBy(members, kind => kind.version)].map(([version, list]) => ({ version, kinds: [...list].sort(byPlural) })),
  }))
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    groups.set(key, [...(groups.get(key) ?? []), item])
  }
  return groups
}

/** The entries of an APIResourceList: the kind and its subresources. */
export function resourcesOf(kind: Kind): object[] {
  const { plural, singular, namespaced, shortNames, categories } = kind
  const whole = {
    name: plural,
    singularName: singular,
    namespaced,
    kind: kind.kind,
    verbs: verbsOf(kind),
    ...(shortNames ? { shortNames } : {}),
    ...(categories ? { categories } : {}),
  }
  const parts = subresourcesOf(kind).map(([name, { group, version, kind: kindName, verbs }]) => ({
    name: `${plural}/${name}`,
    singularName: '',
    namespaced,
    ...(group ? { group } : {}),
    ...(version ? { version } : {}),
    kind: kindName ?? kind.kind,
    verbs,
  }))
  return [whole, ...parts]
}

const subresourcesOf = (kind: Kind) => Object.entries(kind.subresources ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))

/** The same for aggregated discovery. */
export function aggregatedResourceOf(kind: Kind): object {
  const { group, version, namespaced, plural, singular, shortNames, categories } = kind
  const subresources = subresourcesOf(kind).map(([subresource, part]) => ({
    subresource,
    responseKind: { group: part.group ?? group, version: part.version ?? version, kind: part.kind ?? kind.kind },
    verbs: part.verbs,
  }))
  return {
    resource: plural,
    responseKind: { group, version, kind: kind.kind },
    scope: namespaced ? 'Namespaced' : 'Cluster',
    singularResource: singular,
    verbs: verbsOf(kind),
    ...(shortNames ? { shortNames } : {}),
    ...(categories ? { categories } : {}),
    ...(subresources.length > 0 ? { subresources } : {}),
  }
}

export const groupVersionOf = ({ name }: Group, { version }: Version): string => apiVersionOf({ group: name, version })
