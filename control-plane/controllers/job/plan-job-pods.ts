import type { Job } from '../../../api/batch/job.ts'
import type { Pod } from '../../../api/core/pod.ts'
import { deletionOrder } from '../replica-set/plan-pods.ts'
import { waitAfter, waitAfterPod } from './failure-backoff.ts'
import { firstMissing, mergeRanges, withIndexes } from './index-ranges.ts'
import type { JobFacts } from './job-facts.ts'
import { indexOf, isIndexed, isSuspended, replacesOnlyFailed, validIndexOf } from './job-pods.ts'

/** Upstream's MaxPodCreateDeletePerSync. */
const mostAtOnce = 500

export interface JobPodsPlan {
  readonly delete: readonly Pod[]
  /** One entry for each pod to make: its index, or undefined where pods have none. */
  readonly create: readonly (number | undefined)[]
  /** Milliseconds after which failed pods may be replaced. */
  readonly wait?: number
}

const nothing: JobPodsPlan = { delete: [], create: [] }

/** Which pods a Job that goes on should lose or get (upstream's manageJob): never both in one go, losing first. */
export function planJobPods(job: Job, facts: JobFacts, now: Date): JobPodsPlan {
  const { active } = facts
  if (isSuspended(job)) return { ...nothing, delete: active }
  const wanted = wantedActive(job, facts)
  const surplus = surplusPods(job, active, { count: Math.max(0, active.length - wanted), now }).slice(0, mostAtOnce)
  if (surplus.length > 0) return { ...nothing, delete: surplus }
  const waiting = replacesOnlyFailed(job) ? facts.terminating.length : 0
  const missing = wanted - waiting - active.length
  return missing > 0 ? planCreation(job, facts, { count: missing, now }) : nothing
}

function wantedActive({ spec }: Job, { succeeded, active }: JobFacts): number {
  const { completions, parallelism = 1 } = spec
  // Without a number of completions the first success ends it: what runs may run on, and nothing is added.
  if (completions === undefined) return succeeded > 0 ? active.length : parallelism
  return Math.max(0, Math.min(completions - succeeded, parallelism))
}

/** The least advanced pods; of Indexed Jobs first those without a valid index, and of each index all but the most advanced. */
function surplusPods(job: Job, active: readonly Pod[], { count, now }: { count: number; now: Date }): readonly Pod[] {
  const inOrder = [...active].sort((a, b) => deletionOrder(a, b, { rank: () => 0, now }))
  const misplaced = isIndexed(job) ? misplacedPods(job, inOrder) : new Set<Pod>()
  const others = inOrder.filter(pod => !misplaced.has(pod))
  return [...misplaced, ...others.slice(0, Math.max(0, count - misplaced.size))]
}

function misplacedPods(job: Job, inOrder: readonly Pod[]): ReadonlySet<Pod> {
  const best = new Map(inOrder.map(pod => [validIndexOf(pod, job), pod]))
  best.delete(undefined)
  return new Set(inOrder.filter(pod => best.get(validIndexOf(pod, job)) !== pod))
}

function planCreation(job: Job, facts: JobFacts, { count, now }: { count: number; now: Date }): JobPodsPlan {
  const perIndex = job.spec.backoffLimitPerIndex !== undefined
  const wait = perIndex ? 0 : waitAfter(facts.failures, now)
  if (wait > 0) return { ...nothing, wait }
  const most = Math.min(count, mostAtOnce)
  if (!isIndexed(job)) return { ...nothing, create: Array.from({ length: most }, () => undefined) }
  const indexes = pendingIndexes(job, facts, most)
  if (!perIndex) return { ...nothing, create: indexes }
  const waits = indexes.map(index => waitAfterPod(facts.replaceable.get(index), now))
  const later = waits.filter(each => each > 0)
  return {
    ...nothing,
    create: indexes.filter((_, place) => waits[place] === 0),
    ...(later.length > 0 ? { wait: Math.min(...later) } : {}),
  }
}

/** The lowest indexes that nothing has been done for, and nothing is being done (upstream's firstPendingIndexes). */
function pendingIndexes(job: Job, { active, terminating, succeededIndexes, failedIndexes }: JobFacts, count: number): number[] {
  const busy = replacesOnlyFailed(job) ? [...active, ...terminating] : active
  const taken = withIndexes(
    mergeRanges(succeededIndexes, failedIndexes ?? []),
    busy.flatMap(pod => indexOf(pod) ?? []),
  )
  return firstMissing(taken, { count, end: job.spec.completions ?? 0 })
}
