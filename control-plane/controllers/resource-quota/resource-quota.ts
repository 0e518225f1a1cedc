import { PersistentVolumeClaim } from '../../../api/core/persistent-volume-claim.ts'
import { Pod } from '../../../api/core/pod.ts'
import { ResourceQuota } from '../../../api/core/resource-quota.ts'
import { Service } from '../../../api/core/service.ts'
import { isConflict, isNotFound } from '../../../api/errors.ts'
import type { Kind, KubernetesObject } from '../../../api/kind.ts'
import type { Quantities } from '../../../api/pod-resources.ts'
import { addAmounts, sameAmounts } from '../../../api/quota/amounts.ts'
import { evaluatorOf, usageOf } from '../../../api/quota/evaluators.ts'
import { keyOf, splitKey } from '../../../client/cache.ts'
import { allSynced } from '../../../client/controller.ts'
import { discoverKinds } from '../../../client/discovery.ts'
import { Informer } from '../../../client/informer.ts'
import { WorkQueue } from '../../../client/work-queue.ts'
import type { Runnable } from '../../../common/run.ts'
import type { ControllerContext } from '../context.ts'
import { countedKinds, givesBack, isSameStatus, quotaStatus } from './quota-status.ts'

/** Kinds of which more than their number counts: their objects are seen whole. */
const wholeKinds: readonly Kind[] = [Pod, Service, PersistentVolumeClaim]
/** Upstream's --resource-quota-sync-period. */
const resync = 300_000
/**
 * Admission writes a request's use down before the object is there. Nothing is given back so soon after such a write, or what
 * is on its way could be counted as not there.
 */
const settling = 1_000
/** What was charged for an object that did not come about after all is given back so long after. */
const recount = 5_000
const discoveryInterval = 60_000

/**
 * Keeps `status.used` of quotas true: admission only ever adds to it, this takes away what is gone. Counts what the server has,
 * not a cache, and writes only over the version that it read first. Upstream's resourcequota-controller.
 */
export class ResourceQuotaController implements Runnable {
  readonly #context: ControllerContext
  readonly #queue: WorkQueue
  readonly #followed = new Map<string, Informer<KubernetesObject>>()
  /** When each quota was last seen to change. */
  readonly #changed = new Map<string, { readonly version: string; readonly at: number }>()
  readonly #running = new Set<Promise<void>>()
  #served: { readonly kinds: Promise<readonly Kind[]>; readonly at: number } | undefined

