import type { Pod } from '../../../api/core/pod.ts'

/** A pod that only shows what a kubelet runs from a file of its own. */
export const isMirrorPod = ({ metadata }: Pod): boolean => metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined
