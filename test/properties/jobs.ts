import { Job } from '../../api/batch/job.ts'
import { Node } from '../../api/core/node.ts'
import { Pod } from '../../api/core/pod.ts'
import { controllerOf } from '../../api/owners.ts'
import { isPodFinished } from '../../api/pod-phase.ts'
import { isPodActive } from '../../control-plane/controllers/pod-readiness.ts'
import { jobOrphansController } from '../../control-plane/controllers/job/job-orphans.ts'
import { jobController } from '../../control-plane/controllers/job/job.ts'
import { indexOf, isIndexed, isJobFinished, isTracked } from '../../control-plane/controllers/job/job-pods.ts'
import type { Rules, Scenario, World } from '../simulator/history.ts'
import { isSameKind, type Change } from '../simulator/simulated-api.ts'
import { Ceiling, must, mustEqual } from './limits.ts'
import { createsPod, hurtPod, namespace, podsOf } from './pods.ts'

const name = 'job-controller'

/** A Job of any shape, whose pods end as they like. */
export const jobs: Scenario = {
  name,
  kinds: [Job, Pod, Node],
  controllers: context => [jobController(context), jobOrphansController(context)],
  begin: world => new JobRules(world),
}

type End = 'Succeeded' | 'Failed'

class JobRules implements Rules {
  readonly #world: World
  readonly #created: Job
  readonly #most: Ceiling
  /** Of ten pods so many fail. */
  readonly #failures: number
  /** Every pod that the Job ever had, and how those ended that ended by themselves or were deleted by users. */
  readonly #known = new Set<string>()
  readonly #ends = new Map<string, End>()
  readonly #succeededIndexes = new Set<number>()
  /** Pods that the controller takes away when it is to run fewer at once are counted nowhere. */
  #shrunk = false

  constructor(world: World) {
    const { api, chance, nodes } = world
    this.#world = world
    for (const node of ['n1', 'n2']) nodes.addNode(node)
    this.#failures = chance.pick(0, 0, 2, 5)
    const completionMode = chance.pick('Indexed', 'NonIndexed')
    const perIndex = completionMode === 'Indexed' && chance.happens(0.4)
    const spec = {
      completionMode,
      completions: chance.pick(1, 2, 3, 5),
      parallelism: chance.pick(1, 2, 4),
      ...(perIndex
        ? { backoffLimitPerIndex: chance.pick(0, 1, 3), ...(chance.happens(0.5) ? { maxFailedIndexes: 1 } : {}) }
        : { backoffLimit: chance.pick(1, 4, 30) }),
      ...(chance.happens(0.3) ? { podReplacementPolicy: 'Failed' } : {}),
      template: {
        spec: { restartPolicy: 'Never', terminationGracePeriodSeconds: 30, containers: [{ name: 'c', image: 'x', resources: {} }] },
      },
    }
    this.#created = api.create(Job, { metadata: { name: 'job', namespace }, spec } as never, 'user')
    this.#most = new Ceiling(spec.parallelism)
  }

  outcome = (): End => (this.#world.chance.next() * 10 < this.#failures ? 'Failed' : 'Succeeded')

  act(): void {
    const { api, chance, illness } = this.#world
    const what = chance.pick('touch', 'parallelism', 'suspend', 'hurt', 'hurt')
    const job = this.#job
    if (illness && what === 'hurt') return hurtPod(this.#world, this.#pods())
    if (isJobFinished(job) || what === 'touch' || what === 'hurt') return
    this.#shrunk = true
    const change = what === 'suspend' ? { suspend: !job.spec.suspend } : { parallelism: chance.pick(1, 2, 4) }
    api.update(Job, { ...job, spec: { ...job.spec, ...change } }, { by: 'user' })
  }

  calm(): void {
    const job = this.#job
    if (!isJobFinished(job)) this.#world.api.update(Job, { ...job, spec: { ...job.spec, suspend: false } }, { by: 'user' })
  }

  changed(change: Change): void {
    if (isSameKind(change.kind, Pod)) this.#follow(change)
    const active = this.#pods().filter(isPodActive)
    if (createsPod(change, name)) {
      must(active.length <= this.#most.value, () => `${active.length} pods where ${this.#most.value} are the most`)
      if (isIndexed(this.#job)) this.#mustBeFree(change.object as Pod, active)
    }
    const parallelism = this.#job.spec.parallelism ?? 1
    this.#most.wish(parallelism, active.length <= parallelism && parallelism >= this.#most.value)
  }

  settled(): void {
    const { status, spec } = this.#job
    must(isJobFinished(this.#job), () => `not finished: ${JSON.stringify(status)}`)
    mustEqual(this.#pods().filter(isTracked).length, 0, 'pods with their finalizer')
    mustEqual(this.#pods().filter(isPodActive).length, 0, 'pods that run')
    mustEqual([status.active ?? 0, status.terminating ?? 0, status.uncountedTerminatedPods ?? {}], [0, 0, {}], 'status')
    const { succeeded = 0, failed = 0 } = status
    const ended = (end: End) => [...this.#ends.values()].filter(each => each === end).length
    if (status.conditions?.some(({ type }) => type === 'Complete')) {
      mustEqual(succeeded, spec.completions, 'successes')
      mustEqual(ended('Succeeded'), succeeded, 'pods that succeeded')
      if (!this.#shrunk) mustEqual(failed, ended('Failed'), 'failures')
    } else {
      must(succeeded <= ended('Succeeded'), () => `${succeeded} successes counted, but ${ended('Succeeded')} pods succeeded`)
      if (!this.#shrunk) mustEqual(succeeded + failed, this.#known.size, 'pods counted')
    }
    if (isIndexed(this.#job)) mustEqual(this.#succeededIndexes.size, ended('Succeeded'), 'indexes of pods that succeeded')
  }

  get #job(): Job {
    return this.#world.api.get(Job, this.#created.metadata)
  }
  #pods(): Pod[] {
    return podsOf(this.#world.api, this.#created)
  }

  /** Writes down what became of pods, as those know it who made it so. */
  #follow({ object, previous, by }: Change): void {
    const pod = object as Pod
    if (controllerOf(pod)?.uid !== this.#created.metadata.uid) return
    const { uid } = pod.metadata
    this.#known.add(uid)
    // A pod that the Job has let go of, since it is to run fewer, ends for nobody.
    if (this.#ends.has(uid) || !isTracked((previous as Pod | undefined) ?? pod)) return
    const wasDeleted = previous?.metadata.deletionTimestamp !== undefined
    if (isPodFinished(pod) && !wasDeleted) this.#end(pod, pod.status.phase as End)
    else if (by === 'user' && pod.metadata.deletionTimestamp && !wasDeleted) this.#end(pod, 'Failed')
  }

  #end(pod: Pod, end: End): void {
    this.#ends.set(pod.metadata.uid, end)
    const index = indexOf(pod)
    if (end === 'Succeeded' && index !== undefined) this.#succeededIndexes.add(index)
  }

  /** No index is worked on twice at a time, and none again that is done. */
  #mustBeFree(pod: Pod, active: readonly Pod[]): void {
    const index = indexOf(pod)
    must(active.filter(each => indexOf(each) === index).length === 1, () => `two pods of index ${index}`)
    must(index !== undefined && !this.#succeededIndexes.has(index), () => `index ${index} is done`)
  }
}
