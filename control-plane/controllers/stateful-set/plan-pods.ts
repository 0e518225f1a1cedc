import type { StatefulSet } from '../../../api/apps/stateful-set.ts'
import type { Pod } from '../../../api/core/pod.ts'
import { scaledValue } from '../../../api/int-or-string.ts'
import { isPodFinished } from '../../../api/pod-phase.ts'
import { availableIn, isPodReady } from '../pod-readiness.ts'
import { firstOrdinal, identityMatches, isInRange, ordinalOf, replicasOf, revisionOf, storageMatches } from './identity.ts'

export type StatefulAction =
  | { readonly do: 'create'; readonly ordinal: number; readonly revision: string }
  | { readonly do: 'delete'; readonly pod: Pod }
  /** Claims that are missing are made, as a pod waits for them. */
  | { readonly do: 'claim'; readonly pod: Pod }
  /** Labels, volumes and owners of claims are put right. */
  | { readonly do: 'repair'; readonly pod: Pod }
  /** The owners of the claims of a pod that is surplus. */
  | { readonly do: 'settle'; readonly pod: Pod }

export interface StatefulSetState {
  readonly set: StatefulSet
  /** The set's own pods; those that are being deleted say so. */
  readonly pods: readonly Pod[]
  /** The names of the two revisions. */
  readonly current: string
  readonly update: string
  /** Whether a claim of this number goes away with an earlier pod. */
  isStale(ordinal: number): boolean
  /** Whether the claims of the pod belong to whom they should. */
  isSettled(pod: Pod): boolean
  readonly now: Date
}

/** A number with the pod that has it, or the revision that its next pod gets. */
interface Slot {
  readonly ordinal: number
  readonly pod: Pod | undefined
  readonly revision: string
}

interface Steps {
  readonly actions: readonly StatefulAction[]
  /** What comes after has to wait. */
  readonly blocked: boolean
}
const wait: Steps = { actions: [], blocked: true }
const thenWait = (...actions: StatefulAction[]): Steps => ({ actions, blocked: true })
const thenGo = (...actions: StatefulAction[]): Steps => ({ actions, blocked: false })

const isTerminating = (pod: Pod) => pod.metadata.deletionTimestamp !== undefined
const isRunningAndReady = (pod: Pod) => pod.status.phase === 'Running' && isPodReady(pod)
export const isRunningAndAvailable = (pod: Pod, minReadySeconds: number, now: Date): boolean =>
  isRunningAndReady(pod) && availableIn(pod, minReadySeconds, now) === 0

/**
 * What is to be done with the pods of a StatefulSet now (upstream's updateStatefulSet): first the numbers that there should be,
 * in their order; then the surplus ones, the highest first; then those of another revision. With OrderedReady each waits until
 * everything before it is available, and one action is all that a round brings.
 */
export function planPods(state: StatefulSetState): { readonly actions: readonly StatefulAction[]; readonly outdated: readonly Pod[] } {
  const { set } = state
  if (set.metadata.deletionTimestamp) return { actions: [], outdated: [] }
  const slots = slotsOf(state)
  const condemned = state.pods
    .filter(pod => ordinalOf(pod) >= 0 && !isInRange(set, ordinalOf(pod)))
    .sort((a, b) => ordinalOf(b) - ordinalOf(a))
  const living = inOrder(state, slots, slot => planSlot(state, slot))
  if (living.blocked) return { actions: living.actions, outdated: [] }
  const settling = condemned.filter(pod => !state.isSettled(pod)).map((pod): StatefulAction => ({ do: 'settle', pod }))
  const first = firstUnavailable(state, slots, condemned)
  const dying = inOrder(state, condemned, pod => planCondemned(state, pod, first))
  const outdated = dying.blocked ? [] : planUpdate(state, slots)
  const updates = outdated.map((pod): StatefulAction => ({ do: 'delete', pod }))
  return { actions: [...living.actions, ...settling, ...dying.actions, ...updates], outdated }
}

const isOrdered = ({ set }: StatefulSetState) => set.spec.podManagementPolicy !== 'Parallel'

function slotsOf({ set, pods, current, update }: StatefulSetState): Slot[] {
  const byOrdinal = new Map(pods.map(pod => [ordinalOf(pod), pod]))
  const { type, rollingUpdate } = set.spec.updateStrategy
  const keepsCurrent = firstOrdinal(set) + (rollingUpdate?.partition ?? 0)
  return Array.from({ length: replicasOf(set) }, (_, index) => {
    const ordinal = firstOrdinal(set) + index
    const revision = type !== 'OnDelete' && ordinal < keepsCurrent ? current : update
    return { ordinal, pod: byOrdinal.get(ordinal), revision }
  })
}

