import type { Pod } from '../../api/core/pod.ts'
import type { ContainerStatus, PodCondition, PodStatus } from '../../api/core/pod-status.ts'
import { containersOf, isSidecar, type PodContainer } from '../../api/pod-containers.ts'
import { isTerminalPhase } from '../../api/pod-phase.ts'
import type { ObservedContainer, ObservedPod } from '../runtime/runtime.ts'
import { containerStatus, exitCodeOf, hasEnded, type WaitingReason } from './container-status.ts'
import { withLostContainers } from './lost-containers.ts'
import { withShortMessages } from './message-limit.ts'
import { isOwnDisruption, kubeletConditions, podConditions, withTransitionTimes } from './pod-conditions.ts'
import { podPhase } from './pod-phase.ts'
import { podResourceStatus } from './pod-resources.ts'
import { containersToClear, isRestartingEverything } from './restart-everything.ts'
import { mayRestartEverything, restartsAfter } from './restart-policy.ts'

/** What probes say about a running container; without a probe of a kind the answer is yes. */
export interface ProbeVerdicts {
  hasStarted(containerId: string): boolean
  isReady(containerId: string): boolean
}

export interface StatusFacts {
  readonly pod: Pod
  readonly observed: ObservedPod
  /** The status that was written last, by this agent or the one before it. */
  readonly previous: PodStatus
  readonly probes: ProbeVerdicts
  readonly waiting: ReadonlyMap<string, WaitingReason>
  readonly terminationMessage: (containerId: string) => string | undefined
  readonly hostIp: string
  /** How a resize of the pod goes. */
  readonly resize?: readonly PodCondition[]
  /** RFC 3339, whole seconds. */
  readonly now: string
  /** Nothing of this pod will be started again. */
  readonly terminal: boolean
  /** The agent's own verdict over the pod: evicted, rejected, past its deadline. */
  readonly failure?: PodFailure | undefined
}
/** The agent's own verdict over a pod. `disruption`: the pod is not to blame; its DisruptionTarget condition says so. */
export interface PodFailure {
  readonly reason: string
  readonly message: string
  readonly disruption?: boolean
}

/** Upstream's ShouldContainerBeRestarted, for a container in no matter which state. */
export function shouldRestart(pod: Pod, container: PodContainer, latest: ObservedContainer | undefined): boolean {
  if (pod.metadata.deletionTimestamp) return false
  if (!latest) return true
  if (latest.state === 'running') return false
  if (!hasEnded(latest)) return true
  if (container.kind === 'ephemeral') return false
  if (container.kind === 'init' && isSidecar(container.container)) return true
  const exitCode = exitCodeOf(latest)
  if (container.kind === 'init' && exitCode === 0) return false
  return restartsAfter(pod.spec, container.container, exitCode)
}

/** The network sandbox is there and, with a network of its own, has an address. */
export function readySandbox(pod: Pod, observed: ObservedPod) {
  const [newest] = observed.sandboxes
  return newest?.state === 'ready' && (pod.spec.hostNetwork || newest.ip) ? newest : undefined
}

