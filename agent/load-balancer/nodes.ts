import type { Node } from '../../api/core/node.ts'
import type { Service } from '../../api/core/service.ts'
import type { EndpointSlice } from '../../api/discovery/endpoint-slice.ts'

const isReady = ({ status }: Node) => status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false
const addressOf = ({ status }: Node) => status.addresses?.find(({ type }) => type === 'InternalIP')?.address

/** The node that opens ports for all: the oldest that is ready, so that newcomers change nothing. */
export function balancingNode(nodes: readonly Node[]): Node | undefined {
  const age = ({ metadata }: Node) => `${metadata.creationTimestamp} ${metadata.name}`
  return nodes.filter(isReady).sort((a, b) => (age(a) < age(b) ? -1 : 1))[0]
}

interface Around {
  readonly nodes: readonly Node[]
  readonly slices: readonly EndpointSlice[]
  /** The node that leads. */
  readonly self: string
}

/** Addresses of the nodes that packets for a service are led to: this one, or under policy Local those with ready endpoints. */
export function nodesToLeadTo(service: Service, { nodes, slices, self }: Around): string[] {
  const own = nodes.filter(({ metadata }) => metadata.name === self).flatMap(node => addressOf(node) ?? [])
  if (service.spec.externalTrafficPolicy !== 'Local') return own
  const local = new Set(
    slices
      .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === service.metadata.name)
      .flatMap(({ endpoints = [] }) =>
        endpoints.flatMap(({ nodeName, conditions }) => (nodeName && conditions?.ready !== false ? nodeName : [])),
      ),
  )
  const found = nodes.filter(node => local.has(node.metadata.name) && isReady(node)).flatMap(node => addressOf(node) ?? [])
  return found.length > 0 ? found.sort() : own
}