  constructor(context: ControllerContext) {
    this.#context = context
    this.#queue = new WorkQueue((key, signal) => this.#sync(key, signal), {
      clock: context.clock,
      workers: 5,
      observer: context.observeQueue?.(),
      onError: (key, error) => context.log[isConflict(error) ? 'debug' : 'warn']('reconcile failed', { key, error }),
    })
    // Asked for here, so that they start with the others.
    context.informers.for(ResourceQuota)
    context.informers.for(Pod)
  }

  async run(signal: AbortSignal): Promise<void> {
    const { informers } = this.#context
    const quotas = informers.for(ResourceQuota)
    quotas.addListener({
      added: quota => this.#seen(quota, 0),
      updated: quota => this.#seen(quota, sameAmounts(quota.spec.hard ?? {}, quota.status.hard ?? {}) ? recount : 0),
      deleted: quota => this.#changed.delete(keyOf(quota)),
    })
    const pods = informers.for(Pod)
    const now = () => this.#context.clock.now()
    const podUse = (pod: Pod) => evaluatorOf(Pod)?.usage(pod, now()) ?? {}
    pods.addListener({
      updated: (pod, previous) => {
        const ends = pod.metadata.deletionTimestamp !== previous.metadata.deletionTimestamp
        if (ends || !sameAmounts(podUse(pod), podUse(previous))) this.#replenish(pod)
      },
      deleted: pod => this.#replenish(pod),
    })
    if (!(await allSynced([quotas, pods] as unknown as Informer<KubernetesObject>[], signal))) return
    await this.#queue.run(signal)
    await Promise.all([...this.#running])
  }

  #seen(quota: ResourceQuota, delay: number): void {
    const key = keyOf(quota)
    this.#changed.set(key, { version: quota.metadata.resourceVersion, at: this.#context.clock.now().getTime() })
    if (delay === 0) this.#queue.add(key)
    else this.#queue.addAfter(key, delay)
  }

  #replenish({ metadata: { namespace = '' } }: KubernetesObject): void {
    for (const quota of this.#context.informers.for(ResourceQuota).cache.inNamespace(namespace)) this.#queue.add(keyOf(quota))
  }

  /** 1 read the quota, 2 follow what it counts, 3 count, 4 write unless something may be on its way. */
  async #sync(key: string, signal: AbortSignal): Promise<number | void> {
    const { client } = this.#context
    let quota: ResourceQuota
    try {
      quota = await client.get(ResourceQuota, splitKey(key))
    } catch (error) {
      if (isNotFound(error)) return undefined
      throw error
    }
    const kinds = countedKinds(quota, await this.#discover())
    for (const kind of kinds) await this.#follow(kind, signal)
    const status = quotaStatus(quota, await this.#count(quota, kinds))
    if (isSameStatus(status, quota.status)) return resync
    if (givesBack(quota.status, status)) {
      const quiet = this.#quietFor(key, quota)
      if (quiet < settling) return settling - quiet
    }
    const isNew = quota.status.hard === undefined
    await client.updateStatus(ResourceQuota, { ...quota, status })
    // What came in while nothing was limited yet may not have been there to be counted.
    return isNew ? settling : resync
  }

  #quietFor(key: string, { metadata }: ResourceQuota): number {
    const now = this.#context.clock.now().getTime()
    const known = this.#changed.get(key)
    if (known?.version === metadata.resourceVersion) return now - known.at
    this.#changed.set(key, { version: metadata.resourceVersion, at: now })
    return 0
  }

  async #count(quota: ResourceQuota, kinds: readonly Kind[]): Promise<Quantities> {
    const now = this.#context.clock.now()
    let sum: Quantities = {}
    for (const kind of kinds) {
      const evaluator = evaluatorOf(kind)
      if (!evaluator) continue
      const whole = wholeKinds.find(each => each.group === kind.group && each.plural === kind.plural)
      const { namespace } = quota.metadata
      const { items } = await this.#context.client.list(whole ?? kind, { namespace, ...(whole ? {} : { metadataOnly: true }) })
      sum = addAmounts(sum, usageOf(quota, items, { evaluator, now }))
    }
    return sum
  }

  #discover(): Promise<readonly Kind[]> {
    const now = this.#context.clock.now().getTime()
    if (this.#served && now - this.#served.at < discoveryInterval) return this.#served.kinds
    const kinds = discoverKinds(this.#context.client)
    const served = { kinds, at: now }
    this.#served = served
    // A failure is the caller's to report; the next one asks again.
    kinds.catch(() => {
      if (this.#served === served) this.#served = undefined
    })
    return kinds
  }

  /** From now on the end of an object of this kind wakes its namespace's quotas. Pods are followed anyway. */
  async #follow(kind: Kind, signal: AbortSignal): Promise<void> {
    const name = `${kind.group}/${kind.plural}`
    if (this.#followed.has(name) || (kind.group === Pod.group && kind.plural === Pod.plural)) return
    if (!['list', 'watch'].every(verb => kind.verbs?.includes(verb))) return
    const { client, log } = this.#context
    const whole = wholeKinds.some(each => each.group === kind.group && each.plural === kind.plural)
    const informer = new Informer({ client, kind, log, metadataOnly: true })
    informer.addListener({ deleted: object => this.#replenish(object), ...(whole ? { updated: object => this.#replenish(object) } : {}) })
    this.#followed.set(name, informer)
    const running = informer.run(signal).finally(() => this.#running.delete(running))
    this.#running.add(running)
    await allSynced([informer], signal)
  }
}
