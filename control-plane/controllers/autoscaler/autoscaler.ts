import { Deployment } from '../../../api/apps/deployment.ts'
import { ReplicaSet } from '../../../api/apps/replica-set.ts'
import { StatefulSet } from '../../../api/apps/stateful-set.ts'
import {
  HorizontalPodAutoscaler,
  type HorizontalPodAutoscalerCondition,
  type HorizontalPodAutoscalerStatus,
} from '../../../api/autoscaling/horizontal-pod-autoscaler.ts'
import type { MetricStatus } from '../../../api/autoscaling/metrics.ts'
import type { Scale } from '../../../api/autoscaling/scale.ts'
import { setCondition } from '../../../api/conditions.ts'
import { Pod } from '../../../api/core/pod.ts'
import { ReplicationController } from '../../../api/core/replication-controller.ts'
import { isNotFound } from '../../../api/errors.ts'
import { apiVersionOf, type Kind } from '../../../api/kind.ts'
import { matches, parseLabelSelector } from '../../../api/label-selector.ts'
import { parseQuantity } from '../../../api/quantity.ts'
import { timestamp } from '../../../api/time.ts'
import { watching, type Controller } from '../../../client/controller.ts'
import { resourcePath } from '../../../client/paths.ts'
import { messageOf } from '../../../common/error-message.ts'
import type { ControllerContext } from '../context.ts'
import { sameStatus } from '../same-status.ts'
import { combine, proposalOf, type PodMetrics } from './autoscaler-metrics.ts'
import { planScale, type Recommendation, type ScaleChange } from './plan-scale.ts'

/** Upstream's --horizontal-pod-autoscaler-sync-period. */
const period = 15_000
/** No window of a behaviour is longer than an hour. */
const memory = 3_600_000
const scalable: readonly Kind[] = [Deployment, ReplicaSet, StatefulSet, ReplicationController] as readonly Kind[]

/** Sizes whatever has a scale so that metrics come near their targets. */
export const autoscalerController = (context: ControllerContext): Controller => {
  const controller = new AutoscalerController(context)
  return {
    name: 'horizontal-pod-autoscaler-controller',
    watches: [watching(HorizontalPodAutoscaler), watching(Pod, () => [])],
    workers: 5,
    reconcile: key => controller.reconcile(key),
  }
}

interface Remembered {
  readonly uid: string
  spec: HorizontalPodAutoscaler['spec']
  at: number
  recommendations: Recommendation[]
  changes: ScaleChange[]
}

/** The verdict on one autoscaler while it is being worked out. */
interface Round {
  readonly autoscaler: HorizontalPodAutoscaler
  readonly memory: Remembered
  readonly now: Date
  conditions: HorizontalPodAutoscalerCondition[]
}

class AutoscalerController {
  readonly #context: ControllerContext
  readonly #memory = new Map<string, Remembered>()

  constructor(context: ControllerContext) {
    this.#context = context
  }

  async reconcile(key: string): Promise<number | void> {
    const autoscaler = this.#context.informers.for(HorizontalPodAutoscaler).cache.get(key)
    if (!autoscaler) {
      this.#memory.delete(key)
      return
    }
    const now = this.#context.clock.now()
    const known = this.#memory.get(key)
    const wait = (known?.at ?? 0) + period - now.getTime()
    // Its own writes wake it too; what is due is due every fifteen seconds, and when the spec changes.
    if (known && known.uid === autoscaler.metadata.uid && sameStatus(known.spec, autoscaler.spec) && wait > 0) return wait
    const remembered =
      known?.uid === autoscaler.metadata.uid
        ? known
        : { uid: autoscaler.metadata.uid, spec: autoscaler.spec, at: 0, recommendations: [], changes: [] }
    this.#memory.set(key, remembered)
    remembered.spec = autoscaler.spec
    remembered.at = now.getTime()
    remembered.recommendations = remembered.recommendations.filter(({ at }) => at > now.getTime() - memory)
    remembered.changes = remembered.changes.filter(({ at }) => at > now.getTime() - memory)
    await this.#sync({ autoscaler, memory: remembered, now, conditions: [...(autoscaler.status.conditions ?? [])] })
    return period
  }

