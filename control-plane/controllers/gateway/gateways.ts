import { Namespace } from '../../../api/core/namespace.ts'
import { Secret } from '../../../api/core/secret.ts'
import { Service } from '../../../api/core/service.ts'
import { isNotFound } from '../../../api/errors.ts'
import { isEqual } from '../../../common/equal.ts'
import type { ControllerContext } from '../context.ts'
import { createUnlessThere } from '../create-unless-there.ts'
import { proxyNamespace, tlsSecrets } from '../proxy/proxy-config.ts'
import type { ServiceView } from '../proxy/service-servers.ts'
import { gatewayAddresses, gatewayLabels, planServices, proxySelector, serviceName, type GatewayService } from './gateway-services.ts'
import { writeStatuses } from './gateway-status.ts'
import { GatewayWatches } from './gateway-watches.ts'
import type { GatewayView } from './gateway-view.ts'
import { planGateways, servedGateways, type GatewayPlan } from './plan-gateways.ts'

export interface PlannedGateways {
  readonly plan: GatewayPlan
  /** Makes the Services in front of the Gateways, and writes every status. */
  act(): Promise<void>
}

/** The Gateways of our classes: what they come to, and what there is to do for them besides the proxy's configuration. */
export class Gateways {
  readonly #context: ControllerContext
  readonly #watches: GatewayWatches
  #changed: () => void = () => undefined

  constructor(context: ControllerContext) {
    this.#context = context
    this.#watches = new GatewayWatches(context, () => this.#changed())
  }

  set onChange(changed: () => void) {
    this.#changed = changed
  }

  /** Undefined while the kinds of the Gateway API are not defined, or no class is ours. */
  async planned(services: ServiceView, signal: AbortSignal): Promise<PlannedGateways | undefined> {
    const watched = await this.#watches.caches(signal)
    if (!watched) return undefined
    const { informers } = this.#context
    const [classes, gateways] = [watched.classes.cache.list(), watched.gateways.cache.list()]
    const existing = informers
      .for(Service)
      .cache.inNamespace(proxyNamespace)
      .filter(({ metadata }) => metadata.labels?.[gatewayLabels.name] !== undefined)
    const wanted = planServices(servedGateways({ classes, gateways }), existing)
    const portsOf = new Map(wanted.services.map(({ name, ports }) => [name, ports]))
    const byName = new Map(existing.map(service => [service.metadata.name, service]))
    const secrets = informers.for(Secret, tlsSecrets).cache
    const view: GatewayView = {
      ...services,
      ...{ classes, gateways },
      httpRoutes: watched.httpRoutes.cache.list(),
      tcpRoutes: watched.tcpRoutes.cache.list(),
      grants: watched.grants.cache.list(),
      namespaces: new Map(
        informers
          .for(Namespace)
          .cache.list()
          .map(({ metadata }) => [metadata.name, metadata.labels ?? {}]),
      ),
      secret: (namespace, name) => secrets.get(`${namespace}/${name}`),
      portOf: (gateway, port) => Number(portsOf.get(serviceName(gateway))?.find(each => each.port === port)?.targetPort) || undefined,
      addressesOf: gateway => gatewayAddresses(byName.get(serviceName(gateway))),
    }
    const plan = planGateways(view)
    if (plan.classes.length === 0 && existing.length === 0) return undefined
    return {
      plan,
      act: async () => {
        for (const service of wanted.services) await this.#ensure(service)
        for (const service of wanted.surplus) await this.#remove(service)
        await writeStatuses(this.#context, plan)
      },
    }
  }

  async #ensure({ name, gateway, ports, current }: GatewayService): Promise<void> {
    const { client } = this.#context
    if (current && isEqual(current.spec.ports, ports)) return
    if (current) {
      await client.update(Service, { ...current, spec: { ...current.spec, ports: [...ports] } })
      return
    }
    const labels = { [gatewayLabels.name]: gateway.metadata.name, [gatewayLabels.namespace]: gateway.metadata.namespace ?? '' }
    const spec = { type: 'LoadBalancer' as const, selector: proxySelector, ports: [...ports] }
    await createUnlessThere(client.create(Service, { metadata: { name, namespace: proxyNamespace, labels }, spec }))
  }

  async #remove({ metadata }: Service): Promise<void> {
    try {
      await this.#context.client.delete(Service, metadata)
    } catch (error) {
      if (!isNotFound(error)) throw error
    }
  }
}
