import type { Container } from './core/container.ts'
import type { PodSpec } from './core/pod-spec.ts'
import type { ObjectMeta } from './meta.ts'

export type ContainerKind = 'init' | 'app' | 'ephemeral'

export interface PodContainer {
  readonly container: Container
  readonly kind: ContainerKind
}
interface PodLike {
  readonly metadata: ObjectMeta
  readonly spec: PodSpec
}

/** Every container of the pod in the order of the spec: init, app, ephemeral. */
export const containersOf = (spec: PodSpec): PodContainer[] => [
  ...(spec.initContainers ?? []).map(container => ({ container, kind: 'init' as const })),
  ...spec.containers.map(container => ({ container, kind: 'app' as const })),
  ...(spec.ephemeralContainers ?? []).map(container => ({ container, kind: 'ephemeral' as const })),
]

/** An init container that keeps running beside the app containers ("restartable init container"). */
export const isSidecar = (container: Container): boolean => container.restartPolicy === 'Always'

const lists = { init: 'initContainers', app: 'containers', ephemeral: 'ephemeralContainers' } as const

/** How events name a container: `spec.containers{c}`. */
export function containerFieldPath(spec: PodSpec, name: string): string | undefined {
  const found = containersOf(spec).find(({ container }) => container.name === name)
  return found && `spec.${lists[found.kind]}{${name}}`
}

/** How kubelet names a pod in messages: `name_namespace(uid)`. */
export const podFullName = ({ metadata }: PodLike): string => `${metadata.name}_${metadata.namespace ?? ''}(${metadata.uid})`
