import { Node } from '../../api/core/node.ts'
import { Service } from '../../api/core/service.ts'
import { EndpointSlice } from '../../api/discovery/endpoint-slice.ts'
import { isNotFound } from '../../api/errors.ts'
import { keyOf, splitKey } from '../../client/cache.ts'
import type { Client } from '../../client/client.ts'
import type { EventRecorder } from '../../client/event-recorder.ts'
import type { Informers } from '../../client/informers.ts'
import { WorkQueue } from '../../client/work-queue.ts'
import type { Clock } from '../../common/clock.ts'
import { isEqual } from '../../common/equal.ts'
import { messageOf } from '../../common/error-message.ts'
import type { Logger } from '../../common/log.ts'
import type { Runnable } from '../../common/run.ts'
import { PortTakenError, type PortPublisher, type Publication, type PublishedPort } from '../runtime/port-publisher.ts'
import { leadScript } from './lead-script.ts'
import { loadBalancerStatus, type Opened } from './load-balancer-status.ts'
import { balancingNode, nodesToLeadTo } from './nodes.ts'
import { isBalanced, planPublications, slot, type Wanted, type WantedPort } from './plan-publications.ts'

/** How often what is open is compared with what should be, and ports that could not be had are tried again. */
const RESYNC_MILLISECONDS = 5 * 60_000
const EVERYTHING = ''

export interface LoadBalancerOptions {
  readonly nodeName: string
  readonly publisher: PortPublisher
  /** Where users of the machine find what is published. */
  readonly address: string
  readonly client: Pick<Client, 'patch'>
  readonly informers: Informers
  readonly recorder: Pick<EventRecorder, 'event'>
  readonly clock: Clock
  readonly log: Logger
}

interface Missing {
  readonly slots: ReadonlySet<string>
  readonly triedAt: number
}

/** Opens ports of the machine for services with node ports and load balancers, on one node at a time, and tells their status: the service controller's part. */
export class LoadBalancer implements Runnable {
  readonly #options: LoadBalancerOptions
  readonly #queue: WorkQueue
  /** The script that was run last where a service's ports are. */
  readonly #led = new Map<string, string>()
  /** Which service has a port of the machine, or is about to get it; by slot. */
  readonly #held = new Map<string, string>()
  /** Ports that somebody outside the cluster has. */
  readonly #missing = new Map<string, Missing>()
  /** What was last said about a service's ports, so that it is said once. */
  readonly #said = new Map<string, string>()
  #active = false

