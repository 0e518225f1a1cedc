import type { Pod } from '../../api/core/pod.ts'
import { NetworkPolicy } from '../../api/networking/network-policy.ts'
import { isStaticPod } from '../../api/static-pods.ts'
import { keyOf } from '../../client/cache.ts'
import type { Client } from '../../client/client.ts'
import { allSynced } from '../../client/controller.ts'
import type { Informer } from '../../client/informer.ts'
import type { Informers } from '../../client/informers.ts'
import { WorkQueue } from '../../client/work-queue.ts'
import { sleepUnlessAborted, systemClock } from '../../common/clock.ts'
import { isEqual } from '../../common/equal.ts'
import type { Logger } from '../../common/log.ts'
import { runCommand } from '../../common/run-command.ts'
import type { Runnable } from '../../common/run.ts'
import { changeTable, dropTable, replaceTable, type NftTable, type NftTableHead } from './nft-table.ts'
import { policyPod, type PolicyPod } from './policy-pods.ts'
import { policyTable, policyTableHead, type PolicyFacts, type PolicyView } from './policy-table.ts'
import { PolicyWatches } from './policy-watches.ts'

/** Somebody else may have touched the table: whether it is there is looked at so often. */
const resyncMs = 5 * 60_000
/** Changes that come together are loaded together. */
const gatherMs = 20
const retryMs = 1000
/** How long the start of a pod waits for its rules. */
const patienceMs = 5000
const part = 'policies'

export interface NetworkPoliciesOptions {
  readonly facts: PolicyFacts
  readonly client: Pick<Client, 'list' | 'watch'>
  readonly informers: Informers
  readonly log: Logger
  /** Runs `nft` with a script, or with arguments when there are any; what works on the node's own kernel unless told otherwise. */
  readonly nft?: (script: string, ...args: string[]) => Promise<string>
}

/** Keeps the node's packet filter equal to what the NetworkPolicies of the cluster say about the pods of this node. */
export class NetworkPolicies implements Runnable {
  readonly #options: NetworkPoliciesOptions
  readonly #head: NftTableHead
  readonly #policies: Informer<NetworkPolicy>
  readonly #queue: WorkQueue
  readonly #nft: (script: string, ...args: string[]) => Promise<string>
  /** Pods that are about to start here, whose addresses nobody else knows yet. */
  readonly #starting = new Map<string, StartingPod>()
  #waiters: (() => void)[] = []
  #watches: PolicyWatches | undefined
  /** What the kernel has; undefined: no table of ours, or one that an agent before this one left. */
  #loaded: NftTable | undefined
  #mayBeThere = true

