import { CustomResourceDefinition } from '../../../api/apiextensions/custom-resource-definition.ts'
import { Namespace } from '../../../api/core/namespace.ts'
import { Secret } from '../../../api/core/secret.ts'
import { Service } from '../../../api/core/service.ts'
import { EndpointSlice } from '../../../api/discovery/endpoint-slice.ts'
import { isNotFound } from '../../../api/errors.ts'
import { IngressClass } from '../../../api/networking/ingress-class.ts'
import { Ingress } from '../../../api/networking/ingress.ts'
import { keyOf } from '../../../client/cache.ts'
import { watching, type Controller } from '../../../client/controller.ts'
import { isEqual } from '../../../common/equal.ts'
import type { ControllerContext } from '../context.ts'
import { Gateways } from '../gateway/gateways.ts'
import {
  fallbackCertificate,
  proxyConfigSelector,
  proxyNamespace,
  proxyServiceName,
  tlsSecrets,
  writeProxyConfig,
} from '../proxy/proxy-config.ts'
import type { ServiceView } from '../proxy/service-servers.ts'
import { isOurs, servedIngresses } from './ingress-class.ts'
import { ingressListeners, type Problem } from './ingress-listeners.ts'
import { publishedAddresses } from './ingress-status.ts'

const serviceOf = 'kubernetes.io/service-name'
const everything = () => ['proxy']

/**
 * Serves the Ingresses and Gateways of our classes: what they come to is written into the Secret that the proxy's pods mount, and
 * where the proxy is reached into their status. As long as there is no such class it does nothing.
 */
export const ingressController = (context: ControllerContext): Controller => {
  const gateways = new Gateways(context)
  const controller = new IngressController(context, gateways)
  return {
    name: 'ingress-controller',
    watches: [
      watching(Ingress, everything),
      watching(IngressClass, everything),
      watching(Service, everything),
      watching(EndpointSlice, everything),
      watching(Secret, everything, tlsSecrets),
      watching(Secret, everything, proxyConfigSelector),
      watching(Namespace, everything),
      {
        start(informers, enqueue) {
          gateways.onChange = () => everything().forEach(enqueue)
          return watching(CustomResourceDefinition, everything).start(informers, enqueue)
        },
      },
    ],
    workers: 1,
    reconcile: (_, signal) => controller.reconcile(signal),
  }
}

class IngressController {
  readonly #context: ControllerContext
  readonly #gateways: Gateways
  readonly #services: ServiceView
  /** What has been said about each ingress, so that it is said once. */
  readonly #said = new Map<string, { readonly version: string; readonly messages: ReadonlySet<string> }>()

  constructor(context: ControllerContext, gateways: Gateways) {
    this.#context = context
    this.#gateways = gateways
    this.#services = serviceView(context)
  }

  async reconcile(signal: AbortSignal): Promise<void> {
    const { informers } = this.#context
    const classes = informers.for(IngressClass).cache.list()
    const gateways = await this.#gateways.planned(this.#services, signal)
    if (!gateways && !classes.some(isOurs)) return
    const served = servedIngresses(informers.for(Ingress).cache.list(), classes)
    const fallback = await fallbackCertificate(this.#context)
    const secrets = informers.for(Secret, tlsSecrets).cache
    const { listeners, problems } = ingressListeners(served, {
      ...this.#services,
      secret: (namespace, name) => secrets.get(`${namespace}/${name}`),
      fallbackCertificate: fallback,
    })
    this.#announce(served, problems)
    await writeProxyConfig(this.#context, [...listeners, ...(gateways?.plan.listeners ?? [])], fallback)
    await gateways?.act()
    const service = informers.for(Service).cache.get(`${proxyNamespace}/${proxyServiceName}`)
    await Promise.all(served.map(ingress => this.#publish(ingress, service)))
  }

  #announce(served: readonly Ingress[], problems: readonly Problem[]): void {
    const { events } = this.#context
    const keys = new Set(served.map(keyOf))
    for (const key of this.#said.keys()) if (!keys.has(key)) this.#said.delete(key)
    for (const ingress of served) {
      const key = keyOf(ingress)
      const version = `${ingress.metadata.uid}/${ingress.metadata.generation}`
      const before = this.#said.get(key)
      const messages = new Set(problems.filter(problem => problem.ingress === key).map(({ message }) => message))
      this.#said.set(key, { version, messages })
      if (before?.version !== version) events.event(ingress, { type: 'Normal', reason: 'Sync', message: 'Scheduled for sync' })
      for (const message of messages)
        if (!before?.messages.has(message)) events.event(ingress, { type: 'Warning', reason: 'Misconfigured', message })
    }
  }

  async #publish(ingress: Ingress, service: Service | undefined): Promise<void> {
    const addresses = publishedAddresses(service)
    if (isEqual(ingress.status.loadBalancer.ingress ?? [], addresses)) return
    try {
      await this.#context.client.updateStatus(Ingress, { ...ingress, status: { loadBalancer: { ingress: addresses } } })
    } catch (error) {
      if (!isNotFound(error)) throw error
    }
  }
}

/** Services and their endpoints, from the informers that the controllers share. */
function serviceView({ informers }: ControllerContext): ServiceView {
  const slices = informers
    .for(EndpointSlice)
    .cache.index('service', ({ metadata }) => [`${metadata.namespace}/${metadata.labels?.[serviceOf] ?? ''}`])
  return {
    service: (namespace, name) => informers.for(Service).cache.get(`${namespace}/${name}`),
    slices: (namespace, service) => slices(`${namespace}/${service}`),
  }
}
