import { Endpoints } from '../../../api/core/endpoints.ts'
import { Service } from '../../../api/core/service.ts'
import { isNotFound } from '../../../api/errors.ts'
import { splitKey } from '../../../client/cache.ts'
import { watching, type Controller } from '../../../client/controller.ts'
import { isEqual } from '../../../common/equal.ts'
import type { ControllerContext } from '../context.ts'
import { createUnlessThere } from '../create-unless-there.ts'
import { planEndpoints } from './plan-endpoints.ts'
import { podsOf, watchServicesAndPods } from './service-keys.ts'
import { hasSelector, isHeadless, lastTrigger } from './service-pods.ts'

const triggerAnnotation = 'endpoints.kubernetes.io/last-change-trigger-time'
const capacityAnnotation = 'endpoints.kubernetes.io/over-capacity'
const managedBy = 'endpoints.kubernetes.io/managed-by'
const headless = 'service.kubernetes.io/headless'

/** Writes the addresses of each service's pods into the Endpoints of the same name. */
export const endpointsController = (context: ControllerContext): Controller => ({
  name: 'endpoints-controller',
  watches: [...watchServicesAndPods(context), watching(Endpoints, ours)],
  workers: 5,
  async reconcile(key) {
    const { client, informers } = context
    const service = informers.for(Service).cache.get(key)
    const current = informers.for(Endpoints).cache.get(key)
    if (!service) return current && isOurs(current) ? remove(context, key) : undefined
    if (!hasSelector(service)) return
    const pods = podsOf(context, service)
    const { subsets, truncated } = planEndpoints(service, pods)
    const { [headless]: _, ...serviceLabels } = service.metadata.labels ?? {}
    const labels = { ...serviceLabels, [managedBy]: 'endpoint-controller', ...(isHeadless(service) ? { [headless]: '' } : {}) }
    if (current && isEqual(current.subsets ?? [], subsets) && isEqual(current.metadata.labels, labels)) return
    const annotations = {
      ...current?.metadata.annotations,
      [triggerAnnotation]: lastTrigger(service, pods),
      ...(truncated ? { [capacityAnnotation]: 'truncated' } : {}),
    }
    if (current) {
      await client.update(Endpoints, { ...current, metadata: { ...current.metadata, labels, annotations }, subsets })
    } else {
      const { name, namespace = '' } = service.metadata
      // One that is there already, the cache will show soon, and wake us.
      await createUnlessThere(client.create(Endpoints, { metadata: { name, namespace, labels, annotations }, subsets }))
    }
  },
})

const isOurs = ({ metadata }: Endpoints) => metadata.labels?.[managedBy] === 'endpoint-controller'
const ours = (endpoints: Endpoints) => (isOurs(endpoints) ? [`${endpoints.metadata.namespace}/${endpoints.metadata.name}`] : [])

async function remove({ client }: ControllerContext, key: string): Promise<void> {
  try {
    await client.delete(Endpoints, splitKey(key))
  } catch (error) {
    if (!isNotFound(error)) throw error
  }
}
