import type { Kind } from '../../../api/kind.ts'
import type { ServedKinds } from '../interfaces.ts'
import { aggregatedResourceOf, groupsOf, groupVersionOf, resourcesOf, type Group, type Version } from './discovery-resources.ts'

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

  constructor(kinds: ServedKinds, serverAddress: string) {
    this.#kinds = kinds
    this.#serverAddress = serverAddress
  }
  /** Undefined when the path is none of discovery's. */
  answer(path: string, accept: string | undefined): DiscoveryAnswer | undefined {
    this.#follow()
    const clean = path.replace(/\/$/, '')
    const aggregated = clean === '/api' || clean === '/apis' ? aggregatedVersion(accept) : undefined
    const key = `${clean} ${aggregated ?? ''}`
    const known = this.#answers.get(key)
    if (known) return known
    const body = aggregated ? this.#aggregated(clean, aggregated) : this.#plain(clean)
    if (!body) return undefined
    const type = aggregated ? `application/json;g=apidiscovery.k8s.io;v=${aggregated};as=APIGroupDiscoveryList` : 'application/json'
    const answer = { body, contentType: type }
    this.#answers.set(key, answer)
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
  #plain(path: string): object | undefined {
    const named = this.#groups.filter(group => group.name !== '')
    if (path === '/api') return this.#coreVersions()
    if (path === '/apis') return { kind: 'APIGroupList', apiVersion: 'v1', groups: named.map(groupOf) }
    for (const group of this.#groups) {
      if (group.name && path === `/apis/${group.name}`) return { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(group) }
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
  #aggregated(path: string, version: string): object {
    const groups = this.#groups.filter(group => (group.name === '') === (path === '/api'))
    const items = groups.map(group => ({
      metadata: { ...(group.name ? { name: group.name } : {}), creationTimestamp: null },
      versions: group.versions.map(({ version, kinds }) => ({ version, resources: kinds.map(aggregatedResourceOf), freshness: 'Current' })),
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

function groupOf(group: Group): object {
  const versions = group.versions.map(version => ({ groupVersion: groupVersionOf(group, version), version: version.version }))
  return { name: group.name, versions, preferredVersion: versions[0] }
}

const resourceList = (group: Group, version: Version): object => ({
  kind: 'APIResourceList',
  ...(group.name ? { apiVersion: 'v1' } : {}),
  groupVersion: groupVersionOf(group, version),
  resources: version.kinds.flatMap(resourcesOf),
})
