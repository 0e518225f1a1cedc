import type { Pod } from './core/pod.ts'

/** What kubelets write on the pods they run from files, and on the objects that show these in the API. */
export const staticPodAnnotations = {
  /** Where the pod comes from: `file`; absent or `api` for pods of the API. */
  source: 'kubernetes.io/config.source',
  /** When it was read. */
  seen: 'kubernetes.io/config.seen',
  /** Hash of what was read: the uid that the pod has on its node. */
  hash: 'kubernetes.io/config.hash',
  /** The same hash, on the object in the API: what makes it a mirror. */
  mirror: 'kubernetes.io/config.mirror',
} as const

/** A pod that only shows what a kubelet runs from a file of its own. */
export const isMirrorPod = ({ metadata }: Pick<Pod, 'metadata'>): boolean =>
  metadata.annotations?.[staticPodAnnotations.mirror] !== undefined

/** A pod that a kubelet read from a file; the API only has its mirror. */
export const isStaticPod = (pod: Pick<Pod, 'metadata'>): boolean =>
  !isMirrorPod(pod) && (pod.metadata.annotations?.[staticPodAnnotations.source] ?? 'api') !== 'api'
