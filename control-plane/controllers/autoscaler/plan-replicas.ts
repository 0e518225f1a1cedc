import { findCondition } from '../../../api/conditions.ts'
import type { Pod } from '../../../api/core/pod.ts'
import { milliValue } from '../../../api/quantity.ts'

/** What a pod uses of one resource, in thousandths. */
export interface Usage {
  readonly value: number
  readonly at: Date
  /** Milliseconds over which it was measured. */
  readonly window: number
}

export interface ResourceQuestion {
  readonly resource: string
  /** Only this container of each pod. */
  readonly container?: string | undefined
  readonly target: { readonly utilization: number } | { readonly value: number }
  readonly replicas: number
  readonly pods: readonly Pod[]
  readonly usage: ReadonlyMap<string, Usage>
  readonly tolerance: { readonly up: number; readonly down: number }
  readonly now: Date
}

export interface ResourceAnswer {
  readonly replicas: number
  /** Percent of what was requested, where that was asked for. */
  readonly utilization?: number
  /** The mean of the pods, in thousandths. */
  readonly average: number
}

/** For so long after its start a pod's processor time says little. */
const initialization = 5 * 60_000
/** A pod that has not been ready for so long after its start has never been. */
const readinessDelay = 30_000

/**
 * How many pods would bring the usage to its target (upstream's GetResourceReplicas and GetRawResourceReplicas). Pods that are not
 * ready yet, or not measured, are taken into account so that they only ever soften the answer. Throws in upstream's words.
 */
export function planReplicas(question: ResourceQuestion): ResourceAnswer {
  const { pods, usage, replicas } = question
  if (pods.length === 0) throw new Error('no pods returned by selector while calculating replica count')
  const { counted, unready, missing } = groupPods(question)
  const values = new Map(counted.map(({ metadata: { name } }) => [name, usage.get(name)?.value ?? 0]))
  if (values.size === 0) throw new Error('did not receive metrics for targeted pods (pods might be unready)')
  const requests = 'utilization' in question.target ? requestsOf(question) : undefined
  const measured = ratioOf(question, values, requests)
  const answer = (count: number): ResourceAnswer => ({ replicas: count, ...measured.seen })
  const before = measured.ratio
  const withUnready = unready.length > 0 && before > 1
  if (!withUnready && missing.length === 0) return answer(isTolerated(question, before) ? replicas : ceil(before * values.size))
  // Those that are not measured use all they may when fewer pods are in question, and nothing when more are.
  if (before !== 1)
    for (const { metadata } of missing) values.set(metadata.name, before > 1 ? 0 : assumed(question, requests?.get(metadata.name)))
  if (withUnready) for (const { metadata } of unready) values.set(metadata.name, 0)
  const after = ratioOf(question, values, requests).ratio
  const turned = (before < 1 && after > 1) || (before > 1 && after < 1)
  if (isTolerated(question, after) || turned) return answer(replicas)
  const count = ceil(after * values.size)
  const wrongWay = (after < 1 && count > replicas) || (after > 1 && count < replicas)
  return answer(wrongWay ? replicas : count)
}

/** Fractions of a binary number that only come from dividing are no pod more. */
const ceil = (value: number) => Math.ceil(value - 1e-9)

const isTolerated = ({ tolerance: { up, down } }: ResourceQuestion, ratio: number) => 1 - down <= ratio && ratio <= 1 + up

/** Upstream's groupPods: pods that are ending or have failed count for nothing. */
function groupPods(question: ResourceQuestion) {
  const counted: Pod[] = []
  const unready: Pod[] = []
  const missing: Pod[] = []
  for (const pod of question.pods) {
    if (pod.metadata.deletionTimestamp || pod.status.phase === 'Failed') continue
    const usage = question.usage.get(pod.metadata.name)
    if (pod.status.phase === 'Pending') unready.push(pod)
    else if (!usage) missing.push(pod)
    else if (question.resource === 'cpu' && isStarting(pod, usage, question.now)) unready.push(pod)
    else counted.push(pod)
  }
  return { counted, unready, missing }
}

function isStarting({ status }: Pod, usage: Usage, now: Date): boolean {
  const ready = findCondition(status.conditions, 'Ready')
  if (!ready || !status.startTime) return true
  const started = Date.parse(status.startTime)
  const changed = Date.parse(ready.lastTransitionTime ?? '')
  const notReady = ready.status === 'False'
  if (started + initialization > now.getTime()) return notReady || usage.at.getTime() < changed + usage.window
  return notReady && started + readinessDelay > changed
}

/** What each pod has requested, in thousandths. */
function requestsOf({ pods, resource, container }: ResourceQuestion): ReadonlyMap<string, number> {
  const requests = new Map<string, number>()
  for (const { metadata, spec } of pods) {
    const sidecars = (spec.initContainers ?? []).filter(each => each.restartPolicy === 'Always')
    let sum = 0
    for (const { name, resources } of [...spec.containers, ...sidecars]) {
      if (container !== undefined && container !== name) continue
      const request = resources?.requests?.[resource]
      if (request === undefined) throw new Error(`missing request for ${resource} in container ${name} of Pod ${metadata.name}`)
      sum += milliValue(request)
    }
    requests.set(metadata.name, sum)
  }
  return requests
}

const assumed = ({ target }: ResourceQuestion, request = 0) =>
  'utilization' in target ? (request * Math.max(100, target.utilization)) / 100 : target.value

function ratioOf(
  { target }: ResourceQuestion,
  values: ReadonlyMap<string, number>,
  requests: ReadonlyMap<string, number> | undefined,
): { ratio: number; seen: { utilization?: number; average: number } } {
  const known = [...values].filter(([name]) => !requests || requests.has(name))
  if (known.length === 0) throw new Error('no metrics returned matched known pods')
  const total = known.reduce((sum, [, value]) => sum + value, 0)
  const average = Math.floor(total / known.length)
  if (!('utilization' in target)) return { ratio: average / target.value, seen: { average } }
  const requested = known.reduce((sum, [name]) => sum + (requests?.get(name) ?? 0), 0)
  const utilization = Math.floor((total * 100) / requested)
  return { ratio: utilization / target.utilization, seen: { utilization, average } }
}
