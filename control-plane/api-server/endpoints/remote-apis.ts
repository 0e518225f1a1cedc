import type { User } from '../interfaces.ts'
import type { Backend } from './backend-proxy.ts'

/** An entry of another server's APIResourceList. */
export interface RemoteResource {
  readonly name: string
  readonly singularName?: string
  readonly namespaced: boolean
  readonly kind: string
  readonly group?: string
  readonly version?: string
  readonly verbs: readonly string[]
  readonly shortNames?: readonly string[]
  readonly categories?: readonly string[]
}

export interface RemoteVersion {
  readonly group: string
  readonly version: string
  readonly priority: readonly [group: number, version: number]
  /** Whether its server answers. */
  readonly current: boolean
  /** What it was last heard to serve. */
  readonly resources: readonly RemoteResource[]
}

/** Versions of the API that other servers have. */
export interface RemoteApis {
  /** Who serves the path; undefined: nobody but this server. Throws when its server is unavailable. */
  backendFor(path: string, url: string, user: User): Backend | undefined
  versions(): readonly RemoteVersion[]
}

/** A remote version in aggregated discovery: subresources stand with their resource. */
export function aggregatedVersionOf({ group, version, current, resources }: RemoteVersion): object {
  const kindOf = (of: RemoteResource) => ({ group: of.group ?? group, version: of.version ?? version, kind: of.kind })
  const parts = (name: string) =>
    resources
      .filter(other => other.name.startsWith(`${name}/`))
      .map(part => ({ subresource: part.name.slice(name.length + 1), responseKind: kindOf(part), verbs: part.verbs }))
  return {
    version,
    resources: resources
      .filter(({ name }) => !name.includes('/'))
      .map(resource => {
        const { name, namespaced, singularName = '', shortNames, categories, verbs } = resource
        const subresources = parts(name)
        return {
          resource: name,
          responseKind: kindOf(resource),
          scope: namespaced ? 'Namespaced' : 'Cluster',
          singularResource: singularName,
          verbs,
          ...(shortNames ? { shortNames } : {}),
          ...(categories ? { categories } : {}),
          ...(subresources.length > 0 ? { subresources } : {}),
        }
      }),
    freshness: current ? 'Current' : 'Stale',
  }
}

interface Version {
  readonly version: string
}
interface Group {
  readonly name: string
  readonly versions: readonly Version[]
}

/** Groups as /apis lists them: this server's, then those that only others have, by their priority. A remote version takes the place of ours. */
export function withRemoteGroups(own: readonly Group[], remote: readonly RemoteVersion[]): Group[] {
  const inOrder = [...remote].sort(
    (a, b) => b.priority[0] - a.priority[0] || (a.group < b.group ? -1 : a.group > b.group ? 1 : 0) || b.priority[1] - a.priority[1],
  )
  const groups = new Map(own.map(group => [group.name, group.versions]))
  for (const { group, version } of inOrder) {
    const known = groups.get(group) ?? []
    if (!known.some(other => other.version === version)) groups.set(group, [...known, { version }])
  }
  return [...groups].map(([name, versions]) => ({ name, versions }))
}
