import type { Pod } from '../../api/core/pod.ts'
import type { PodStatus } from '../../api/core/pod-status.ts'
import { containersOf } from '../../api/pod-containers.ts'
import type { ObservedContainer, ObservedPod } from '../runtime/runtime.ts'
import { exitCodeOf, hasEnded } from './container-status.ts'
import { mayRestartEverything, restartsEverything } from './restart-policy.ts'

interface Facts {
  readonly pod: Pod
  readonly observed: ObservedPod
  /** The status written last: what was begun is finished, even by another agent. */
  readonly previous: PodStatus
}

const setsOff = (container: Parameters<typeof restartsEverything>[0], observed: ObservedContainer | undefined) =>
  observed !== undefined && hasEnded(observed) && restartsEverything(container, exitCodeOf(observed))

const members = ({ spec }: Pod) => containersOf(spec).filter(({ kind }) => kind !== 'ephemeral')

/**
 * Whether a container has ended with an exit code whose rule says that all of the pod's containers start anew, from the first
 * init container, in the sandbox that is there. Upstream's ShouldAllContainersRestart.
 */
export function isRestartingEverything({ pod, observed, previous }: Facts): boolean {
  if (pod.metadata.deletionTimestamp || !mayRestartEverything(pod.spec)) return false
  if (previous.conditions?.some(({ type, status }) => type === 'AllContainersRestarting' && status === 'True')) return true
  const statuses = [...(previous.initContainerStatuses ?? []), ...(previous.containerStatuses ?? [])]
  return members(pod).some(({ container }) => {
    const ended = statuses.find(({ name }) => name === container.name)?.state?.terminated
    return (
      setsOff(
        container,
        observed.containers.find(({ name }) => name === container.name),
      ) ||
      (ended !== undefined && restartsEverything(container, ended.exitCode))
    )
  })
}

/** What has to go before everything starts anew. The containers that set it off come last: until then they show that it is due. */
export function containersToClear(pod: Pod, { containers }: ObservedPod): ObservedContainer[] {
  const mine = members(pod).flatMap(({ container }) =>
    containers.filter(({ name }) => name === container.name).map(observed => ({ observed, isSource: setsOff(container, observed) })),
  )
  return [...mine.filter(({ isSource }) => !isSource), ...mine.filter(({ isSource }) => isSource)].map(({ observed }) => observed)
}
