import { Node } from '../../../api/core/node.ts'
import { Service } from '../../../api/core/service.ts'
import { EndpointSlice } from '../../../api/discovery/endpoint-slice.ts'
import { isNamespaceTerminating, isNotFound } from '../../../api/errors.ts'
import { controllerReference } from '../../../api/owners.ts'
import { watching, type Controller } from '../../../client/controller.ts'
import { isEqual } from '../../../common/equal.ts'
import type { ControllerContext } from '../context.ts'
import { OwnWrites } from '../own-writes.ts'
import { desiredSlices, planSlices, type DesiredSlices } from './plan-slices.ts'
import { podsOf, watchServicesAndPods } from './service-keys.ts'
import { hasSelector, isHeadless, lastTrigger } from './service-pods.ts'

const serviceName = 'kubernetes.io/service-name'
const managedBy = 'endpointslice.kubernetes.io/managed-by'
const manager = 'endpointslice-controller.k8s.io'
const trigger = 'endpoints.kubernetes.io/last-change-trigger-time'
const headless = 'service.kubernetes.io/headless'

/** Writes the addresses of each service's pods into EndpointSlices, a hundred in each. */
export const endpointSliceController = (context: ControllerContext): Controller => {
  const controller = new EndpointSliceController(context)
  const ours = ({ metadata }: EndpointSlice) =>
    metadata.labels?.[managedBy] === manager ? [`${metadata.namespace}/${metadata.labels[serviceName] ?? ''}`] : []
  return {
    name: 'endpointslice-controller',
    watches: [...watchServicesAndPods(context), watching(EndpointSlice, ours), watching(Node, () => [])],
    workers: 5,
    reconcile: (key, signal) => controller.reconcile(key, signal),
  }
}

class EndpointSliceController {
  readonly #context: ControllerContext
  readonly #writes: OwnWrites<EndpointSlice>

  constructor(context: ControllerContext) {
    this.#context = context
    this.#writes = new OwnWrites(context, EndpointSlice)
  }

  async reconcile(key: string, signal: AbortSignal): Promise<void> {
    const { informers } = this.#context
    await this.#writes.seen(key, signal)
    const service = informers.for(Service).cache.get(key)
    // Slices of a deleted service are the garbage collector's.
    if (!service || service.metadata.deletionTimestamp || !hasSelector(service)) return
    const existing = informers
      .for(EndpointSlice)
      .cache.inNamespace(service.metadata.namespace ?? '')
      .filter(
        slice =>
          slice.metadata.labels?.[serviceName] === service.metadata.name &&
          slice.metadata.labels[managedBy] === manager &&
          !this.#writes.isDeleted(slice) &&
          !slice.metadata.deletionTimestamp,
      )
    const pods = podsOf(this.#context, service)
    const nodes = informers.for(Node).cache
    const plan = planSlices(
      existing,
      desiredSlices(service, pods, name => nodes.get(name)),
    )
    const metadata = { labels: labelsOf(service), annotations: { [trigger]: lastTrigger(service, pods) } }
    const relabelled = existing.filter(
      slice =>
        !isEqual(slice.metadata.labels, metadata.labels) && !plan.delete.includes(slice) && !plan.update.some(each => each.slice === slice),
    )
    const updates = [...plan.update, ...relabelled.map(slice => ({ slice, endpoints: slice.endpoints ?? [] }))]
    for (const wanted of plan.create) await this.#create(service, wanted, metadata)
    for (const { slice, endpoints } of updates) {
      const next = { ...slice, metadata: { ...slice.metadata, ...metadata }, endpoints: [...endpoints] }
      this.#writes.written(key, await this.#context.client.update(EndpointSlice, next))
    }
    for (const slice of plan.delete) await this.#delete(slice)
  }

  async #create(service: Service, { ports, endpoints }: DesiredSlices, metadata: { labels: object; annotations: object }): Promise<void> {
    const { name, namespace = '' } = service.metadata
    try {
      const created = await this.#context.client.create(EndpointSlice, {
        metadata: { generateName: `${name}-`, namespace, ...metadata, ownerReferences: [controllerReference(Service, service)] },
        addressType: 'IPv4',
        endpoints: [...endpoints],
        ports: [...ports],
      })
      this.#writes.written(`${namespace}/${name}`, created)
    } catch (error) {
      if (!isNamespaceTerminating(error)) throw error
    }
  }

  async #delete(slice: EndpointSlice): Promise<void> {
    try {
      await this.#context.client.delete(EndpointSlice, slice.metadata)
      this.#writes.deleted(slice)
    } catch (error) {
      if (!isNotFound(error)) throw error
    }
  }
}

function labelsOf(service: Service): Record<string, string> {
  const { [headless]: _, ...labels } = service.metadata.labels ?? {}
  return { ...labels, [serviceName]: service.metadata.name, [managedBy]: manager, ...(isHeadless(service) ? { [headless]: '' } : {}) }
}
