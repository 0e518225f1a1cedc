import type { ProxyEndpoint } from './proxy-endpoint.ts'

/** Where the traffic comes from that asks. */
export interface Topology {
  readonly nodeName: string
  readonly zone: string
}

export interface Categories {
  /** What the traffic policy Cluster leads to. */
  readonly cluster: readonly ProxyEndpoint[]
  /** What the traffic policy Local leads to. */
  readonly local: readonly ProxyEndpoint[]
  /** Whether there is anything usable on any node, so that having nothing here is a matter of policy. */
  readonly hasAny: boolean
}

/**
 * Which endpoints a node uses: ready ones, those that hints prefer for it where the hints are complete; while a service has no
 * ready ones, those that end but still serve (upstream's CategorizeEndpoints).
 */
export function categorizeEndpoints(endpoints: readonly ProxyEndpoint[], topology: Topology): Categories {
  const ready = endpoints.filter(endpoint => endpoint.ready)
  const draining = endpoints.filter(({ ready, serving, terminating }) => !ready && serving && terminating)
  const local = ready.filter(({ isLocal }) => isLocal)
  return {
    cluster: ready.length > 0 ? ready.filter(preferred(ready, topology)) : draining,
    local: local.length > 0 ? local : draining.filter(({ isLocal }) => isLocal),
    hasAny: ready.length > 0 || draining.length > 0,
  }
}

/** Hints count when all ready endpoints have them and some are for here; a node before a zone (upstream's topologyModeFromHints). */
function preferred(ready: readonly ProxyEndpoint[], { nodeName, zone }: Topology): (endpoint: ProxyEndpoint) => boolean {
  const forNode = ({ nodeHints }: ProxyEndpoint) => nodeHints.includes(nodeName)
  const forZone = ({ zoneHints }: ProxyEndpoint) => zoneHints.includes(zone)
  if (ready.every(({ nodeHints }) => nodeHints.length > 0) && ready.some(forNode)) return forNode
  if (ready.every(({ zoneHints }) => zoneHints.length > 0) && ready.some(forZone)) return forZone
  return () => true
}
