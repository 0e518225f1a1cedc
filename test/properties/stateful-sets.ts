import { ControllerRevision } from '../../api/apps/controller-revision.ts'
import { StatefulSet } from '../../api/apps/stateful-set.ts'
import { Node } from '../../api/core/node.ts'
import { PersistentVolumeClaim } from '../../api/core/persistent-volume-claim.ts'
import { Pod } from '../../api/core/pod.ts'
import { scaledValue } from '../../api/int-or-string.ts'
import { revisionLabel } from '../../control-plane/controllers/history/revisions.ts'
import { availableIn } from '../../control-plane/controllers/pod-readiness.ts'
import { firstOrdinal, ordinalOf, replicasOf } from '../../control-plane/controllers/stateful-set/identity.ts'
import { statefulSetController } from '../../control-plane/controllers/stateful-set/stateful-set.ts'
import type { Rules, Scenario, World } from '../simulator/history.ts'
import type { Change } from '../simulator/simulated-api.ts'
import { Ceiling, Floor, must, mustEqual } from './limits.ts'
import { createsPod, deletesPod, hurtPod, isRunningReady, namespace, podsOf, templateOf } from './pods.ts'

const name = 'statefulset-controller'
const labels = { app: 'a' }

/** A StatefulSet of any strategy is scaled and gets new templates. */
export const statefulSets: Scenario = {
  name,
  kinds: [StatefulSet, ControllerRevision, PersistentVolumeClaim, Pod, Node],
  controllers: context => [statefulSetController(context)],
  begin: world => new StatefulSetRules(world),
}

class StatefulSetRules implements Rules {
  readonly #world: World
  readonly #created: StatefulSet
  readonly #most: Ceiling
  readonly #least = new Floor()

