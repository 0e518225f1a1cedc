import type { EventRecorder } from '../client/event-recorder.ts'
import { sleepUnlessAborted, type Clock } from '../common/clock.ts'
import type { Logger } from '../common/log.ts'
import { untilAborted, type Runnable } from '../common/run.ts'
import { nodeReference, type Kubelet } from './kubelet.ts'
import type { NodeState } from './node/node-state.ts'
import type { NodeStatusManager } from './node/node-status.ts'

/** How long a node that shuts down waits at the end for the API server to hear of it. */
const farewellMs = 5_000

export interface HaltParts {
  readonly shutdown: AbortSignal
  readonly stop: AbortController
  readonly state: NodeState
  readonly nodeStatus: NodeStatusManager
  readonly pods: Kubelet
  readonly recorder: EventRecorder
  readonly nodeName: string
  readonly clock: Clock
  readonly log: Logger
}

/** Upstream's node shutdown: the node says so, its pods are ended in the order of their priorities, and then the agent ends. */
export const haltOnShutdown = ({ shutdown, stop, state, nodeStatus, pods, recorder, nodeName, clock, log }: HaltParts): Runnable => ({
  async run(signal) {
    await untilAborted(AbortSignal.any([signal, shutdown]))
    if (signal.aborted) return
    if (pods.shutdown.isConfigured) {
      const message = 'Shutdown manager detected shutdown event'
      recorder.event(nodeReference(nodeName), { type: 'Normal', reason: 'NodeShutdown', message })
      state.shuttingDown = true
      const told = nodeStatus.report().catch((error: unknown) => log.warn('that the node shuts down could not be told', { error }))
      await pods.shutdown.run(signal)
      await Promise.race([told, sleepUnlessAborted(clock, farewellMs, signal)])
    } else log.info('no grace period for a shutdown is configured: pods are not told of it')
    stop.abort()
  },
})
