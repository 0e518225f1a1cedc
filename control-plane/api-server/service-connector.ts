import { once } from 'node:events'
import { connect } from 'node:net'
import { Service } from '../../api/core/service.ts'
import { EndpointSlice } from '../../api/discovery/endpoint-slice.ts'
import type { Lookup, ServiceConnector } from './interfaces.ts'

/** Connects to a ready endpoint of a service by its own address, as upstream does without a proxy of its own. */
export const directConnector = (lookup: Lookup): ServiceConnector => ({
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
      const socket = connect({ host: address, port: target })
      await once(socket, 'connect')
      return socket
    }
    throw new Error(`no endpoints available for service "${name}"`)
  },
})
