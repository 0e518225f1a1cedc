import type { Pod } from './pod.ts'
import type { ContainerStateTerminated, ContainerStatus } from './pod-status.ts'

export interface PodSummary {
  /** `1/2`: containers and sidecars that are ready, of all. */
  readonly ready: string
  readonly reason: string
  readonly restarts: number
  readonly lastRestart: string | undefined
}

interface Restarts {
  readonly count: number
  readonly last: string | undefined
}

const later = (a: string | undefined, b: string | undefined): string | undefined =>
  a === undefined || (b !== undefined && Date.parse(a) < Date.parse(b)) ? b : a

const restartsOf = (statuses: readonly ContainerStatus[]): Restarts => ({
  count: statuses.reduce((total, { restartCount }) => total + restartCount, 0),
  last: statuses.reduce<string | undefined>(
    (last, { lastState }) => later(last, lastState?.terminated?.finishedAt ?? undefined),
    undefined,
  ),
})

const exitOf = ({ reason, signal, exitCode }: ContainerStateTerminated): string =>
  reason || (signal ? `Signal:${signal}` : `ExitCode:${exitCode}`)

const isTrue = (pod: Pod, condition: string): boolean =>
  pod.status.conditions?.some(({ type, status }) => type === condition && status === 'True') ?? false

function reasonOfPhase({ status }: Pod): string {
  const gated = status.conditions?.some(({ type, reason }) => type === 'PodScheduled' && reason === 'SchedulingGated')
  return gated ? 'SchedulingGated' : status.reason || (status.phase ?? '')
}

/** Why the pod is still initializing; undefined once every init container is done or, for sidecars, started. */
function initReason(pod: Pod, sidecars: ReadonlySet<string>): { reason: string | undefined; ready: number } {
  let ready = 0
  for (const [index, status] of (pod.status.initContainerStatuses ?? []).entries()) {
    const { terminated, waiting } = status.state ?? {}
    if (terminated?.exitCode === 0) continue
    if (sidecars.has(status.name) && status.started) {
      if (status.ready) ready++
      continue
    }
    if (terminated) return { reason: `Init:${exitOf(terminated)}`, ready }
    if (waiting?.reason && waiting.reason !== 'PodInitializing') return { reason: `Init:${waiting.reason}`, ready }
    return { reason: `Init:${index}/${pod.spec.initContainers?.length ?? 0}`, ready }
  }
  return { reason: undefined, ready }
}

/** The first container that has something to say decides. */
function containersReason(pod: Pod, otherwise: string): { reason: string; ready: number } {
  const statuses = pod.status.containerStatuses ?? []
  const running = statuses.filter(({ ready, state }) => ready && state?.running && !state.waiting?.reason && !state.terminated).length
  const reasons = statuses.map(({ state }) => state?.waiting?.reason || (state?.terminated ? exitOf(state.terminated) : ''))
  const reason = reasons.find(text => text !== '') ?? otherwise
  if (reason === 'Completed' && running > 0) return { reason: isTrue(pod, 'Ready') ? 'Running' : 'NotReady', ready: running }
  return { reason, ready: running }
}

/** READY, STATUS and RESTARTS of a pod as `kubectl get pods` shows them. */
export function podSummary(pod: Pod): PodSummary {
  const sidecars = new Set(
    (pod.spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always').map(({ name }) => name),
  )
  const initStatuses = pod.status.initContainerStatuses ?? []
  const init = initReason(pod, sidecars)
  let reason = init.reason ?? reasonOfPhase(pod)
  let ready = init.ready
  let restarts = restartsOf(initStatuses)
  if (init.reason === undefined || isTrue(pod, 'Initialized')) {
    const containers = containersReason(pod, reason)
    reason = containers.reason
    ready += containers.ready
    restarts = restartsOf([...initStatuses.filter(({ name }) => sidecars.has(name)), ...(pod.status.containerStatuses ?? [])])
  }
  if (pod.metadata.deletionTimestamp) {
    if (pod.status.reason === 'NodeLost') reason = 'Unknown'
    else if (pod.status.phase !== 'Succeeded' && pod.status.phase !== 'Failed') reason = 'Terminating'
  }
  return {
    ready: `${ready}/${pod.spec.containers.length + sidecars.size}`,
    reason,
    restarts: restarts.count,
    lastRestart: restarts.last,
  }
}
