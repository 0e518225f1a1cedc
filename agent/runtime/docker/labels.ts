import type { ContainerConfig, PodIdentity, SandboxConfig } from '../runtime.ts'

export const labels = {
  cluster: 'io.kubeling.cluster',
  node: 'io.kubeling.node',
  kind: 'io.kubeling.container.kind',
  podName: 'io.kubernetes.pod.name',
  podNamespace: 'io.kubernetes.pod.namespace',
  podUid: 'io.kubernetes.pod.uid',
  containerName: 'io.kubernetes.container.name',
  type: 'io.kubernetes.docker.type',
  files: 'io.kubeling.pod.files',
  sandboxId: 'io.kubernetes.sandbox.id',
  /** Why a container cannot be started, where the engine does not say it. */
  startRefusal: 'io.kubeling.container.start-refusal',
} as const
const annotationPrefix = 'annotation.'
const sandboxName = 'POD'

export interface Owner {
  readonly cluster: string
  readonly nodeName: string
}

const podLabels = (owner: Owner, pod: PodIdentity): Record<string, string> => ({
  [labels.cluster]: owner.cluster,
  [labels.node]: owner.nodeName,
  [labels.podName]: pod.name,
  [labels.podNamespace]: pod.namespace,
  [labels.podUid]: pod.uid,
})

export const ownerFilter = (owner: Owner, ...more: string[]): string[] => [
  `${labels.cluster}=${owner.cluster}`,
  `${labels.node}=${owner.nodeName}`,
  ...more,
]

/** A volume that is no pod's has the cluster's and the node's labels alone. */
export const volumeLabels = (owner: Owner, pod: PodIdentity | undefined): Record<string, string> =>
  pod ? podLabels(owner, pod) : { [labels.cluster]: owner.cluster, [labels.node]: owner.nodeName }

/** What a container that only serves to reach volumes or host paths carries: never mistaken for a pod's. */
export const helperLabels = (owner: Owner): Record<string, string> => ({
  [labels.cluster]: owner.cluster,
  [labels.node]: owner.nodeName,
  [labels.type]: 'helper',
})

export const sandboxLabels = (owner: Owner, config: SandboxConfig): Record<string, string> => ({
  ...config.labels,
  ...podLabels(owner, config.pod),
  [labels.type]: 'podsandbox',
  [labels.containerName]: sandboxName,
})

export const containerLabels = (owner: Owner, config: ContainerConfig): Record<string, string> => ({
  ...podLabels(owner, config.pod),
  ...Object.fromEntries(Object.entries(config.annotations ?? {}).map(([key, value]) => [annotationPrefix + key, value])),
  [labels.type]: 'container',
  [labels.containerName]: config.name,
  [labels.sandboxId]: config.sandboxId,
  [labels.kind]: config.kind,
  [`${annotationPrefix}io.kubernetes.container.restartCount`]: String(config.attempt),
})

/** `k8s_<container>_<pod>_<namespace>_<uid>_<attempt>`, as dockershim named containers. */
const nameOf = (container: string, pod: PodIdentity, attempt: number): string =>
  ['k8s', container, pod.name, pod.namespace, pod.uid, String(attempt)].join('_')
export const sandboxNameOf = (config: SandboxConfig): string => nameOf(sandboxName, config.pod, config.attempt)
export const containerNameOf = (config: ContainerConfig): string => nameOf(config.name, config.pod, config.attempt)

export const identityOf = (found: Readonly<Record<string, string>>): PodIdentity => ({
  uid: found[labels.podUid] ?? '',
  name: found[labels.podName] ?? '',
  namespace: found[labels.podNamespace] ?? '',
})
export const isSandbox = (found: Readonly<Record<string, string>>): boolean => found[labels.type] === 'podsandbox'
export const isPodContainer = (found: Readonly<Record<string, string>>): boolean => isSandbox(found) || found[labels.type] === 'container'
export const annotationsOf = (found: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(found)
      .filter(([key]) => key.startsWith(annotationPrefix))
      .map(([key, value]) => [key.slice(annotationPrefix.length), value]),
  )
export const attemptOf = (containerName: string): number => Number(containerName.slice(containerName.lastIndexOf('_') + 1)) || 0
export const kindOf = (found: Readonly<Record<string, string>>): ContainerConfig['kind'] => {
  const kind = found[labels.kind]
  return kind === 'init' || kind === 'ephemeral' ? kind : 'app'
}
