import type { ContainerState, ContainerStatus } from '../../api/core/pod-status.ts'

/** Of all termination messages of a pod together: upstream's MaxPodTerminationMessageLogLength. */
const maxBytes = 12 * 1024

/** The status with the beginning of its termination messages, each as long as its share of what a pod's containers may say. */
export function withShortMessages(status: ContainerStatus, containers: number): ContainerStatus {
  const share = Math.floor(maxBytes / containers)
  const short = (state: ContainerState = {}): ContainerState => {
    const { terminated } = state
    if (!terminated?.message || Buffer.byteLength(terminated.message) <= share) return state
    return { terminated: { ...terminated, message: Buffer.from(terminated.message).subarray(0, share).toString() } }
  }
  return { ...status, state: short(status.state), lastState: short(status.lastState) }
}
