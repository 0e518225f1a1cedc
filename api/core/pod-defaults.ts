import type { Container } from './container.ts'
import type { Pod } from './pod.ts'
import type { PodSpec } from './pod-spec.ts'
import type { Volume } from './volume.ts'
import { containerAmounts } from '../pod-resources.ts'

type PullPolicy = NonNullable<Container['imagePullPolicy']>

/** Always for `latest`, told or implied; a digest without a tag is fixed, so it is pulled once. */
function pullPolicyFor(image: string): PullPolicy {
  const [name = '', digest] = image.split('@', 2)
  const tag = name.slice(name.lastIndexOf('/') + 1).split(':', 2)[1]
  if (tag === undefined) return digest ? 'IfNotPresent' : 'Always'
  return tag === 'latest' ? 'Always' : 'IfNotPresent'
}

type WithImage = { imagePullPolicy?: PullPolicy; image?: string }
const withPullPolicy = <T extends WithImage>(container: T): T =>
  container.imagePullPolicy ? container : { ...container, imagePullPolicy: pullPolicyFor(container.image ?? '') }

/** A volume without any source is an empty directory. */
function withVolumeSource(volume: Volume): Volume {
  if (Object.keys(volume).every(key => key === 'name')) return { ...volume, emptyDir: {} }
  if (volume.image && !volume.image.pullPolicy)
    return { ...volume, image: { ...volume.image, pullPolicy: pullPolicyFor(volume.image.reference ?? '') } }
  return volume
}

/** Defaults of a pod's spec that depend on other fields, in pods and pod templates alike; after those of the schema. */
export function applyPodSpecDefaults(spec: PodSpec): PodSpec {
  const account = spec.serviceAccountName || spec.serviceAccount
  return {
    ...spec,
    ...(spec.volumes ? { volumes: spec.volumes.map(withVolumeSource) } : {}),
    ...(spec.initContainers ? { initContainers: spec.initContainers.map(withPullPolicy) } : {}),
    ...(spec.ephemeralContainers ? { ephemeralContainers: spec.ephemeralContainers.map(withPullPolicy) } : {}),
    containers: (spec.containers ?? []).map(withPullPolicy),
    securityContext: spec.securityContext ?? {},
    ...(account ? { serviceAccountName: account, serviceAccount: account } : {}),
  }
}

/** What is limited but not requested is requested up to its limit. */
function withRequests<R extends { limits?: Record<string, string>; requests?: Record<string, string> }>(resources: R): R {
  if (!resources.limits || Object.keys(resources.limits).length === 0) return resources
  return { ...resources, requests: { ...resources.limits, ...resources.requests } }
}
const withRequestsOfContainer = (container: Container): Container =>
  container.resources?.limits ? { ...container, resources: withRequests(container.resources) } : container

/** On the host's network a port of a container is the same port of the host. */
const withHostPorts = (container: Container): Container =>
  container.ports
    ? { ...container, ports: container.ports.map(port => (port.hostPort ? port : { ...port, hostPort: port.containerPort })) }
    : container

const podLevelResource = (name: string) => name === 'cpu' || name === 'memory' || name.startsWith('hugepages-')

/** Requests of the pod as a whole that were not given: what its containers request, else its own limit. */
function withPodRequests(spec: PodSpec): PodSpec {
  const resources = spec.resources
  if (!resources || (!resources.limits && !resources.requests)) return spec
  const ofContainers = Object.entries(containerAmounts(spec, 'requests')).filter(([name]) => podLevelResource(name))
  const ofLimits = Object.entries(resources.limits ?? {}).filter(([name]) => podLevelResource(name))
  const requests = { ...Object.fromEntries(ofLimits), ...Object.fromEntries(ofContainers), ...resources.requests }
  return Object.keys(requests).length > 0 ? { ...spec, resources: { ...resources, requests } } : spec
}

/** Everything of `applyPodSpecDefaults`, and what upstream defaults in pods only, not in templates. */
export function applyPodDefaults(pod: Pod): Pod {
  const spec = applyPodSpecDefaults(pod.spec)
  const adjust = (container: Container) => withRequestsOfContainer(spec.hostNetwork ? withHostPorts(container) : container)
  const full: PodSpec = {
    ...spec,
    containers: spec.containers.map(adjust),
    ...(spec.initContainers ? { initContainers: spec.initContainers.map(adjust) } : {}),
    enableServiceLinks: spec.enableServiceLinks ?? true,
  }
  return { ...pod, spec: withPodRequests(full) }
}