function withProbes(status: ContainerStatus, { kind, container }: PodContainer, { probes }: StatusFacts): ContainerStatus {
  const id = status.containerID?.replace(/^\w+:\/\//, '') ?? ''
  const running = status.state?.running !== undefined
  const started = running && probes.hasStarted(id)
  if (kind === 'init' && !isSidecar(container)) return { ...status, started, ready: status.state?.terminated?.exitCode === 0 }
  return { ...status, started, ready: started && probes.isReady(id) }
}

function statusesOf(facts: StatusFacts): Record<PodContainer['kind'], ContainerStatus[]> {
  const { pod, observed, previous, waiting, terminationMessage } = facts
  const old = [
    ...(previous.initContainerStatuses ?? []),
    ...(previous.containerStatuses ?? []),
    ...(previous.ephemeralContainerStatuses ?? []),
  ]
  const restarting = isRestartingEverything(facts)
  const defaultReason = (pod.spec.initContainers ?? []).length > 0 ? 'PodInitializing' : 'ContainerCreating'
  const result: Record<PodContainer['kind'], ContainerStatus[]> = { init: [], app: [], ephemeral: [] }
  const members = containersOf(pod.spec)
  for (const member of members) {
    const { name } = member.container
    const attempts = observed.containers.filter(container => container.name === name)
    const status = containerStatus({
      container: member.container,
      attempts,
      previous: old.find(status => status.name === name),
      waiting: waiting.get(name),
      defaultReason: member.kind === 'ephemeral' ? 'ContainerCreating' : defaultReason,
      restarts: shouldRestart(pod, member, attempts[0]),
      restartingEverything: member.kind !== 'ephemeral' && restarting,
      terminationMessage,
    })
    result[member.kind].push(withShortMessages(withProbes(status, member, facts), members.length))
  }
  result.app.sort((a, b) => (a.name < b.name ? -1 : 1))
  return result
}

function phaseAndReason(facts: StatusFacts, statuses: readonly ContainerStatus[]): Pick<PodStatus, 'phase' | 'reason' | 'message'> {
  const { pod, previous, failure } = facts
  if (failure) return { phase: 'Failed', reason: failure.reason, message: failure.message }
  const computed = podPhase(pod.spec, statuses, facts.terminal)
  const phase = isTerminalPhase(computed) || !isTerminalPhase(previous.phase) ? computed : previous.phase
  if (phase !== previous.phase) return { phase: phase ?? 'Pending' }
  return {
    phase: phase ?? 'Pending',
    ...(previous.reason ? { reason: previous.reason } : {}),
    ...(previous.message ? { message: previous.message } : {}),
  }
}

function addresses({ pod, observed, hostIp, previous }: StatusFacts): Partial<PodStatus> {
  const host = { hostIP: hostIp, hostIPs: [{ ip: hostIp }] }
  const ip = pod.spec.hostNetwork ? hostIp : (observed.sandboxes[0]?.ip ?? previous.podIP)
  const shown = ip && (observed.sandboxes.length > 0 || previous.podIP)
  return shown ? { ...host, podIP: ip, podIPs: [{ ip }] } : host
}

/** Once said, it stays. */
function disruptionTarget({ failure, previous }: StatusFacts): PodCondition | undefined {
  if (!failure?.disruption) return previous.conditions?.find(isOwnDisruption)
  return { type: 'DisruptionTarget', status: 'True', reason: 'TerminationByKubelet', message: failure.message }
}

/** The whole status of a pod, from what was observed. Pure: upstream's generateAPIPodStatus. */
export function podStatus(facts: StatusFacts): PodStatus {
  const { pod, previous, now } = facts
  const { init, app, ephemeral } = statusesOf(facts)
  const { phase, reason, message } = phaseAndReason(facts, [...init, ...app])
  const observedGeneration = pod.metadata.generation
  const others = (pod.status.conditions ?? []).filter(({ type }) => !kubeletConditions.includes(type))
  const disruption = disruptionTarget(facts)
  const own = podConditions({
    spec: pod.spec,
    phase: phase as 'Pending',
    init,
    containers: app,
    others,
    sandboxReady: readySandbox(pod, facts.observed) !== undefined,
    previous: previous.conditions ?? [],
    ...(mayRestartEverything(pod.spec)
      ? { restartsEverything: isRestartingEverything(facts) && containersToClear(pod, facts.observed).length > 0 }
      : {}),
  })
  const conditions = [...own, ...(disruption ? [disruption] : [])].map(condition =>
    observedGeneration === undefined ? condition : { ...condition, observedGeneration },
  )
  return {
    ...(observedGeneration === undefined ? {} : { observedGeneration }),
    ...(phase ? { phase } : {}),
    ...(reason ? { reason } : {}),
    ...(message ? { message } : {}),
    conditions: withTransitionTimes([...conditions, ...(facts.resize ?? [])], previous.conditions ?? pod.status.conditions ?? [], now),
    ...addresses(facts),
    startTime: previous.startTime ?? now,
    ...(init.length > 0 ? { initContainerStatuses: init } : {}),
    containerStatuses: app,
    ...(ephemeral.length > 0 ? { ephemeralContainerStatuses: ephemeral } : {}),
    ...(pod.status.qosClass ? { qosClass: pod.status.qosClass } : {}),
    ...podResourceStatus(pod.spec, facts.observed),
  }
}

/** The status of a pod whose last container is gone: always terminal. Upstream's TerminatePod. */
export function finalPodStatus(facts: StatusFacts): PodStatus {
  const status = podStatus({ ...facts, terminal: true })
  const phase = isTerminalPhase(status.phase) ? status.phase : 'Failed'
  const settled: PodStatus = {
    ...status,
    ...(phase ? { phase } : {}),
    ...withLostContainers(facts.pod.spec, status),
  }
  return phase === status.phase ? settled : withUnreadyConditions(settled, facts.now)
}

/** Ready and ContainersReady of a pod that has ended are false, whatever its containers say. */
export function withUnreadyConditions(status: PodStatus, now: string): PodStatus {
  const reason = status.phase === 'Failed' ? 'PodFailed' : 'PodCompleted'
  const conditions = (status.conditions ?? []).map(condition => {
    if (condition.type !== 'Ready' && condition.type !== 'ContainersReady') return condition
    const { message: _message, ...rest } = condition
    const lastTransitionTime = condition.status === 'False' && condition.lastTransitionTime ? condition.lastTransitionTime : now
    return { ...rest, status: 'False' as const, reason, lastTransitionTime }
  })
  return { ...status, conditions }
}
