import type { Endpoint, EndpointSlice } from '../../../api/discovery/endpoint-slice.ts'

/** One place that traffic to a service port can go to, seen from one node (upstream's proxy.Endpoint). */
export interface ProxyEndpoint {
  readonly ip: string
  readonly port: number
  readonly isLocal: boolean
  readonly ready: boolean
  readonly serving: boolean
  readonly terminating: boolean
  readonly zoneHints: readonly string[]
  readonly nodeHints: readonly string[]
}

/** The endpoints of a service port from all slices of the service, each address and port once, in the order of their addresses. */
export function endpointsOf(slices: readonly EndpointSlice[], portName: string, nodeName: string): ProxyEndpoint[] {
  const found = new Map<string, ProxyEndpoint>()
  for (const slice of slices) {
    if (slice.addressType !== 'IPv4') continue
    const port = slice.ports?.find(each => (each.name ?? '') === portName)?.port
    if (!port) continue
    for (const endpoint of slice.endpoints ?? []) {
      // Further addresses of an endpoint are for others to use: upstream takes the first, too.
      const [ip] = endpoint.addresses
      if (!ip) continue
      const key = `${ip}:${port}`
      const next = seen(endpoint, { ip, port, nodeName })
      const known = found.get(key)
      // While an endpoint moves from one slice to another it stands in both; the one that may be used wins.
      if (!known || rank(next) > rank(known)) found.set(key, next)
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, endpoint]) => endpoint)
}

function seen(endpoint: Endpoint, { ip, port, nodeName }: { ip: string; port: number; nodeName: string }): ProxyEndpoint {
  const { conditions, hints } = endpoint
  // What is not said counts as ready, and serving as ready.
  const ready = conditions?.ready ?? true
  return {
    ip,
    port,
    isLocal: endpoint.nodeName === nodeName,
    ready,
    serving: conditions?.serving ?? ready,
    terminating: conditions?.terminating ?? false,
    zoneHints: (hints?.forZones ?? []).map(({ name }) => name),
    nodeHints: (hints?.forNodes ?? []).map(({ name }) => name),
  }
}

const rank = ({ ready, serving }: ProxyEndpoint) => (ready ? 2 : serving ? 1 : 0)
