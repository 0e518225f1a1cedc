import type { Container } from '../../api/core/container.ts'
import type { ContainerState, ContainerStatus, ContainerUser, VolumeMountStatus } from '../../api/core/pod-status.ts'
import type { ObservedContainer } from '../runtime/runtime.ts'
import { restartingEverything } from './pod-phase.ts'
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
  /** All containers of the pod make room to start anew. */
  readonly restartingEverything: boolean
  readonly terminationMessage: (containerId: string) => string | undefined
}

/** Names of the notes that the agent leaves on a container for its own later use. */
export const containerNotes = {
  hash: 'io.kubernetes.container.hash',
  user: 'io.kubeling.container.user',
  /** The paths that are mounted read-only with all that is mounted below them. */
  recursiveReadOnly: 'io.kubeling.container.recursiveReadOnly',
  terminationMessagePath: 'io.kubernetes.container.terminationMessagePath',
  terminationMessagePolicy: 'io.kubernetes.container.terminationMessagePolicy',
} as const

const containerIdOf = (id: string): string => (id.includes('://') ? id : `docker://${id}`)
const secondsOf = (time: string | undefined) => (time ? `${time.slice(0, 19)}Z` : '1970-01-01T00:00:00Z')

/** A container whose process could not be started has ended, whatever the runtime calls it. */
export const hasEnded = (container: ObservedContainer): boolean =>
  container.state === 'exited' || (container.state === 'created' && container.error !== undefined)

const neverStarted = ({ error, oomKilled }: ObservedContainer): boolean => error !== undefined && !oomKilled

/** The exit code of a container that has ended, as it is reported. */
export const exitCodeOf = (container: ObservedContainer): number => (neverStarted(container) ? 128 : (container.exitCode ?? 0))

function terminated(container: ObservedContainer, message: string | undefined): ContainerState {
  const failedToStart = neverStarted(container)
  const exitCode = exitCodeOf(container)
  const reason = failedToStart ? 'StartError' : container.oomKilled ? 'OOMKilled' : exitCode === 0 ? 'Completed' : 'Error'
  const text = failedToStart ? container.error : message
  return {
    terminated: {
      exitCode,
      reason,
      ...(text ? { message: text } : {}),
      startedAt: failedToStart ? '1970-01-01T00:00:00Z' : secondsOf(container.startedAt),
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

function volumeMountStatuses({ volumeMounts = [] }: Container, observed?: ObservedContainer): VolumeMountStatus[] {
  const recursive = JSON.parse(observed?.annotations[containerNotes.recursiveReadOnly] ?? '[]') as string[]
  return volumeMounts.map(({ name, mountPath, readOnly }) => ({
    name,
    mountPath,
    ...(readOnly ? { readOnly, recursiveReadOnly: recursive.includes(mountPath) ? 'Enabled' : 'Disabled' } : {}),
  }))
}

function userOf(container: ObservedContainer): { user?: ContainerUser } {
  const note = container.annotations[containerNotes.user]
  return note ? { user: JSON.parse(note) as ContainerUser } : {}
}

const lostContainer = {
  exitCode: 137,
  reason: 'ContainerStatusUnknown',
  message: 'The container could not be located when the pod was deleted.  The container used to be Running',
}

const madeRoom = { reason: restartingEverything, message: 'The container is removed because RestartAllContainers in place' }

const imageIdOf = (id: string) => (id === '' || id.includes('://') ? id : `docker://${id}`)

function unknownContainer(facts: ContainerFacts): ContainerStatus {
  const { container, previous, defaultReason, restarts } = facts
  const mounts = volumeMountStatuses(container)
  const volumeMounts = mounts.length > 0 ? { volumeMounts: mounts } : {}
  if (facts.restartingEverything && previous?.state && !previous.state.waiting) {
    return {
      ...waitingContainer(facts, madeRoom),
      lastState: { terminated: { ...madeRoom, exitCode: 137 } },
      restartCount: previous.restartCount + 1,
      ...volumeMounts,
    }
  }
  if (previous?.state?.terminated) return { ...previous, ...volumeMounts }
  // It ran when it was last seen: it has ended, although nobody knows how, and the next one is another attempt.
  const isLost = previous?.state?.running !== undefined && restarts
  const lastState = previous?.lastState ?? {}
  return {
    ...waitingContainer(facts, { reason: defaultReason }),
    lastState: isLost && !lastState.terminated ? { terminated: lostContainer } : lastState,
    restartCount: (previous?.restartCount ?? 0) + (isLost ? 1 : 0),
    ...volumeMounts,
  }
}

const waitingContainer = ({ container }: ContainerFacts, waiting: Partial<WaitingReason>): ContainerStatus => ({
  name: container.name,
  state: { waiting },
  lastState: {},
  ready: false,
  restartCount: 0,
  image: container.image ?? '',
  imageID: '',
  started: false,
})

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
  const mounts = volumeMountStatuses(container, latest)
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
    ...(container.lifecycle?.stopSignal ? { stopSignal: container.lifecycle.stopSignal } : {}),
  }
}
