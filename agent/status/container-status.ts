import type { Container } from '../../api/core/container.ts'
import type { ContainerState, ContainerStatus, ContainerUser, VolumeMountStatus } from '../../api/core/pod-status.ts'
import type { ObservedContainer } from '../runtime/runtime.ts'
import { containerResourceStatus } from './pod-resources.ts'

/** Why a container is not running, in the words of the last attempt to start it. */
export interface WaitingReason {
  readonly reason: string
  readonly message: string
}

export interface ContainerFacts {
  readonly container: Container
  /** Attempts of this container, newest first. */
  readonly attempts: readonly ObservedContainer[]
  /** What the API said last. */
  readonly previous: ContainerStatus | undefined
  readonly waiting: WaitingReason | undefined
  /** The reason of a container that nothing is known about: ContainerCreating or PodInitializing. */
  readonly defaultReason: string
  /** Would be started again as things are. */
  readonly restarts: boolean
  readonly terminationMessage: (containerId: string) => string | undefined
}

/** Names of the notes that the agent leaves on a container for its own later use. */
export const containerNotes = {
  hash: 'io.kubernetes.container.hash',
  user: 'io.kubeling.container.user',
  terminationMessagePath: 'io.kubernetes.container.terminationMessagePath',
  terminationMessagePolicy: 'io.kubernetes.container.terminationMessagePolicy',
} as const

const containerIdOf = (id: string): string => (id.includes('://') ? id : `docker://${id}`)
const secondsOf = (time: string | undefined) => (time ? `${time.slice(0, 19)}Z` : '1970-01-01T00:00:00Z')

/** A container whose process could not be started has ended, whatever the runtime calls it. */
export const hasEnded = (container: ObservedContainer): boolean =>
  container.state === 'exited' || (container.state === 'created' && container.error !== undefined)

function terminated(container: ObservedContainer, message: string | undefined): ContainerState {
  const neverStarted = container.error !== undefined && !container.oomKilled
  const exitCode = neverStarted ? 128 : (container.exitCode ?? 0)
  const reason = neverStarted ? 'StartError' : container.oomKilled ? 'OOMKilled' : exitCode === 0 ? 'Completed' : 'Error'
  const text = neverStarted ? container.error : message
  return {
    terminated: {
      exitCode,
      reason,
      ...(text ? { message: text } : {}),
      startedAt: neverStarted ? '1970-01-01T00:00:00Z' : secondsOf(container.startedAt),
      finishedAt: secondsOf(container.finishedAt ?? container.createdAt),
      containerID: containerIdOf(container.id),
    },
  }
}

function stateOf(container: ObservedContainer, facts: ContainerFacts): ContainerState {
  if (hasEnded(container)) return terminated(container, facts.terminationMessage(container.id))
  if (container.state === 'running') return { running: { startedAt: secondsOf(container.startedAt) } }
  return { waiting: { reason: facts.defaultReason } }
}

const volumeMountStatuses = (container: Container): VolumeMountStatus[] =>
  (container.volumeMounts ?? []).map(({ name, mountPath, readOnly }) => ({
    name,
    mountPath,
    ...(readOnly ? { readOnly, recursiveReadOnly: 'Disabled' } : {}),
  }))

function userOf(container: ObservedContainer): { user?: ContainerUser } {
  const note = container.annotations[containerNotes.user]
  return note ? { user: JSON.parse(note) as ContainerUser } : {}
}

const lostContainer = {
  exitCode: 137,
  reason: 'ContainerStatusUnknown',
  message: 'The container could not be located when the pod was deleted.  The container used to be Running',
}

const imageIdOf = (id: string) => (id === '' || id.includes('://') ? id : `docker://${id}`)

function unknownContainer({ container, previous, defaultReason, restarts }: ContainerFacts): ContainerStatus {
  const mounts = volumeMountStatuses(container)
  const volumeMounts = mounts.length > 0 ? { volumeMounts: mounts } : {}
  if (previous?.state?.terminated) return { ...previous, ...volumeMounts }
  // It ran when it was last seen: it has ended, although nobody knows how, and the next one is another attempt.
  const isLost = previous?.state?.running !== undefined && restarts
  const lastState = previous?.lastState ?? {}
  return {
    name: container.name,
    state: { waiting: { reason: defaultReason } },
    lastState: isLost && !lastState.terminated ? { terminated: lostContainer } : lastState,
    ready: false,
    restartCount: (previous?.restartCount ?? 0) + (isLost ? 1 : 0),
    image: container.image ?? '',
    imageID: '',
    started: false,
    ...volumeMounts,
  }
}

/** One container's status but for `ready` and `started`, which probes decide. */
export function containerStatus(facts: ContainerFacts): ContainerStatus {
  const [latest] = facts.attempts
  const before = facts.attempts.find(({ attempt }) => latest && attempt < latest.attempt)
  const status = latest ? observedStatus(facts, latest, before) : unknownContainer(facts)
  const waits = facts.restarts && facts.waiting && status.state?.running === undefined
  if (!waits || !facts.waiting) return status
  const ended = status.state?.terminated
  return {
    ...status,
    ...(ended ? { lastState: { terminated: ended } } : {}),
    state: { waiting: { reason: facts.waiting.reason, ...(facts.waiting.message ? { message: facts.waiting.message } : {}) } },
  }
}

function observedStatus(facts: ContainerFacts, latest: ObservedContainer, before: ObservedContainer | undefined): ContainerStatus {
  const { container, previous } = facts
  const lastState = before ? stateOf(before, facts) : (previous?.restartCount ?? 0) === latest.attempt ? (previous?.lastState ?? {}) : {}
  const mounts = volumeMountStatuses(container)
  return {
    name: container.name,
    state: stateOf(latest, facts),
    lastState,
    ready: false,
    restartCount: latest.attempt,
    image: latest.image,
    imageID: imageIdOf(latest.imageId),
    containerID: containerIdOf(latest.id),
    started: false,
    ...containerResourceStatus(container, latest.state === 'running' ? latest.resources : undefined),
    ...(mounts.length > 0 ? { volumeMounts: mounts } : {}),
    ...userOf(latest),
  }
}
