import type { Pressure } from '../eviction/thresholds.ts'
import type { ImageInfo } from '../runtime/runtime.ts'

/** What changes about the node while the agent runs, and shows in its conditions. */
export interface NodeState {
  /** Why the node cannot run pods; undefined when it can. */
  notReady: string | undefined
  pressures: readonly Pressure[]
  shuttingDown: boolean
  /** The images of the engine that this node reports. */
  images: readonly ImageInfo[]
}

/** Upstream's message of a node that is not ready: several reasons stand in brackets, as Go prints several errors. */
export function whyNotReady({ notReady, shuttingDown }: Pick<NodeState, 'notReady' | 'shuttingDown'>): string | undefined {
  const reasons = [notReady, shuttingDown ? 'node is shutting down' : undefined].filter(reason => reason !== undefined)
  return reasons.length > 1 ? `[${reasons.join(', ')}]` : reasons[0]
}