  constructor(options: NetworkPoliciesOptions) {
    this.#options = options
    this.#head = policyTableHead(options.facts)
    this.#nft = options.nft ?? ((script, ...args) => runCommand(['nft', ...(args.length > 0 ? args : ['-f', '-'])], script))
    this.#policies = options.informers.for(NetworkPolicy)
    this.#queue = new WorkQueue((_, signal) => this.#sync(signal), {
      backoff: () => retryMs,
      onError: (_, error) => options.log.error('the network policies could not be brought up to date', { error }),
    })
    const change = () => this.#changed()
    this.#policies.addListener({
      added: change,
      deleted: change,
      updated: (policy, previous) => {
        if (!isEqual(policy.spec, previous.spec)) change()
      },
    })
  }

  async run(signal: AbortSignal): Promise<void> {
    if (!(await allSynced([this.#policies], signal))) return
    this.#queue.add(part)
    await this.#queue.run(signal)
    await this.#watches?.stop()
  }

  /**
   * Resolves once the rules know a pod of this node, before the API has heard of its address: its containers start then without
   * a moment in which everybody reaches them. Where the rules are long in coming, they start without.
   */
  async admit(pod: Pod, address: () => Promise<string | undefined>): Promise<void> {
    if (pod.spec.hostNetwork || (this.#policies.hasSynced && this.#policies.cache.size === 0)) return
    const known = policyPod(pod, await address())
    if (!known) return
    // Whoever had the address before does not have it any more.
    for (const [key, other] of this.#starting) if (other.address === known.address) this.#starting.delete(key)
    this.#starting.set(keyOf(pod), { ...known, node: this.#options.facts.nodeName, isStatic: isStaticPod(pod) })
    const loaded = new Promise<true>(resolve => this.#waiters.push(() => resolve(true)))
    this.#queue.add(part)
    const late = new AbortController()
    const inTime = await Promise.race([loaded, sleepUnlessAborted(systemClock, patienceMs, late.signal)])
    late.abort()
    if (!inTime) this.#options.log.warn('a pod starts before the network policies could be loaded', { pod: keyOf(pod) })
  }

  #changed(): void {
    this.#queue.addAfter(part, gatherMs)
  }

  async #sync(signal: AbortSignal): Promise<number> {
    const waiting = this.#waiters
    this.#waiters = []
    try {
      await this.#load(signal)
    } catch (error) {
      this.#waiters.push(...waiting)
      throw error
    }
    for (const resolve of waiting) resolve()
    return resyncMs
  }

  async #load(signal: AbortSignal): Promise<void> {
    const { client, log, facts } = this.#options
    if (this.#policies.cache.size === 0) return await this.#unload()
    this.#watches ??= new PolicyWatches({ client, log, signal, changed: () => this.#changed(), gone: pod => this.#gone(pod) })
    if (!(await allSynced([this.#watches.pods, this.#watches.namespaces], signal))) return
    const next = policyTable(this.#view(this.#watches), facts)
    const change = this.#loaded && changeTable(this.#head.name, this.#loaded, next)
    if (change === '' && (await this.#isThere())) return
    if (change) await this.#change(change, next)
    else await this.#nft(replaceTable(this.#head, next))
    this.#loaded = next
    this.#mayBeThere = true
  }

  /** The table as a whole is the way out when somebody else has changed it. */
  async #change(script: string, next: NftTable): Promise<void> {
    try {
      await this.#nft(script)
    } catch (error) {
      this.#options.log.warn('the changes of the network policies did not fit; loading all of them', { error })
      await this.#nft(replaceTable(this.#head, next))
    }
  }

  /** Without policies there is no table, and nobody to watch. */
  async #unload(): Promise<void> {
    await this.#watches?.stop()
    this.#watches = undefined
    this.#starting.clear()
    if (!this.#mayBeThere) return
    await this.#nft(dropTable(this.#head.name))
    this.#loaded = undefined
    this.#mayBeThere = false
  }

  #gone(pod: Pod): void {
    const starting = this.#starting.get(keyOf(pod))
    if (starting && (starting.isStatic || starting.uid === pod.metadata.uid)) this.#starting.delete(keyOf(pod))
  }

  #view({ pods, namespaces }: PolicyWatches): PolicyView {
    const reported = pods.cache.list()
    for (const pod of reported) if (this.#starting.get(keyOf(pod))?.address === pod.status.podIP) this.#gone(pod)
    const starting = [...this.#starting.values()]
    const isCurrent = ({ uid, address }: PolicyPod) => !starting.some(pod => pod.uid === uid || pod.address === address)
    return {
      policies: this.#policies.cache.list(),
      pods: [...reported.flatMap(pod => policyPod(pod) ?? []).filter(isCurrent), ...starting],
      namespaces: new Map(namespaces.cache.list().map(({ metadata }) => [metadata.name, metadata.labels ?? {}])),
    }
  }

  async #isThere(): Promise<boolean> {
    return (await this.#nft('', 'list', 'tables', 'ip')).split('\n').includes(`table ip ${this.#head.name}`)
  }
}

/** A pod that is about to start here; one of a manifest is in the API under another UID. */
interface StartingPod extends PolicyPod {
  readonly isStatic: boolean
}