/** One after the other until one blocks; with Parallel nobody blocks anybody. */
function inOrder<T>(state: StatefulSetState, items: readonly T[], plan: (item: T) => Steps): Steps {
  const actions: StatefulAction[] = []
  for (const item of items) {
    const steps = plan(item)
    actions.push(...steps.actions)
    if (steps.blocked && isOrdered(state)) return { actions, blocked: true }
  }
  return { actions, blocked: false }
}

const isUnavailable = ({ set, now }: StatefulSetState, pod: Pod | undefined) =>
  !pod || isTerminating(pod) || !isRunningAndAvailable(pod, set.spec.minReadySeconds ?? 0, now)

/** Upstream's processReplica. */
function planSlot(state: StatefulSetState, { ordinal, pod, revision }: Slot): Steps {
  const { set } = state
  if (!pod) return state.isStale(ordinal) ? wait : thenWait({ do: 'create', ordinal, revision })
  // A pod that has ended makes room for a new one, whatever its exit codes say.
  if (isPodFinished(pod)) return isTerminating(pod) ? wait : thenWait({ do: 'delete', pod })
  const claiming: StatefulAction[] = pod.status.phase === 'Pending' ? [{ do: 'claim', pod }] : []
  if (isOrdered(state) && isUnavailable(state, pod)) return thenWait(...claiming)
  const fine = identityMatches(set, pod) && storageMatches(set, pod) && state.isSettled(pod)
  return thenGo(...claiming, ...(fine || isTerminating(pod) ? [] : [{ do: 'repair', pod } as const]))
}

/** The lowest number that is not available; of surplus pods too, as long as all others are fine. */
function firstUnavailable(state: StatefulSetState, slots: readonly Slot[], condemned: readonly Pod[]): Pod | undefined {
  const broken = slots.find(({ pod }) => isUnavailable(state, pod))
  return broken ? broken.pod : condemned.findLast(pod => isUnavailable(state, pod))
}

/** Upstream's processCondemned. */
function planCondemned(state: StatefulSetState, pod: Pod, firstBroken: Pod | undefined): Steps {
  if (isTerminating(pod)) return wait
  const available = isRunningAndAvailable(pod, state.set.spec.minReadySeconds ?? 0, state.now)
  if (!available && isOrdered(state) && pod !== firstBroken) return wait
  return thenWait({ do: 'delete', pod })
}

/** Which pods of another revision go now. */
function planUpdate(state: StatefulSetState, slots: readonly Slot[]): Pod[] {
  const { type, rollingUpdate } = state.set.spec.updateStrategy
  if (type === 'OnDelete') return []
  const targets = slots.slice(rollingUpdate?.partition ?? 0).reverse()
  const { maxUnavailable } = rollingUpdate ?? {}
  return maxUnavailable === undefined ? nextOutdated(state, targets) : outdatedWithin(state, { slots, targets, maxUnavailable })
}

const isOutdated = ({ update }: StatefulSetState, pod: Pod | undefined): pod is Pod =>
  pod !== undefined && revisionOf(pod) !== update && !isTerminating(pod)

/** The highest number of another revision, unless one above it is not available yet. */
function nextOutdated(state: StatefulSetState, targets: readonly Slot[]): Pod[] {
  for (const { pod } of targets) {
    if (isOutdated(state, pod)) return [pod]
    if (isUnavailable(state, pod)) return []
  }
  return []
}

/** As many as may be missing at once. With Parallel those that do not work anyway go first, and cost nothing. */
function outdatedWithin(
  state: StatefulSetState,
  { slots, targets, maxUnavailable }: { slots: readonly Slot[]; targets: readonly Slot[]; maxUnavailable: number | string },
): Pod[] {
  const most = Math.max(1, scaledValue(maxUnavailable, slots.length, 'down'))
  const room = Math.max(0, most - slots.filter(({ pod }) => isUnavailable(state, pod)).length)
  const outdated = targets.flatMap(({ pod }) => (isOutdated(state, pod) ? [pod] : []))
  if (isOrdered(state)) return outdated.slice(0, room)
  const working = outdated.filter(pod => !isUnavailable(state, pod))
  return [...outdated.filter(pod => isUnavailable(state, pod)), ...working.slice(0, room)]
}
