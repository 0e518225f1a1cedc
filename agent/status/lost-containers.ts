import type { ContainerStatus, PodStatus } from '../../api/core/pod-status.ts'
import { isSidecar } from '../../api/pod-containers.ts'
import type { PodSpec } from '../../api/core/pod-spec.ts'

const lost: NonNullable<ContainerStatus['state']> = {
  terminated: {
    exitCode: 137,
    reason: 'ContainerStatusUnknown',
    message: 'The container could not be located when the pod was terminated',
  },
}

const ended = (status: ContainerStatus): ContainerStatus =>
  status.state?.terminated ? status : { ...status, state: lost, ready: false, started: false }

const leftWaiting = ({ state, lastState }: ContainerStatus) => state?.waiting === undefined || lastState?.terminated !== undefined

/** Whether the app containers' turn had come: upstream's hasPodInitialized. */
function isInitialized(spec: PodSpec, { initContainerStatuses = [], containerStatuses = [] }: PodStatus): boolean {
  const last = spec.initContainers?.at(-1)
  if (!last || containerStatuses.some(leftWaiting)) return true
  const status = initContainerStatuses.find(({ name }) => name === last.name)
  if (isSidecar(last) && status?.started) return true
  return status?.state?.terminated?.exitCode === 0 || status?.lastState?.terminated?.exitCode === 0
}

/** How many init containers are accounted for: up to the last that was ever started, and always the first. */
function attemptedInits(statuses: readonly ContainerStatus[]): number {
  return Math.max(statuses.findLastIndex(leftWaiting) + 1, 1)
}

/**
 * The statuses of a terminated pod, in which no container whose turn had come is left open: what nobody saw end is reported as
 * lost. Those that never had their turn, behind an init container that did not succeed, go on waiting. Upstream's TerminatePod.
 */
export function withLostContainers(spec: PodSpec, status: PodStatus): Pick<PodStatus, 'initContainerStatuses' | 'containerStatuses'> {
  const { initContainerStatuses, containerStatuses } = status
  const attempted = attemptedInits(initContainerStatuses ?? [])
  return {
    ...(containerStatuses ? { containerStatuses: isInitialized(spec, status) ? containerStatuses.map(ended) : containerStatuses } : {}),
    ...(initContainerStatuses
      ? { initContainerStatuses: initContainerStatuses.map((each, index) => (index < attempted ? ended(each) : each)) }
      : {}),
  }
}
