import type { GoldenPod, RunNames } from './golden-pods.ts'
import { neutralEvent, neutralStatus } from './golden-pods.ts'
import { differences } from './differences.ts'

export interface Step {
  readonly deleting: boolean
  readonly status: unknown
}
/** What is compared of a recording. */
export interface Expectation {
  readonly steps: readonly { readonly step: Step; readonly fleeting: boolean }[]
  readonly events: readonly string[]
  readonly deletes: boolean
}

const recordedNames: RunNames = { namespace: 'behave', uid: '<uid>', podIp: '<podIP>', node: 'real1' }
const statusText = ({ status }: Step) => JSON.stringify(sorted(status))
const textOf = (step: Step) => JSON.stringify(sorted(step))
const isBackingOff = (step: Step) => /"reason":"(CrashLoopBackOff|ImagePullBackOff)"/.test(textOf(step))
/** Between the end of the last container and the end of the pod upstream may say so twice. */
const hasEnded = (step: Step) => !/"(running|waiting)":/.test(textOf(step)) && textOf(step).includes('"terminated":')
/** A state that the next one followed sooner than this need not have been seen by everybody. */
const fleetingSeconds = 1.2
/** Recordings whose container the kernel kills as fast as it can: on a fast machine nobody need have seen it run. */
const killedAtOnce: readonly string[] = ['oom']
const isRunning = (step: Step) => textOf(step).includes('"running":')

/** States in order, without repetitions: that a pod is to be deleted counts with the next status, as it was recorded. */
export const distinct = (steps: readonly Step[]): Step[] =>
  steps.filter((step, index) => index === 0 || statusText(step) !== statusText(steps[index - 1] as Step))

/** The states up to the first back-off, or all of them; what comes later repeats itself. */
export function expectationOf(golden: GoldenPod): Expectation {
  const timed = golden.timeline.flatMap(({ t, deleting, status }) =>
    status ? [{ t, step: { deleting: deleting ?? false, status: neutralStatus(status, recordedNames) } }] : [],
  )
  const firsts = timed.filter(({ step }, index) => index === 0 || textOf(step) !== textOf((timed[index - 1] as (typeof timed)[0]).step))
  const end = firsts.findIndex(({ step }) => isBackingOff(step))
  const kept = end < 0 ? firsts : firsts.slice(0, end + 1)
  return {
    steps: kept.map(({ t, step }, index) => {
      const next = kept[index + 1]
      const unseen = killedAtOnce.includes(golden.case) && isRunning(step)
      return { step, fleeting: next !== undefined && (next.t - t < fleetingSeconds || unseen || (hasEnded(step) && hasEnded(next.step))) }
    }),
    events: [...new Set(golden.events.map(event => neutralEvent(event, recordedNames)))],
    deletes: golden.timeline.some(({ deleting }) => deleting === true),
  }
}

/** Whether everything that is waited for has come. */
export function complete(wanted: Expectation, steps: readonly Step[], events: ReadonlySet<string>): boolean {
  const seen = new Set(steps.map(textOf))
  const last = wanted.steps.at(-1)
  return last !== undefined && seen.has(textOf(last.step)) && wanted.events.every(event => events.has(event))
}

/** Where the states and events of a run depart from the recorded ones; nothing when they do not. */
export function compare(wanted: Expectation, steps: readonly Step[], events: ReadonlySet<string>): string[] {
  return [...compareStates(wanted, steps), ...compareEvents(wanted, events)]
}

/** Of a container that ended before anybody saw it run, the pod is still pending: upstream holds the phase back alike. */
function compareStates(wanted: Expectation, steps: readonly Step[]): string[] {
  const known = new Set(wanted.steps.map(({ step }) => textOf(step)))
  const end = wanted.steps.at(-1)
  const last = end && isBackingOff(end.step) ? steps.findIndex(step => textOf(step) === textOf(end.step)) : -1
  const ours = distinct(last < 0 ? steps : steps.slice(0, last + 1))
  const strangers = ours.filter(
    step => !known.has(textOf(step)) && !known.has(textOf(step).replace('"phase":"Pending"', '"phase":"Running"')),
  )
  const problems: string[] = []
  let at = 0
  for (const [index, { step, fleeting }] of wanted.steps.entries()) {
    const found = ours.findIndex((own, position) => position >= at && textOf(own) === textOf(step))
    if (found >= 0) at = found + 1
    else if (!fleeting) problems.push(`state ${index} lacks: ${nearest(step, strangers.length > 0 ? strangers : ours)}`)
  }
  if (problems.length === 0)
    problems.push(...strangers.map(step => `unknown state: ${nearest(step, [...wanted.steps.map(each => each.step)], true)}`))
  return problems
}

/** On a busy machine a probe now and then takes longer than it may. */
const lateProbe = /Unhealthy .* probe failed: (command timed out: |.*context deadline exceeded)/

function compareEvents(wanted: Expectation, events: ReadonlySet<string>): string[] {
  return [
    ...wanted.events.filter(event => !events.has(event)).map(event => `event lacks: ${event}`),
    ...[...events].filter(event => !wanted.events.includes(event) && !lateProbe.test(event)).map(event => `unknown event: ${event}`),
  ]
}

/** How a state differs from the candidate that differs least. */
function nearest(step: Step, candidates: readonly Step[], swap = false): string {
  const all = candidates.map(candidate => (swap ? differences(candidate, step) : differences(step, candidate)))
  const best = all.sort((a, b) => a.length - b.length)[0]
  return best ? best.slice(0, 6).join('; ') : 'there are none'
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([name, item]: [string, unknown]) => [name, sorted(item)]),
  )
}