  constructor(world: World) {
    const { api, chance, nodes } = world
    this.#world = world
    for (const node of ['n1', 'n2']) nodes.addNode(node)
    const maxUnavailable = chance.pick(undefined, undefined, 1, 2)
    const partition = chance.pick(0, 0, 1, 2)
    const rollingUpdate = { partition, ...(maxUnavailable === undefined ? {} : { maxUnavailable }) }
    const claim = { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1' } } } }
    const spec = {
      replicas: chance.whole(1, 4),
      serviceName: 'web',
      selector: { matchLabels: labels },
      template: templateOf(labels, 'v1'),
      podManagementPolicy: chance.pick('OrderedReady', 'OrderedReady', 'Parallel'),
      updateStrategy: chance.happens(0.1) ? { type: 'OnDelete' } : { type: 'RollingUpdate', rollingUpdate },
      minReadySeconds: chance.pick(0, 0, 2),
      revisionHistoryLimit: chance.pick(0, 1, 10),
      ...(chance.happens(0.3) ? { ordinals: { start: 3 } } : {}),
      ...(chance.happens(0.3) ? { volumeClaimTemplates: [claim] } : {}),
    }
    this.#created = api.create(StatefulSet, { metadata: { name: 'web', namespace }, spec } as never, 'user')
    this.#most = new Ceiling(spec.replicas)
  }

  act(): void {
    const { chance, illness } = this.#world
    const what = chance.pick('template', 'template', 'scale', 'hurt')
    if (what === 'template') this.#change({ template: templateOf(labels, chance.pick('v1', 'v2', 'v3')) as never })
    else if (what === 'scale') this.#change({ replicas: chance.whole(0, 4) })
    else if (illness) hurtPod(this.#world, this.#pods())
  }

  changed(change: Change): void {
    const { illness } = this.#world
    const available = this.#pods().filter(pod => this.#isAvailable(pod)).length
    if (createsPod(change, name)) {
      const { name, number } = { name: change.object.metadata.name, number: ordinalOf(change.object as Pod) - firstOrdinal(this.#set) }
      must(number < this.#most.value, () => `${name} where ${this.#most.value} pods are wanted`)
      if (!illness && this.#isOrdered()) this.#mustBeNext(change.object as Pod)
    }
    if (!illness && deletesPod(change, name)) {
      must(available >= this.#least.value, () => `${available} available pods where ${this.#least.value} are the least`)
      if (this.#isOrdered()) this.#mustBeLast(change.object as Pod)
    }
    const { metadata, status } = this.#set
    const isObserved = (status.observedGeneration ?? 0) >= (metadata.generation ?? 0)
    const replicas = replicasOf(this.#set)
    this.#most.wish(replicas, isObserved)
    // With Parallel, pods that do not look available in the cache yet go at once, as upstream's.
    const least = this.#isOrdered() ? Math.max(0, replicas - this.#maxUnavailable()) : 0
    this.#least.wish(least, isObserved && available >= least)
  }

  settled(): void {
    const set = this.#set
    const { status, spec, metadata } = set
    const replicas = replicasOf(set)
    const pods = this.#pods().sort((a, b) => ordinalOf(a) - ordinalOf(b))
    const ordinals = Array.from({ length: replicas }, (_, index) => firstOrdinal(set) + index)
    mustEqual(pods.map(ordinalOf), ordinals, 'ordinals')
    mustEqual(pods.filter(isRunningReady).length, replicas, 'ready pods')
    mustEqual(status.observedGeneration, metadata.generation, 'observed generation')
    mustEqual([status.replicas, status.readyReplicas ?? 0, status.availableReplicas ?? 0], [replicas, replicas, replicas], 'status')
    const claims = this.#world.api.all(PersistentVolumeClaim).map(claim => claim.metadata.name)
    if (spec.volumeClaimTemplates)
      for (const ordinal of ordinals) must(claims.includes(`data-web-${ordinal}`), () => `no claim of ${ordinal}`)
    const revisions = this.#world.api.all(ControllerRevision)
    const live = new Set([status.currentRevision, status.updateRevision, ...pods.map(revisionOf)])
    const old = revisions.filter(revision => !live.has(revision.metadata.name))
    must(old.length <= (spec.revisionHistoryLimit ?? 10), () => `${old.length} old revisions`)
    if (spec.updateStrategy.type === 'OnDelete') return
    const partition = spec.updateStrategy.rollingUpdate?.partition ?? 0
    const image = spec.template.spec.containers[0]?.image
    const updated = pods.filter(pod => ordinalOf(pod) >= firstOrdinal(set) + partition)
    mustEqual(
      updated.map(revisionOf),
      updated.map(() => status.updateRevision),
      'revisions of updated pods',
    )
    mustEqual(
      updated.map(pod => pod.spec.containers[0]?.image),
      updated.map(() => image),
      'images of updated pods',
    )
    if (partition === 0 && replicas > 0) mustEqual(status.currentRevision, status.updateRevision, 'current revision')
  }

  get #set(): StatefulSet {
    return this.#world.api.get(StatefulSet, this.#created.metadata)
  }
  #change(spec: Partial<StatefulSet['spec']>): void {
    this.#world.api.update(StatefulSet, { ...this.#set, spec: { ...this.#set.spec, ...spec } }, { by: 'user' })
  }
  #pods(): Pod[] {
    return podsOf(this.#world.api, this.#created)
  }
  #isAvailable(pod: Pod): boolean {
    const { minReadySeconds = 0 } = this.#set.spec
    return isRunningReady(pod) && !pod.metadata.deletionTimestamp && availableIn(pod, minReadySeconds, this.#world.time.now()) === 0
  }
  #isOrdered(): boolean {
    return this.#set.spec.podManagementPolicy !== 'Parallel'
  }
  #maxUnavailable(): number {
    const { maxUnavailable } = this.#set.spec.updateStrategy.rollingUpdate ?? {}
    return maxUnavailable === undefined ? 1 : Math.max(1, scaledValue(maxUnavailable, replicasOf(this.#set), 'down'))
  }

  /** OrderedReady: every pod before a new one is available. */
  #mustBeNext(pod: Pod): void {
    for (let ordinal = firstOrdinal(this.#set); ordinal < ordinalOf(pod); ordinal++) {
      const earlier = this.#pods().find(each => ordinalOf(each) === ordinal)
      must(earlier !== undefined && this.#isAvailable(earlier), () => `${pod.metadata.name} though ${ordinal} is not available`)
    }
  }

  /** OrderedReady: a pod goes when none is above it, or when all above it are of a newer revision, or, where several may be missing, going. */
  #mustBeLast(pod: Pod): void {
    const above = this.#pods().filter(each => ordinalOf(each) > ordinalOf(pod))
    const several = this.#maxUnavailable() > 1
    const passed = above.filter(each => revisionOf(each) !== revisionOf(pod) || (several && each.metadata.deletionTimestamp))
    must(passed.length === above.length, () => `${pod.metadata.name} goes before ${above.map(({ metadata }) => metadata.name).join(', ')}`)
  }
}

const revisionOf = (pod: Pod) => pod.metadata.labels?.[revisionLabel]