  constructor(options: LoadBalancerOptions) {
    this.#options = options
    this.#queue = new WorkQueue(key => (key === EVERYTHING ? this.#everything() : this.#sync(key)), {
      workers: 4,
      backoff: failures => Math.min(1000 * 2 ** (failures - 1), 60_000),
      onError: (key, error) => options.log.warn('ports of a service could not be opened; trying again', { service: key, error }),
    })
    const { informers } = options
    const serviceChanged = (service: Service) => {
      if (this.#active && concerns(service)) this.#queue.add(keyOf(service))
    }
    informers.for(Service).addListener({
      added: serviceChanged,
      updated: (service, previous) => {
        if (concerns(service)) serviceChanged(service)
        else serviceChanged(previous)
      },
      deleted: serviceChanged,
    })
    const sliceChanged = ({ metadata }: EndpointSlice) => {
      const key = `${metadata.namespace ?? ''}/${metadata.labels?.['kubernetes.io/service-name'] ?? ''}`
      const service = informers.for(Service).cache.get(key)
      if (this.#active && service && concerns(service) && service.spec.externalTrafficPolicy === 'Local') this.#queue.add(key)
    }
    informers.for(EndpointSlice).addListener({ added: sliceChanged, updated: sliceChanged, deleted: sliceChanged })
    const nodesChanged = () => this.#electAgain()
    informers.for(Node).addListener({ added: nodesChanged, updated: nodesChanged, deleted: nodesChanged })
  }

  async run(signal: AbortSignal): Promise<void> {
    const { informers } = this.#options
    try {
      await Promise.all([
        informers.for(Node).synced(signal),
        informers.for(Service).synced(signal),
        informers.for(EndpointSlice).synced(signal),
      ])
    } catch (error) {
      if (signal.aborted) return
      throw error
    }
    this.#queue.add(EVERYTHING)
    await this.#queue.run(signal)
  }

  #electAgain(): void {
    const active = this.#isActive()
    if (active === this.#active) return
    this.#active = active
    // Another node may have led packets elsewhere meanwhile.
    this.#led.clear()
    if (active) this.#queue.add(EVERYTHING)
  }

  #isActive(): boolean {
    const { informers, nodeName } = this.#options
    return balancingNode(informers.for(Node).cache.list())?.metadata.name === nodeName
  }

  async #everything(): Promise<number> {
    this.#active = this.#isActive()
    if (!this.#active) return RESYNC_MILLISECONDS
    const { informers, publisher } = this.#options
    this.#led.clear()
    const published = await publisher.list()
    this.#held.clear()
    for (const { name, ports } of published) for (const port of ports) this.#held.set(slot(port), name)
    const services = informers.for(Service).cache.list().filter(concerns)
    for (const key of new Set([...published.map(({ name }) => name), ...services.map(keyOf)])) this.#queue.add(key)
    return RESYNC_MILLISECONDS
  }

  async #sync(key: string): Promise<void> {
    if (!this.#isActive()) return
    const { informers, publisher } = this.#options
    const services = informers.for(Service).cache
    const service = services.get(key)
    const wanted = planPublications(services.list(), this.#held).get(key)
    // At once with the plan, so that what is planned for others next knows of it.
    for (const port of wanted?.ports ?? []) this.#held.set(slot(port), key)
    try {
      const opened = wanted ? await this.#open(key, wanted) : undefined
      if (!opened) {
        await publisher.withdraw(key)
        this.#forget(key)
      }
      this.#release(key, wanted?.ports ?? [])
      if (service) await this.#tell(service, opened)
      if (wanted) this.#report(key, wanted, opened)
    } catch (error) {
      if (service && wanted) this.#failed(service, messageOf(error))
      throw error
    }
  }

  /** What a service no longer has, others may get: those that lack something look again. */
  #release(key: string, ports: readonly PublishedPort[]): void {
    const slots = new Set(ports.map(slot))
    const given = [...this.#held].filter(([name, owner]) => owner === key && !slots.has(name))
    for (const [name] of given) this.#held.delete(name)
    if (given.length > 0) for (const waiting of this.#said.keys()) if (waiting !== key) this.#queue.add(waiting)
  }

  #forget(key: string): void {
    this.#led.delete(key)
    this.#missing.delete(key)
    if (!this.#options.informers.for(Service).cache.get(key)) this.#said.delete(key)
  }

  /** Opens what can be had of the wanted ports, and leads it to the nodes; undefined when nothing can. */
  async #open(key: string, wanted: Wanted): Promise<Opened | undefined> {
    const { address } = this.#options
    const missing = new Set((await this.#stillMissing(key)) ?? [])
    for (;;) {
      const ports = wanted.ports.filter(port => !missing.has(slot(port)))
      if (ports.length === 0) break
      try {
        await this.#publish(key, wanted.service, ports)
        break
      } catch (error) {
        if (!(error instanceof PortTakenError)) throw error
        for (const port of ports) if (port.port === error.port) missing.add(slot(port))
      }
    }
    if (missing.size > 0) this.#missing.set(key, { slots: missing, triedAt: this.#missing.get(key)?.triedAt ?? this.#now() })
    else this.#missing.delete(key)
    if (wanted.ports.every(port => missing.has(slot(port)))) return undefined
    return { address, missing: new Set([...missing, ...wanted.clashes.map(slot)]) }
  }

  /** What could not be had the last time, as long as it is too early to try again. */
  async #stillMissing(key: string): Promise<ReadonlySet<string> | undefined> {
    const missing = this.#missing.get(key)
    if (!missing || this.#now() - missing.triedAt < RESYNC_MILLISECONDS) return missing?.slots
    const slots = new Set<string>()
    for (const name of missing.slots) if (!(await this.#options.publisher.canPublish(portOf(name)))) slots.add(name)
    this.#missing.set(key, { slots, triedAt: this.#now() })
    return slots
  }

  async #publish(key: string, service: Service, ports: readonly WantedPort[]): Promise<void> {
    const { publisher, informers } = this.#options
    const slices = informers.for(EndpointSlice).cache.inNamespace(service.metadata.namespace ?? '')
    const nodes = nodesToLeadTo(service, { nodes: informers.for(Node).cache.list(), slices, self: this.#options.nodeName })
    const script = leadScript(ports, { nodes, clusterIP: service.spec.clusterIP ?? '' })
    const publication: Publication = { name: key, ports: ports.map(({ protocol, port }) => ({ protocol, port })) }
    const current = (await publisher.list()).find(({ name }) => name === key)
    if (!isEqual(current, publication)) await publisher.publish(publication, script)
    else if (this.#led.get(key) !== script) await publisher.lead(key, script)
    this.#led.set(key, script)
  }

  async #tell(service: Service, opened: Opened | undefined): Promise<void> {
    const loadBalancer = loadBalancerStatus(service, opened)
    // What another implementation says of its services is not ours to take back.
    if (service.spec.type === 'LoadBalancer' && !isBalanced(service.spec)) return
    if (isEqual(service.status?.loadBalancer ?? {}, loadBalancer)) return
    if (isBalanced(service.spec) && opened)
      this.#event(service, { type: 'Normal', reason: 'EnsuringLoadBalancer', message: 'Ensuring load balancer' })
    const body = { status: { loadBalancer: loadBalancer.ingress ? loadBalancer : { ingress: null } } }
    try {
      await this.#options.client.patch(Service, splitKey(keyOf(service)), { type: 'merge', subresource: 'status', body })
    } catch (error) {
      if (!isNotFound(error)) throw error
      return
    }
    if (isBalanced(service.spec) && opened)
      this.#event(service, { type: 'Normal', reason: 'EnsuredLoadBalancer', message: 'Ensured load balancer' })
  }

  /** Says once what a service lacks, and where it is to be found meanwhile. */
  #report(key: string, { service, ports, clashes }: Wanted, opened: Opened | undefined): void {
    const { address } = this.#options
    const missing = this.#missing.get(key)?.slots ?? new Set<string>()
    const lacking = [
      ...clashes.map(({ port, owner }) => `port ${port} of ${address} is that of the service ${owner}`),
      ...ports.filter(port => missing.has(slot(port))).map(({ port }) => `port ${port} of ${address} is in use on this machine`),
    ]
    if (lacking.length === 0) {
      this.#said.delete(key)
      return
    }
    const open = opened ? ports.filter(port => !missing.has(slot(port))).map(({ port }) => `${address}:${port}`) : []
    const where = open.length > 0 ? `; until it is free the service is at ${open.join(' and ')}` : ''
    this.#failed(service, `${lacking.join(', ')}${where}`)
  }

  #failed(service: Service, why: string): void {
    const key = keyOf(service)
    if (this.#said.get(key) === why) return
    this.#said.set(key, why)
    // The one is upstream's event of a load balancer that failed; upstream opens node ports nowhere but on nodes.
    if (isBalanced(service.spec))
      this.#event(service, {
        type: 'Warning',
        reason: 'SyncLoadBalancerFailed',
        message: `Error syncing load balancer: failed to ensure load balancer: ${why}`,
      })
    else this.#event(service, { type: 'Warning', reason: 'NodePortNotOpen', message: `The service is not open on this machine: ${why}` })
  }

  #event(service: Service, event: { readonly type: 'Normal' | 'Warning'; readonly reason: string; readonly message: string }): void {
    this.#options.recorder.event(service, event)
  }
  #now(): number {
    return this.#options.clock.now().getTime()
  }
}

const portOf = (slot: string): PublishedPort => {
  const [port, protocol] = slot.split('/')
  return { port: Number(port), protocol: protocol as PublishedPort['protocol'] }
}

/** Whether the service has ports on the machine, or had some that a status still tells of. */
const concerns = ({ spec, status }: Service): boolean =>
  spec.type === 'NodePort' || spec.type === 'LoadBalancer' || (status?.loadBalancer?.ingress ?? []).length > 0