  /** Upstream's reconcileAutoscaler. */
  async #sync(round: Round): Promise<void> {
    const { autoscaler } = round
    // 1. What is to be scaled
    const target = await this.#target(round)
    if (!target) return this.#writeStatus(round, {})
    this.#set(round, ['AbleToScale', 'True', 'SucceededGetScale', "the HPA controller was able to get the target's current scale"])
    const current = target.scale.spec.replicas ?? 0
    if (round.memory.recommendations.length === 0) round.memory.recommendations.push({ replicas: current, at: round.now.getTime() })
    // 2. How large it should be
    const wish = await this.#wish(round, target.scale, current)
    if (!wish) return
    // 3. Make it so
    const rescaled = wish.replicas !== current && !wish.disabled
    if (rescaled && !(await this.#rescale(round, target, { from: current, to: wish.replicas, reason: wish.reason }))) {
      return this.#writeStatus(round, { currentReplicas: target.scale.status.replicas, metrics: wish.metrics })
    }
    await this.#writeStatus(round, {
      currentReplicas: target.scale.status.replicas,
      desiredReplicas: wish.disabled ? 0 : wish.replicas,
      metrics: wish.metrics,
      ...(rescaled ? { scaledAt: timestamp(round.now) } : {}),
    })
    if (wish.error !== undefined) this.#warn(autoscaler, 'FailedComputeMetricsReplicas', wish.error)
  }

  async #target(round: Round): Promise<{ kind: Kind; scale: Scale } | undefined> {
    const { apiVersion = '', kind, name } = round.autoscaler.spec.scaleTargetRef
    const { namespace } = round.autoscaler.metadata
    const failed = (text: string) => {
      this.#warn(round.autoscaler, 'FailedGetScale', text)
      this.#set(round, [
        'AbleToScale',
        'False',
        'FailedGetScale',
        `the HPA controller was unable to get the target's current scale: ${text}`,
      ])
    }
    const known = scalable.find(each => each.kind === kind && apiVersionOf(each) === apiVersion)
    if (!known) {
      const [group = '', version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion]
      return void failed(
        `unable to determine resource for scale target reference: no matches for kind "${kind}" in version "${[group, version].filter(Boolean).join('/')}"`,
      )
    }
    try {
      const scale = (await this.#context.client.getPath(resourcePath(known, { namespace, name, subresource: 'scale' }))) as Scale
      return { kind: known, scale }
    } catch (error) {
      return void failed(messageOf(error))
    }
  }

  /** The size to bring the target to; undefined when it cannot be told, and that has been said. */
  async #wish(round: Round, scale: Scale, current: number) {
    const { minReplicas = 1, maxReplicas, behavior } = round.autoscaler.spec
    const plain = (replicas: number, reason: string) => ({ replicas, reason, disabled: false, metrics: undefined, error: undefined })
    if (current === 0 && minReplicas !== 0) {
      this.#set(round, ['ScalingActive', 'False', 'ScalingDisabled', 'scaling is disabled since the replica count of the target is zero'])
      return { ...plain(0, ''), disabled: true }
    }
    if (current > maxReplicas) return plain(maxReplicas, 'Current number of replicas above Spec.MaxReplicas')
    if (current < minReplicas) return plain(minReplicas, 'Current number of replicas below Spec.MinReplicas')
    const verdict = await this.#measure(round, scale, current)
    if (!verdict) return undefined
    const now = round.now.getTime()
    const { recommendations, changes } = round.memory
    const answer = planScale({
      current,
      desired: verdict.replicas,
      min: minReplicas,
      max: maxReplicas,
      behavior,
      recommendations,
      changes,
      now,
    })
    recommendations.push({ replicas: verdict.replicas, at: now })
    this.#set(round, ['AbleToScale', 'True', answer.able.reason, answer.able.message])
    this.#set(round, ['ScalingLimited', answer.limited.status, answer.limited.reason, answer.limited.message])
    const reason = verdict.replicas > current ? `${verdict.metric} above target` : 'All metrics below target'
    return { replicas: answer.replicas, reason, disabled: false, metrics: verdict.statuses, error: verdict.error }
  }

  async #measure(round: Round, scale: Scale, current: number) {
    const { autoscaler, now } = round
    const { metrics: specs = [], behavior } = autoscaler.spec
    const selector = scale.status.selector ?? ''
    if (selector === '') {
      this.#warn(autoscaler, 'SelectorRequired', 'selector is required')
      this.#set(round, ['ScalingActive', 'False', 'InvalidSelector', "the HPA target's scale is missing a selector"])
      return void (await this.#writeStatus(round, { currentReplicas: scale.status.replicas }))
    }
    const parsed = parseLabelSelector(selector)
    const namespace = autoscaler.metadata.namespace ?? ''
    const pods = this.#context.informers
      .for(Pod)
      .cache.inNamespace(namespace)
      .filter(({ metadata }) => matches(parsed, metadata.labels))
    const tolerance = {
      up: toleranceOf(behavior?.scaleUp?.tolerance),
      down: toleranceOf(behavior?.scaleDown?.tolerance),
    }
    const metrics = await this.#read(namespace, selector)
    const proposals = specs.map(spec => proposalOf(spec, { pods, metrics, replicas: current, tolerance, now }))
    for (const proposal of proposals) if ('problem' in proposal) this.#warn(autoscaler, proposal.reason, proposal.problem)
    const verdict = combine(proposals, current)
    if (!('failed' in verdict)) {
      const message = `the HPA was able to successfully calculate a replica count from ${verdict.metric}`
      this.#set(round, ['ScalingActive', 'True', 'ValidMetricFound', message])
      return verdict
    }
    const message = `the HPA was unable to compute the replica count: ${verdict.failed.problem}`
    this.#set(round, ['ScalingActive', 'False', verdict.failed.reason, message])
    await this.#writeStatus(round, { currentReplicas: scale.status.replicas, metrics: verdict.statuses })
    this.#warn(autoscaler, 'FailedComputeMetricsReplicas', verdict.error)
    return undefined
  }

  async #read(namespace: string, labelSelector: string): Promise<readonly PodMetrics[] | Error> {
    const kind = { group: 'metrics.k8s.io', version: 'v1beta1', plural: 'pods', namespaced: true }
    try {
      const list = await this.#context.client.getPath(resourcePath(kind, { namespace }, { labelSelector }))
      return (list as { items?: PodMetrics[] }).items ?? []
    } catch (error) {
      return new Error(isNotFound(error) ? 'the server could not find the requested resource (get pods.metrics.k8s.io)' : messageOf(error))
    }
  }

  async #rescale(
    round: Round,
    { kind, scale }: { kind: Kind; scale: Scale },
    { from, to, reason }: { from: number; to: number; reason: string },
  ): Promise<boolean> {
    const { client, events } = this.#context
    const body = { metadata: { resourceVersion: scale.metadata.resourceVersion }, spec: { replicas: to } }
    try {
      await client.patch(kind, scale.metadata, { type: 'merge', subresource: 'scale', body })
    } catch (error) {
      this.#warn(round.autoscaler, 'FailedRescale', `New size: ${to}; reason: ${reason}; error: ${messageOf(error)}`)
      this.#set(round, [
        'AbleToScale',
        'False',
        'FailedUpdateScale',
        `the HPA controller was unable to update the target scale: ${messageOf(error)}`,
      ])
      return false
    }
    round.memory.changes.push({ by: to - from, at: round.now.getTime() })
    this.#set(round, ['AbleToScale', 'True', 'SucceededRescale', `the HPA controller was able to update the target scale to ${to}`])
    events.event(round.autoscaler, { type: 'Normal', reason: 'SuccessfulRescale', message: `New size: ${to}; reason: ${reason}` })
    return true
  }

  #warn(autoscaler: HorizontalPodAutoscaler, reason: string, message: string): void {
    this.#context.events.event(autoscaler, { type: 'Warning', reason, message })
  }

  #set(round: Round, [type, status, reason, message]: readonly [string, string, string, string]): void {
    round.conditions = setCondition(round.conditions, { type, status, reason, message }, round.now)
  }

  async #writeStatus(
    { autoscaler, conditions }: Round,
    said: { currentReplicas?: number; desiredReplicas?: number; metrics?: readonly MetricStatus[] | undefined; scaledAt?: string },
  ): Promise<void> {
    const before = autoscaler.status
    const status: HorizontalPodAutoscalerStatus = {
      ...before,
      currentReplicas: said.currentReplicas ?? before.currentReplicas ?? 0,
      desiredReplicas: said.desiredReplicas ?? before.desiredReplicas ?? 0,
      ...(said.metrics ? { currentMetrics: [...said.metrics] } : {}),
      ...(said.scaledAt === undefined ? {} : { lastScaleTime: said.scaledAt }),
      conditions,
    }
    if (sameStatus(before, status)) return
    const body = { metadata: { uid: autoscaler.metadata.uid }, status }
    try {
      await this.#context.client.patch(HorizontalPodAutoscaler, autoscaler.metadata, { type: 'merge', subresource: 'status', body })
    } catch (error) {
      if (!isNotFound(error)) throw error
    }
  }
}

/** How far off a metric may be before anything changes: a tenth, unless the behaviour says otherwise. */
const toleranceOf = (tolerance: string | undefined): number =>
  tolerance === undefined ? 0.1 : Number(parseQuantity(tolerance).nanos) / 1e9
