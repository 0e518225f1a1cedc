import type { Duplex } from 'node:stream'
import { Node } from '../../api/core/node.ts'
import { Service } from '../../api/core/service.ts'
import { EndpointSlice } from '../../api/discovery/endpoint-slice.ts'
import { Dialer } from './endpoints/dialer.ts'
import type { Lookup, ServiceConnector, TlsIdentity } from './interfaces.ts'

type Dial = (host: string, port: number) => Promise<Duplex>

/** Reaches pods through the agents of their nodes. */
export function dialThroughAgents(lookup: Lookup, kubeletClient: TlsIdentity): Dial {
  const dialer = new Dialer({ kubeletClient, nodes: () => lookup.list(Node) })
  return (host, port) => dialer.dial(host, port)
}

/** Connects to a ready endpoint of a service: cluster addresses mean nothing to the control plane. */
export const serviceConnector = (lookup: Lookup, dial: Dial): ServiceConnector => ({
  async connect({ namespace, name, port }) {
    const service = lookup.get(Service, { namespace, name })
    if (!service) throw new Error(`service "${name}" not found`)
    const wanted = service.spec.ports?.find(each => each.port === port)
    if (!wanted) throw new Error(`no service port ${port} found for service "${name}"`)
    for (const slice of lookup.list(EndpointSlice, namespace)) {
      if (slice.metadata.labels?.['kubernetes.io/service-name'] !== name) continue
      const target = slice.ports?.find(each => (each.name ?? '') === (wanted.name ?? ''))?.port
      const address = slice.endpoints?.find(({ conditions }) => conditions?.ready !== false)?.addresses[0]
      if (target === undefined || address === undefined) continue
      return dial(address, target)
    }
    throw new Error(`no endpoints available for service "${name}"`)
  },
})
