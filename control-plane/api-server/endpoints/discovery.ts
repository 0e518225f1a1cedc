import { apiVersionOf, type Kind } from '../../../api/kind.ts'
import type { ServedKinds } from '../interfaces.ts'
import { aggregatedResourceOf, groupsOf, groupVersionOf, resourcesOf, type Group, type Version } from './discovery-resources.ts'
import { aggregatedVersionOf, withRemoteGroups, type RemoteApis, type RemoteVersion } from './remote-apis.ts'

/** What a discovery path answers. */
export interface DiscoveryAnswer {
  readonly body: object
  readonly contentType: string
}

/** Where clients learn which kinds there are; every answer is made once for the kinds that there are. */
export class Discovery {
  readonly #kinds: ServedKinds
  #known: readonly Kind[] = []
  #groups: readonly Group[] = []
  readonly #serverAddress: string
  readonly #answers = new Map<string, DiscoveryAnswer>()
  readonly #remote: Pick<RemoteApis, 'versions'> | undefined

  constructor(kinds: ServedKinds, serverAddress: string, remote?: Pick<RemoteApis, 'versions'>) {
    this.#kinds = kinds
    this.#serverAddress = serverAddress
    this.#remote = remote
  }
  /** Undefined when the path is none of discovery's. */
  answer(path: string, accept: string | undefined): DiscoveryAnswer | undefined {
    this.#follow()
    const clean = path.replace(/\/$/, '')
    const aggregated = clean === '/api' || clean === '/apis' ? aggregatedVersion(accept) : undefined
    const key = `${clean} ${aggregated ?? ''}`
    const remote = clean.startsWith('/apis') ? (this.#remote?.versions() ?? []) : []
    const known = remote.length === 0 ? this.#answers.get(key) : undefined
    if (known) return known
    const body = aggregated ? this.#aggregated(clean, aggregated, remote) : this.#plain(clean, remote)
    if (!body) return undefined
    const type = aggregated ? `application/json;g=apidiscovery.k8s.io;v=${aggregated};as=APIGroupDiscoveryList` : 'application/json'
    const answer = { body, contentType: type }
    if (remote.length === 0) this.#answers.set(key, answer)
    return answer
  }

  /** Every path that discovery answers. */
  paths(): string[] {
    this.#follow()
    const versions = this.#groups.flatMap(group =>
      group.versions.map(version => `${group.name ? '/apis' : '/api'}/${groupVersionOf(group, version)}`),
    )
    return ['/api', '/apis', ...this.#groups.filter(({ name }) => name).map(({ name }) => `/apis/${name}`), ...versions]
  }

  #follow(): void {
    const kinds = this.#kinds.all()
    if (kinds === this.#known) return
    this.#known = kinds
    this.#groups = groupsOf(kinds)
    this.#answers.clear()
  }
  #plain(path: string, remote: readonly RemoteVersion[]): object | undefined {
    if (path === '/api') return this.#coreVersions()
    const named = withRemoteGroups(
      this.#groups.filter(group => group.name !== ''),
      remote,
    )
    if (path === '/apis') return { kind: 'APIGroupList', apiVersion: 'v1', groups: named.map(groupOf) }
    const asked = named.find(({ name }) => path === `/apis/${name}`)
    if (asked) return { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(asked) }
    for (const group of this.#groups) {
      const root = group.name ? '/apis/' : '/api/'
      const version = group.versions.find(version => path === root + groupVersionOf(group, version))
      if (version) return resourceList(group, version)
    }
    return undefined
  }
  #coreVersions(): object {
    const core = this.#groups.find(group => group.name === '')
    const addresses = [{ clientCIDR: '0.0.0.0/0', serverAddress: this.#serverAddress }]
    const versions = (core?.versions ?? []).map(({ version }) => version)
    return { kind: 'APIVersions', versions, serverAddressByClientCIDRs: addresses }
  }
  #aggregated(path: string, version: string, remote: readonly RemoteVersion[]): object {
    const own = this.#groups.filter(group => (group.name === '') === (path === '/api'))
    const versionOf = (group: string, version: string): object => {
      const elsewhere = remote.find(other => other.group === group && other.version === version)
      if (elsewhere) return aggregatedVersionOf(elsewhere)
      const kinds = own.find(({ name }) => name === group)?.versions.find(other => other.version === version)?.kinds ?? []
      return { version, resources: kinds.map(aggregatedResourceOf), freshness: 'Current' }
    }
    const items = withRemoteGroups(own, remote).map(({ name, versions }) => ({
      metadata: { ...(name ? { name } : {}), creationTimestamp: null },
      versions: versions.map(({ version }) => versionOf(name, version)),
    }))
    return { kind: 'APIGroupDiscoveryList', apiVersion: `apidiscovery.k8s.io/${version}`, metadata: {}, items }
  }
}

/** Which version of aggregated discovery the client asks for before plain JSON. */
function aggregatedVersion(accept = ''): 'v2' | 'v2beta1' | undefined {
  for (const part of accept.split(',')) {
    if (!part.includes('as=APIGroupDiscoveryList')) {
      if (/^\s*(application\/(json|\*)|\*\/\*)\s*(;q=.*)?$/.test(part)) return undefined
      continue
    }
    if (!part.trim().startsWith('application/json')) continue
    if (part.includes('v=v2beta1')) return 'v2beta1'
    if (part.includes('v=v2')) return 'v2'
  }
  return undefined
}

function groupOf({ name, versions }: { readonly name: string; readonly versions: readonly { readonly version: string }[] }): object {
  const all = versions.map(({ version }) => ({ groupVersion: apiVersionOf({ group: name, version }), version }))
  return { name, versions: all, preferredVersion: all[0] }
}

const resourceList = (group: Group, version: Version): object => ({
  kind: 'APIResourceList',
  ...(group.name ? { apiVersion: 'v1' } : {}),
  groupVersion: groupVersionOf(group, version),
  resources: version.kinds.flatMap(resourcesOf),
})
