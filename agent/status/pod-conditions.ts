import type { ContainerStatus, PodCondition } from '../../api/core/pod-status.ts'
import type { PodSpec } from '../../api/core/pod-spec.ts'
import { isSidecar } from '../../api/pod-containers.ts'
import type { Phase } from './pod-phase.ts'

/** The condition types that the kubelet owns; everybody else's are left alone. */
export const kubeletConditions: readonly string[] = [
  'PodReadyToStartContainers',
  'Initialized',
  'Ready',
  'ContainersReady',
  'PodScheduled',
  'AllContainersRestarting',
]

/** Those that are there only while the pod is being resized. */
export const resizeConditions: readonly string[] = ['PodResizePending', 'PodResizeInProgress']

/** DisruptionTarget belongs to whoever ends the pod; this is the kubelet's. */
export const isOwnDisruption = ({ type, reason }: PodCondition): boolean => type === 'DisruptionTarget' && reason === 'TerminationByKubelet'

type Verdict = Pick<PodCondition, 'status' | 'reason' | 'message'>

const yes: Verdict = { status: 'True' }
const no = (reason?: string, message?: string): Verdict => ({
  status: 'False',
  ...(reason ? { reason } : {}),
  ...(message ? { message } : {}),
})
const names = (list: readonly string[]) => `[${list.join(' ')}]`

export interface ConditionFacts {
  readonly spec: PodSpec
  readonly phase: Phase
  readonly init: readonly ContainerStatus[]
  readonly containers: readonly ContainerStatus[]
  /** Conditions set by others, for readiness gates. */
  readonly others: readonly PodCondition[]
  readonly sandboxReady: boolean
  /** What was said before. */
  readonly previous?: readonly PodCondition[]
  /** Of a pod of which all containers may be restarted by a rule: are they, and is there still something to clear away? */
  readonly restartsEverything?: boolean
}

function messageOf(unknown: readonly string[], lacking: readonly string[], word: string): string {
  return [
    ...(unknown.length > 0 ? [`containers with unknown status: ${names(unknown)}`] : []),
    ...(lacking.length > 0 ? [`containers with ${word} status: ${names(lacking)}`] : []),
  ].join(', ')
}

function initialized({ spec, phase, init, containers, previous = [] }: ConditionFacts): Verdict {
  const all = spec.initContainers ?? []
  const statusOf = new Map(init.map(status => [status.name, status]))
  const unknown = all.filter(({ name }) => !statusOf.has(name)).map(({ name }) => name)
  const incomplete = all
    .filter(container => {
      const status = statusOf.get(container.name)
      return status && (isSidecar(container) ? status.started !== true : !status.ready)
    })
    .map(({ name }) => name)
  if (phase === 'Succeeded' && unknown.length === 0) return { status: 'True', reason: 'PodCompleted' }
  // An app container that runs or ran proves that initialization was done, even while a sidecar restarts; and what was
  // initialized once stays so, even while everything starts anew.
  if (containers.some(({ state }) => state?.running ?? state?.terminated)) return yes
  if (previous.some(({ type, status }) => type === 'Initialized' && status === 'True')) return yes
  const message = messageOf(unknown, incomplete, 'incomplete')
  return message ? no('ContainersNotInitialized', message) : yes
}

function containersReady({ spec, phase, init, containers }: ConditionFacts): Verdict {
  const statusOf = new Map([...init, ...containers].map(status => [status.name, status]))
  const counted = [...(spec.initContainers ?? []).filter(isSidecar), ...spec.containers].map(({ name }) => name)
  const unknown = counted.filter(name => !statusOf.has(name))
  const unready = counted.filter(name => statusOf.get(name)?.ready === false)
  if (phase === 'Succeeded' && unknown.length === 0) return no('PodCompleted')
  if (phase === 'Failed') return no('PodFailed')
  const message = messageOf(unknown, unready, 'unready')
  return message ? no('ContainersNotReady', message) : yes
}

function gates(spec: PodSpec, others: readonly PodCondition[]): Verdict {
  const messages = (spec.readinessGates ?? []).flatMap(({ conditionType }) => {
    const condition = others.find(({ type }) => type === conditionType)
    if (!condition) return [`corresponding condition of pod readiness gate "${conditionType}" does not exist.`]
    if (condition.status === 'True') return []
    return [`the status of pod readiness gate "${conditionType}" is not "True", but ${condition.status}`]
  })
  return messages.length > 0 ? no('ReadinessGatesNotReady', messages.join(', ')) : yes
}

function restarting(phase: Phase, restarts: boolean): Verdict {
  if (phase === 'Succeeded') return no('PodCompleted')
  if (phase === 'Failed') return no('PodFailed')
  if (!restarts) return no()
  return { status: 'True', reason: 'RestartAllContainersStarted', message: 'container exited with restart policy rule' }
}

/** The kubelet's own conditions in upstream's order, without transition times. */
export function podConditions(facts: ConditionFacts): PodCondition[] {
  const ready = containersReady(facts)
  const verdicts: [string, Verdict][] = [
    ['PodReadyToStartContainers', facts.sandboxReady ? yes : no()],
    ['Initialized', initialized(facts)],
    ['Ready', ready.status === 'True' ? gates(facts.spec, facts.others) : ready],
    ['ContainersReady', ready],
    ['PodScheduled', yes],
    ...(facts.restartsEverything === undefined
      ? []
      : [['AllContainersRestarting', restarting(facts.phase, facts.restartsEverything)] satisfies [string, Verdict]]),
  ]
  return verdicts.map(([type, verdict]) => ({ type, ...verdict }))
}

/** Keeps the transition time of every condition whose status did not change. */
export const withTransitionTimes = (next: readonly PodCondition[], previous: readonly PodCondition[], now: string): PodCondition[] =>
  next.map(condition => {
    const before = previous.find(({ type }) => type === condition.type)
    const lastTransitionTime = before?.status === condition.status && before.lastTransitionTime ? before.lastTransitionTime : now
    return { ...condition, lastTransitionTime }
  })
