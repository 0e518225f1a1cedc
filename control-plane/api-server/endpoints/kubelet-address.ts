import { apiError, badRequest } from '../../../api/errors.ts'
import type { Node } from '../../../api/core/node.ts'
import type { Pod } from '../../../api/core/pod.ts'
import type { Kind } from '../../../api/kind.ts'
import { getObject, type Registry } from '../registry/registry.ts'

export interface KubeletAddress {
  readonly host: string
  readonly port: number
  readonly node: string
}

/** Where a node's agent listens, by the addresses it reports. */
export function kubeletAddress(registry: Registry, nodes: Kind, name: string): KubeletAddress {
  return agentAddress(getObject(registry, nodes, { namespace: '', name }) as Node)
}

/** As `kubeletAddress`, of a node at hand. */
export function agentAddress(node: Node): KubeletAddress {
  const addresses = node.status.addresses ?? []
  // Only nodes of other machines have one for outsiders, which the API server is for them.
  const address = ['ExternalIP', 'InternalIP', 'Hostname'].flatMap(wanted => addresses.find(({ type }) => type === wanted) ?? [])[0]
  if (!address) throw apiError('InternalError', `no preferred addresses found; known addresses: []`)
  return { host: address.address, port: node.status.daemonEndpoints?.kubeletEndpoint?.Port || 10250, node: node.metadata.name }
}

/** The container that logs, exec and attach mean; upstream's words when that is not clear. */
export function containerOf(pod: Pod, given: string): string {
  const { containers = [], initContainers = [], ephemeralContainers = [] } = pod.spec
  const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name)
  if (given) {
    if ([...names(containers), ...names(initContainers), ...names(ephemeralContainers)].includes(given)) return given
    throw badRequest(`container ${given} is not valid for pod ${pod.metadata.name}`)
  }
  const [only, ...others] = names(containers)
  if (only === undefined) throw badRequest(`a container name must be specified for pod ${pod.metadata.name}`)
  if (others.length === 0) return only
  const inits = names(initContainers)
  const more = inits.length > 0 ? ` or one of the init containers: [${inits.join(' ')}]` : ''
  throw badRequest(
    `a container name must be specified for pod ${pod.metadata.name}, choose one of: [${names(containers).join(' ')}]${more}`,
  )
}
