import type { PodSpec } from '../../../../api/core/pod-spec.ts'
import type { ObjectMeta } from '../../../../api/meta.ts'
import { containersOf } from '../../../../api/pod-containers.ts'

export interface PodLike {
  readonly metadata: Pick<ObjectMeta, 'annotations'>
  readonly spec: PodSpec
}

/** What a policy finds wrong with a pod: in few words, and in detail. */
export interface Violation {
  readonly reason: string
  readonly detail: string
}
export type CheckPod = (pod: PodLike) => Violation | undefined

/** One rule of the Pod Security Standards. */
export interface Check {
  readonly level: 'baseline' | 'restricted'
  /** Another check of the restricted level says more than this one, which is left out there. */
  readonly overridden?: true
  /** From which minor version of Kubernetes on the rule is what, oldest first. */
  readonly versions: readonly (readonly [from: number, check: CheckPod])[]
}

export const quoted = (items: readonly string[]): string => items.map(item => `"${item}"`).join(', ')
export const plural = (word: string, count: number, many = `${word}s`): string => (count === 1 ? word : many)
export const sorted = (items: Iterable<string>): string[] => [...new Set(items)].sort()
/** `container "a"`, `containers "a", "b"`. */
export const named = (containers: readonly string[]): string => `${plural('container', containers.length)} ${quoted(containers)}`

type Container = ReturnType<typeof containersOf>[number]['container']

/** Init containers first, then the others, ephemeral ones last. */
export const allContainers = ({ spec }: PodLike): Container[] => containersOf(spec).map(({ container }) => container)

/** Names of the containers of which something is true. */
export const containersThat = (pod: PodLike, isTrue: (container: Container) => boolean): string[] =>
  allContainers(pod)
    .filter(isTrue)
    .map(({ name }) => name)

/** `pod and containers "a", "b"`: whoever set something, as far as there is somebody. */
export const setters = (podDoes: boolean, containers: readonly string[]): string =>
  [...(podDoes ? ['pod'] : []), ...(containers.length > 0 ? [named(containers)] : [])].join(' and ')

export const isWindows = ({ spec }: PodLike): boolean => spec.os?.name === 'windows'
/** Root in a user namespace of its own is nobody outside of it. */
export const hasOwnUsers = ({ spec }: PodLike): boolean => spec.hostUsers === false
export const exceptWindows =
  (check: CheckPod): CheckPod =>
  pod =>
    isWindows(pod) ? undefined : check(pod)
export const exceptOwnUsers =
  (check: CheckPod): CheckPod =>
  pod =>
    hasOwnUsers(pod) ? undefined : check(pod)
