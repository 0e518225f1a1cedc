import { Service } from '../../api/core/service.ts'
import { EndpointSlice } from '../../api/discovery/endpoint-slice.ts'
import type { KubernetesObject } from '../../api/kind.ts'
import { Cache } from '../../client/cache.ts'
import type { Informers } from '../../client/informers.ts'
import { informedView, type ClusterView } from './cluster-view.ts'

const metadataOf = (name: string, namespace: string) => ({
  name,
  namespace,
  uid: `${namespace}/${name}`,
  resourceVersion: '1',
  creationTimestamp: '',
})

export const serviceOf = (name: string, spec: object, namespace = 'default'): Service =>
  ({ apiVersion: 'v1', kind: 'Service', metadata: metadataOf(name, namespace), spec, status: {} }) as unknown as Service

export const sliceOf = (service: string, slice: object, namespace = 'default'): EndpointSlice =>
  ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { ...metadataOf(`${service}-abc`, namespace), labels: { 'kubernetes.io/service-name': service } },
    addressType: 'IPv4',
    ...slice,
  }) as unknown as EndpointSlice

/** The view of caches that hold these objects. */
export function viewOf(services: readonly Service[], slices: readonly EndpointSlice[]): ClusterView {
  const caches = new Map<string, Cache<KubernetesObject>>([
    [Service.plural, new Cache()],
    [EndpointSlice.plural, new Cache()],
  ])
  const informers = { for: (kind: { plural: string }) => ({ cache: caches.get(kind.plural) }) } as unknown as Informers
  const view = informedView(informers)
  for (const service of services) caches.get(Service.plural)?.set(service)
  for (const slice of slices) caches.get(EndpointSlice.plural)?.set(slice)
  return view
}
