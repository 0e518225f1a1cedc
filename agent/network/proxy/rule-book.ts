import type { Node } from '../../../api/core/node.ts'
import { Service } from '../../../api/core/service.ts'
import { EndpointSlice } from '../../../api/discovery/endpoint-slice.ts'
import type { Informers } from '../../../client/informers.ts'
import type { ProxyFacts } from './base-rules.ts'
import type { HealthCheck } from './health-check-server.ts'
import { endpointsOf } from './proxy-endpoint.ts'
import type { RulePart } from './rule-set.ts'
import { servicePortsOf } from './service-port.ts'
import { serviceRules } from './service-rules.ts'

const zoneLabel = 'topology.kubernetes.io/zone'

export interface RuleBookOptions {
  readonly informers: Pick<Informers, 'for'>
  readonly nodeName: string
  readonly facts: ProxyFacts
}

interface Entry {
  readonly rules: RulePart
  readonly healthCheck: HealthCheck | undefined
}

/** The rules of every service, each worked out again only when it or its endpoints changed. */
export class RuleBook {
  readonly #options: RuleBookOptions
  readonly #slicesOf: (service: string) => readonly EndpointSlice[]
  readonly #entries = new Map<string, Entry>()
  readonly #outdated = new Set<string>()
  #zone = ''

  constructor(options: RuleBookOptions) {
    this.#options = options
    this.#slicesOf = options.informers
      .for(EndpointSlice)
      .cache.index('service', ({ metadata }) => [`${metadata.namespace ?? ''}/${metadata.labels?.['kubernetes.io/service-name'] ?? ''}`])
  }

  /** Notes that a service, or an endpoint of it, is no longer what it was. */
  outdated(service: string): void {
    this.#outdated.add(service)
  }

  /** Takes note of where the node is; whether that changes anything. */
  standsIn({ metadata }: Node): boolean {
    const zone = metadata.labels?.[zoneLabel] ?? ''
    if (zone === this.#zone) return false
    this.#zone = zone
    for (const service of this.#entries.keys()) this.#outdated.add(service)
    return true
  }

  /** The rules of all services that have any, in a lasting order: that of their names. */
  parts(): readonly RulePart[] {
    this.#update()
    return [...this.#entries].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { rules }]) => rules)
  }

  healthChecks(): readonly HealthCheck[] {
    this.#update()
    return [...this.#entries.values()].flatMap(({ healthCheck }) => healthCheck ?? [])
  }

  #update(): void {
    const services = this.#options.informers.for(Service).cache
    for (const key of this.#outdated) {
      const service = services.get(key)
      const entry = service && this.#entryOf(service)
      if (entry) this.#entries.set(key, entry)
      else this.#entries.delete(key)
    }
    this.#outdated.clear()
  }

  #entryOf(service: Service): Entry | undefined {
    const { nodeName, facts } = this.#options
    const ports = servicePortsOf(service)
    if (ports.length === 0) return undefined
    const { namespace = '', name } = service.metadata
    const slices = this.#slicesOf(`${namespace}/${name}`)
    const endpoints = ports.map(port => [port, endpointsOf(slices, port.portName, nodeName)] as const)
    const { type, externalTrafficPolicy, healthCheckNodePort } = service.spec
    const port = type === 'LoadBalancer' && externalTrafficPolicy === 'Local' ? healthCheckNodePort : undefined
    const local = endpoints.flatMap(([, list]) => list.filter(({ isLocal, ready }) => isLocal && ready).map(({ ip }) => ip))
    return {
      rules: serviceRules(endpoints, { nodeName, zone: this.#zone }, facts),
      healthCheck: port ? { namespace, name, port, localEndpoints: new Set(local).size } : undefined,
    }
  }
}
