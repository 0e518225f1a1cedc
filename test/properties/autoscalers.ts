import { ReplicaSet } from '../../api/apps/replica-set.ts'
import { HorizontalPodAutoscaler } from '../../api/autoscaling/horizontal-pod-autoscaler.ts'
import { isConditionTrue } from '../../api/conditions.ts'
import { Node } from '../../api/core/node.ts'
import { Pod } from '../../api/core/pod.ts'
import { timestamp } from '../../api/time.ts'
import { autoscalerController } from '../../control-plane/controllers/autoscaler/autoscaler.ts'
import { isPodActive } from '../../control-plane/controllers/pod-readiness.ts'
import { replicaSetController } from '../../control-plane/controllers/replica-set/replica-set.ts'
import type { Rules, Scenario, World } from '../simulator/history.ts'
import { isSameKind, type Change } from '../simulator/simulated-api.ts'
import { must, mustEqual } from './limits.ts'
import { hurtPod, isRunningReady, namespace, podsOf, templateOf } from './pods.ts'

const name = 'horizontal-pod-autoscaler-controller'
const labels = { app: 'a' }
const minute = 60_000
/** Thousandths of a processor that a pod requests, and how many per cent of them it is to use. */
const request = 100
const target = 50

/** A ReplicaSet is sized by what its pods have to do together, which grows and shrinks; users size it, too. */
export const autoscalers: Scenario = {
  name,
  kinds: [HorizontalPodAutoscaler, ReplicaSet, Pod, Node],
  controllers: context => [autoscalerController(context), replicaSetController(context)],
  longestStorm: 8 * minute,
  calm: 12 * minute,
  begin: world => new AutoscalerRules(world),
}

class AutoscalerRules implements Rules {
  readonly #world: World
  readonly #created: HorizontalPodAutoscaler
  readonly #set: ReplicaSet
  readonly #min: number
  readonly #max: number
  /** Milliseconds for which the largest wish counts. */
  readonly #window: number
  /** From the wish for a size until it is written. */
  readonly #onItsWay: number
  /** The sizes that the autoscaler made larger ones, and when. */
  readonly #grown: { readonly to: number; readonly at: number }[] = []
  /** When users last said how many pods there are to be. */
  #sizedAt = -Infinity
  /** What the pods have to do together, in thousandths of a processor. */
  #load: number

  constructor(world: World) {
    const { api, chance, nodes } = world
    this.#world = world
    for (const node of ['n1', 'n2']) nodes.addNode(node)
    this.#min = chance.whole(1, 3)
    this.#max = this.#min + chance.whole(0, 5)
    this.#load = chance.whole(0, 500)
    // With less, pods that are too new to be measured let upstream's rule go up and down for ever.
    const seconds = chance.pick(undefined, 45, 90)
    this.#window = (seconds ?? 300) * 1000
    // Without rules for a direction, up is steadied by the largest wish, too, and goes step by step.
    this.#onItsWay = seconds === undefined ? minute : 10_000
    const template = templateOf(labels, 'v1')
    const containers = template.spec.containers.map(each => ({ ...each, resources: { requests: { cpu: `${request}m` } } }))
    const spec = {
      replicas: chance.whole(1, 8),
      selector: { matchLabels: labels },
      template: { ...template, spec: { ...template.spec, containers } },
    }
    this.#set = api.create(ReplicaSet, { metadata: { name: 'set', namespace }, spec } as never, 'user')
    api.serve(`/apis/metrics.k8s.io/v1beta1/namespaces/${namespace}/pods`, () => ({ items: this.#metrics() }))
    const cpu = { name: 'cpu', target: { type: 'Utilization', averageUtilization: target } }
    const scaler = {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'set' },
      ...{ minReplicas: this.#min, maxReplicas: this.#max },
      metrics: [{ type: 'Resource', resource: cpu }],
      ...(seconds === undefined ? {} : { behavior: { scaleDown: { stabilizationWindowSeconds: seconds } } }),
    }
    this.#created = api.create(HorizontalPodAutoscaler, { metadata: { name: 'h', namespace }, spec: scaler } as never, 'user')
  }

  act(): void {
    const { api, chance, illness } = this.#world
    const what = chance.pick('load', 'load', 'load', 'scale', 'hurt')
    const set = this.#current
    if (what === 'load') this.#load = chance.whole(0, 500)
    else if (what === 'scale') {
      // An old wish may bring back a size that nobody wants any more.
      this.#grown.length = 0
      this.#sizedAt = this.#world.time.milliseconds
      api.update(ReplicaSet, { ...set, spec: { ...set.spec, replicas: chance.whole(1, 9) } }, { by: 'user' })
    } else if (illness) hurtPod(this.#world, podsOf(api, set))
  }

  changed({ kind, object, previous, by }: Change): void {
    if (by !== name || !previous || !isSameKind(kind, ReplicaSet)) return
    const [before, now] = [sizeOf(previous), sizeOf(object)]
    if (before === now) return
    must(now >= this.#min && now <= this.#max, () => `${now} replicas where ${this.#min} to ${this.#max} are allowed`)
    const at = this.#world.time.milliseconds
    if (now < before) {
      const recent = this.#grown.filter(each => each.at > at - this.#window + this.#onItsWay && each.to > now)
      must(recent.length === 0, () => `${now} replicas, though ${recent[0]?.to} were wanted ${at - (recent[0]?.at ?? 0)} ms ago`)
    } else if (at - this.#sizedAt > this.#window) this.#grown.push({ to: now, at })
  }

  settled(): void {
    const size = sizeOf(this.#current)
    const pods = podsOf(this.#world.api, this.#current).filter(isPodActive)
    mustEqual(pods.filter(isRunningReady).length, size, 'ready pods')
    const used = Math.floor((Math.floor(this.#load / size) * 100) / request)
    const isNear = used * 10 >= target * 9 && used * 10 <= target * 11
    const wanted = isNear ? size : Math.ceil((used * size) / target)
    mustEqual(size, Math.min(this.#max, Math.max(this.#min, wanted)), `size for a load of ${this.#load}`)
    const { status } = this.#world.api.get(HorizontalPodAutoscaler, this.#created.metadata)
    mustEqual([status.currentReplicas, status.desiredReplicas], [size, size], 'status')
    for (const condition of ['AbleToScale', 'ScalingActive']) must(isConditionTrue(status.conditions, condition), () => `not ${condition}`)
    mustEqual(isConditionTrue(status.conditions, 'ScalingLimited'), wanted > this.#max || wanted < this.#min, 'condition ScalingLimited')
  }

  get #current(): ReplicaSet {
    return this.#world.api.get(ReplicaSet, this.#set.metadata)
  }

  /** The pods that are ready share the load. */
  #metrics(): object[] {
    const pods = podsOf(this.#world.api, this.#current).filter(isPodActive).filter(isRunningReady)
    const cpu = `${Math.floor(this.#load / Math.max(1, pods.length))}m`
    const measured = timestamp(this.#world.time.now())
    return pods.map(({ metadata }) => ({
      metadata: { name: metadata.name },
      ...{ timestamp: measured, window: '15s', containers: [{ name: 'c', usage: { cpu } }] },
    }))
  }
}

const sizeOf = (object: object): number => (object as ReplicaSet).spec.replicas ?? 1
