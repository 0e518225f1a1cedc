import { Endpoints } from '../../../api/core/endpoints.ts'
import { Service } from '../../../api/core/service.ts'
import { EndpointSlice } from '../../../api/discovery/endpoint-slice.ts'
import { isNamespaceTerminating, isNotFound } from '../../../api/errors.ts'
import { controllerReference } from '../../../api/owners.ts'
import { watching, type Controller } from '../../../client/controller.ts'
import { isEqual } from '../../../common/equal.ts'
import type { ControllerContext } from '../context.ts'
import { OwnWrites } from '../own-writes.ts'
import { isMirrored, mirrorLimit, mirrorOf, planMirror, type Mirror } from './plan-mirror.ts'

const serviceName = 'kubernetes.io/service-name'
const managedBy = 'endpointslice.kubernetes.io/managed-by'
const manager = 'endpointslicemirroring-controller.k8s.io'
const notCopied = ['endpoints.kubernetes.io/last-change-trigger-time', 'kubectl.kubernetes.io/last-applied-configuration']

/** Shows Endpoints that somebody wrote by hand as EndpointSlices, which are what service proxies and DNS read. */
export const endpointSliceMirroringController = (context: ControllerContext): Controller => {
  const { client, informers, events } = context
  const writes = new OwnWrites(context, EndpointSlice)
  const ours = ({ metadata }: EndpointSlice) =>
    metadata.labels?.[managedBy] === manager ? [`${metadata.namespace}/${metadata.labels[serviceName] ?? ''}`] : []

  const remove = async (slice: EndpointSlice) => {
    try {
      await client.delete(EndpointSlice, slice.metadata)
      writes.deleted(slice)
    } catch (error) {
      if (!isNotFound(error)) throw error
    }
  }
  const create = async (key: string, slice: Parameters<typeof client.create<EndpointSlice>>[1]) => {
    try {
      writes.written(key, await client.create(EndpointSlice, slice))
    } catch (error) {
      if (!isNamespaceTerminating(error)) throw error
    }
  }

  return {
    name: 'endpointslice-mirroring-controller',
    watches: [watching(Endpoints), watching(Service), watching(EndpointSlice, ours)],
    workers: 5,
    async reconcile(key, signal) {
      await writes.seen(key, signal)
      const endpoints = informers.for(Endpoints).cache.get(key)
      const namespace = key.slice(0, key.indexOf('/'))
      const existing = informers
        .for(EndpointSlice)
        .cache.inNamespace(namespace)
        .filter(slice => ours(slice).includes(key) && !writes.isDeleted(slice) && !slice.metadata.deletionTimestamp)
      if (!isMirrored(endpoints, informers.for(Service).cache.get(key))) {
        for (const slice of existing) await remove(slice)
        return
      }
      const mirror = mirrorOf(endpoints)
      const metadata = metadataOf(endpoints)
      const plan = planMirror(existing, mirror.slices)
      const relabelled = existing.filter(
        slice =>
          !plan.delete.includes(slice) &&
          !plan.update.some(each => each.slice === slice) &&
          !(isEqual(slice.metadata.labels ?? {}, metadata.labels) && isEqual(slice.metadata.annotations ?? {}, metadata.annotations)),
      )
      for (const wanted of plan.create)
        await create(key, { metadata: { generateName: `${endpoints.metadata.name}-`, namespace, ...metadata }, ...copyOf(wanted) })
      const updates = [...plan.update.map(({ slice, wanted }) => ({ slice, ...copyOf(wanted) })), ...relabelled.map(slice => ({ slice }))]
      for (const { slice, ...changed } of updates) {
        const next = { ...slice, ...changed, metadata: { ...slice.metadata, ...metadata } }
        writes.written(key, await client.update(EndpointSlice, next))
      }
      for (const slice of plan.delete) await remove(slice)
      if (plan.create.length + plan.update.length > 0) for (const message of complaints(mirror)) events.event(endpoints, message)
    },
  }
}

const copyOf = ({ addressType, ports, endpoints }: Mirror['slices'][number]) => ({
  addressType,
  ports: [...ports],
  endpoints: [...endpoints],
})

function metadataOf(endpoints: Endpoints) {
  const { name, labels = {}, annotations = {} } = endpoints.metadata
  return {
    labels: { ...labels, [serviceName]: name, [managedBy]: manager },
    annotations: Object.fromEntries(Object.entries(annotations).filter(([annotation]) => !notCopied.includes(annotation))),
    ownerReferences: [controllerReference(Endpoints, endpoints)],
  }
}

function complaints({ invalid, skipped }: Mirror): { type: 'Warning'; reason: string; message: string }[] {
  const none = `Skipped ${invalid} invalid IP addresses when mirroring to EndpointSlices`
  const many = `A max of ${mirrorLimit} addresses can be mirrored to EndpointSlices per Endpoints subset. ${skipped} addresses were skipped`
  return [
    ...(invalid > 0 ? [{ type: 'Warning' as const, reason: 'InvalidIPAddress', message: none }] : []),
    ...(skipped > invalid ? [{ type: 'Warning' as const, reason: 'TooManyAddressesToMirror', message: many }] : []),
  ]
}
