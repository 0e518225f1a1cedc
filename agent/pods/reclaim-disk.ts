import type { ObservedPod, Runtime } from '../runtime/runtime.ts'
import { removePod } from './removal.ts'

export interface ReclaimDiskOptions {
  readonly runtime: Pick<Runtime, 'removeContainer' | 'removeSandbox'>
  /** Pods that have run to their end and keep their containers for nothing but their logs. */
  readonly ended: () => readonly ObservedPod[]
}

/** What a node gives up before pods that run have to go: upstream's DeleteAllUnusedContainers. */
export async function reclaimDisk({ runtime, ended }: ReclaimDiskOptions): Promise<void> {
  await Promise.all(ended().map(pod => removePod(runtime, pod)))
}
