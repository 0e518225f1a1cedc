import type { Kind, KubernetesObject } from '../api/kind.ts'
import type { Client } from './client.ts'

interface ResourceList {
  readonly resources: readonly {
    readonly name: string
    readonly kind: string
    readonly namespaced: boolean
    readonly verbs: readonly string[]
  }[]
}
interface GroupList {
  readonly groups: readonly { readonly name: string; readonly preferredVersion: { readonly version: string } }[]
}

/** Every kind that the server serves, custom ones included, in its preferred version. Enough of each to reach its objects. */
export async function discoverKinds(client: Pick<Client, 'getPath'>): Promise<Kind[]> {
  const { groups } = (await client.getPath('/apis')) as GroupList
  const versions = [{ group: '', version: 'v1' }, ...groups.map(({ name, preferredVersion: { version } }) => ({ group: name, version }))]
  return (await Promise.all(versions.map(each => kindsOf(client, each)))).flat()
}

async function kindsOf(client: Pick<Client, 'getPath'>, { group, version }: { group: string; version: string }): Promise<Kind[]> {
  const { resources } = (await client.getPath(group ? `/apis/${group}/${version}` : `/api/${version}`)) as ResourceList
  return resources
    .filter(({ name }) => !name.includes('/'))
    .map(({ name, kind, namespaced, verbs }): Kind<KubernetesObject> => ({
      group,
      version,
      kind,
      plural: name,
      singular: kind.toLowerCase(),
      namespaced,
      verbs,
      schema: {},
      columns: [],
    }))
}
