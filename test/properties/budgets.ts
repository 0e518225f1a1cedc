import { ReplicaSet } from '../../api/apps/replica-set.ts'
import { isConditionTrue } from '../../api/conditions.ts'
import { Node } from '../../api/core/node.ts'
import { Pod } from '../../api/core/pod.ts'
import { PodDisruptionBudget } from '../../api/policy/pod-disruption-budget.ts'
import { disruptionController } from '../../control-plane/controllers/disruption/disruption.ts'
import { expectedPods } from '../../control-plane/controllers/disruption/plan-budget.ts'
import { staleDisruptionController } from '../../control-plane/controllers/disruption/stale-disruption.ts'
import { isPodReady } from '../../control-plane/controllers/pod-readiness.ts'
import { replicaSetController } from '../../control-plane/controllers/replica-set/replica-set.ts'
import { evict } from '../simulator/evict.ts'
import type { Rules, Scenario, World } from '../simulator/history.ts'
import type { Change } from '../simulator/simulated-api.ts'
import { must, mustEqual } from './limits.ts'
import { hurtPod, namespace, templateOf } from './pods.ts'

const labels = { app: 'a' }
const minute = 60_000

/** Pods are evicted as fast as their budget allows, by several who know nothing of each other. */
export const budgets: Scenario = {
  name: 'disruption-controller',
  kinds: [PodDisruptionBudget, ReplicaSet, Pod, Node],
  controllers: context => [disruptionController(context), staleDisruptionController(context), replicaSetController(context)],
  // An eviction that was forgotten is waited for two minutes.
  longestStorm: 4 * minute,
  calm: 10 * minute,
  begin: world => new BudgetRules(world),
}

class BudgetRules implements Rules {
  readonly #world: World
  readonly #set: ReplicaSet
  readonly #budget: PodDisruptionBudget

  constructor(world: World) {
    const { api, chance, nodes } = world
    this.#world = world
    for (const node of ['n1', 'n2']) nodes.addNode(node)
    const spec = { replicas: chance.whole(1, 5), selector: { matchLabels: labels }, template: templateOf(labels, 'v1') }
    this.#set = api.create(ReplicaSet, { metadata: { name: 'set', namespace }, spec } as never, 'user')
    const limit = chance.pick({ minAvailable: chance.pick(0, 1, 2, '50%') }, { maxUnavailable: chance.pick(0, 1, 2, '30%') })
    const policy = chance.pick({}, { unhealthyPodEvictionPolicy: 'AlwaysAllow' })
    const budget = { selector: { matchLabels: labels }, ...limit, ...policy }
    this.#budget = api.create(PodDisruptionBudget, { metadata: { name: 'b', namespace }, spec: budget } as never, 'user')
  }

  /** A drain: all pods, again and again. */
  act(): void {
    const { illness, chance, time } = this.#world
    if (illness && chance.happens(0.4)) hurtPod(this.#world, this.#pods())
    for (let round = chance.whole(1, 12), after = 0; round > 0; round--, after += chance.between(50, 4000))
      time.alarm(after, () => {
        const pod = chance.one(this.#pods())
        if (pod) evict(this.#world, pod)
      })
  }

  changed({ by, kind, object, previous }: Change): void {
    if (kind.plural !== Pod.plural || by !== 'eviction') return
    const before = previous as Pod | undefined
    const goes = (object as Pod).metadata.deletionTimestamp !== undefined && !before?.metadata.deletionTimestamp
    // Where pods fall ill the budget may be broken before anybody knows; and one that is not ready takes nothing from it.
    if (!goes || this.#world.illness || !before || !isPodReady(before)) return
    const [healthy, desired] = [this.#healthy(), this.#desired()]
    must(healthy >= desired, () => `${healthy} healthy pods after an eviction where ${desired} are the least`)
  }

  settled(): void {
    const { status, metadata } = this.#world.api.get(PodDisruptionBudget, this.#budget.metadata)
    const pods = this.#pods()
    const replicas = this.#set.spec.replicas ?? 1
    const [healthy, desired] = [this.#healthy(), this.#desired()]
    mustEqual([pods.length, healthy], [replicas, replicas], 'pods, and healthy ones')
    // Where it is not the scale that counts, those that have failed count as well, as upstream's.
    const expected = typeof this.#budget.spec.minAvailable === 'number' ? this.#world.api.all(Pod).length : replicas
    mustEqual([status.expectedPods, status.currentHealthy, status.desiredHealthy], [expected, healthy, desired], 'status')
    const allowed = Math.max(0, healthy - desired)
    mustEqual(status.disruptionsAllowed, allowed, 'disruptions allowed')
    mustEqual(isConditionTrue(status.conditions, 'DisruptionAllowed'), allowed > 0, 'condition DisruptionAllowed')
    mustEqual(Object.keys(status.disruptedPods ?? {}), [], 'pods whose eviction is under way')
    mustEqual(status.observedGeneration, metadata.generation, 'observed generation')
    const targets = pods.filter(pod => isConditionTrue(pod.status.conditions, 'DisruptionTarget'))
    mustEqual(targets.length, 0, 'pods that are still said to go')
  }

  #pods(): Pod[] {
    return this.#world.api.all(Pod).filter(pod => !['Failed', 'Succeeded'].includes(pod.status.phase ?? ''))
  }
  #healthy(): number {
    return this.#pods().filter(pod => isPodReady(pod) && !pod.metadata.deletionTimestamp).length
  }
  #desired(): number {
    return expectedPods(this.#budget, this.#set.spec.replicas ?? 1, this.#set.spec.replicas ?? 1).desiredHealthy
  }
}
