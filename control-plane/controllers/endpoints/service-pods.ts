import type { Pod } from '../../../api/core/pod.ts'
import type { Service, ServicePort } from '../../../api/core/service.ts'
import { isSidecar } from '../../../api/pod-containers.ts'
import { matches, selectorFromLabels } from '../../../api/label-selector.ts'
import { isPodFinished } from '../../../api/pod-phase.ts'

export const hasSelector = (service: Service): boolean =>
  service.spec.type !== 'ExternalName' && Object.keys(service.spec.selector ?? {}).length > 0
export const isHeadless = (service: Service): boolean => service.spec.clusterIP === 'None' || !service.spec.clusterIP

export const selects = (service: Service, pod: Pod): boolean =>
  hasSelector(service) && matches(selectorFromLabels(service.spec.selector), pod.metadata.labels)

/** Pods that have an address and may still answer. */
export const hasEndpoint = (pod: Pod, { terminating }: { terminating: boolean }): boolean =>
  !isPodFinished(pod) && Boolean(pod.status.podIP) && (terminating || !pod.metadata.deletionTimestamp)

/** The number of a service's target port on this pod; undefined when no container has a port of that name. */
export function targetPortOf(pod: Pod, port: ServicePort): number | undefined {
  const target = port.targetPort ?? port.port
  if (typeof target === 'number') return target === 0 ? port.port : target
  const containers = [...pod.spec.containers, ...(pod.spec.initContainers ?? []).filter(isSidecar)]
  return containers
    .flatMap(({ ports = [] }) => ports)
    .find(each => each.name === target && (each.protocol ?? 'TCP') === (port.protocol ?? 'TCP'))?.containerPort
}

/** The name under which a headless service's DNS knows the pod by itself. */
export const hostnameIn = (service: Service, pod: Pod): string | undefined =>
  pod.spec.hostname && pod.spec.subdomain === service.metadata.name ? pod.spec.hostname : undefined

export const targetRefOf = ({ metadata }: Pod) => ({
  kind: 'Pod',
  namespace: metadata.namespace ?? '',
  name: metadata.name,
  uid: metadata.uid,
})

/** The latest change that an endpoint reflects, for those who measure how long it took. */
export function lastTrigger(service: Service, pods: readonly Pod[]): string {
  const times = pods.flatMap(pod => pod.status.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime ?? [])
  return [service.metadata.creationTimestamp, ...times].sort().at(-1) ?? ''
}
