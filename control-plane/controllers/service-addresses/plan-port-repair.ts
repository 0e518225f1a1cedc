import type { Service } from '../../../api/core/service.ts'

/** Something about a service's node ports that only its user can put right, in upstream's words. */
export interface PortFault {
  readonly service: Service
  readonly reason: 'PortAlreadyAllocated' | 'PortOutOfRange'
  readonly message: string
}

/** What is wrong with the node ports of all services: each is one service's and within the range (upstream's runOnce of the port repair). */
export function portFaults(services: readonly Service[], { first, last }: { first: number; last: number }): PortFault[] {
  const taken = new Set<number>()
  const faultOf = (service: Service, port: number): PortFault[] => {
    if (port < first || port > last) {
      const message = `Port ${port} is not within the port range ${first}-${last}; please recreate service`
      return [{ service, reason: 'PortOutOfRange', message }]
    }
    if (taken.has(port)) {
      const message = `Port ${port} was assigned to multiple services; please recreate service`
      return [{ service, reason: 'PortAlreadyAllocated', message }]
    }
    taken.add(port)
    return []
  }
  return services.flatMap(service => nodePortsOf(service).flatMap(port => faultOf(service, port)))
}

/** The node ports of a service; one that several protocols share counts once (upstream's collectServiceNodePorts). */
export function nodePortsOf({ spec }: Service): number[] {
  const seen = new Map<number, Set<string>>()
  const collected: number[] = []
  const add = (port: number, protocol: string): void => {
    const protocols = seen.get(port)
    if (!protocols || protocols.has(protocol)) collected.push(port)
    seen.set(port, (protocols ?? new Set()).add(protocol))
  }
  for (const { nodePort, protocol = 'TCP' } of spec.ports ?? []) if (nodePort) add(nodePort, protocol)
  if (spec.healthCheckNodePort) add(spec.healthCheckNodePort, 'TCP')
  return collected
}
