import { Lease } from '../api/coordination/lease.ts'
import { isConflict, isAlreadyExists, isNotFound } from '../api/errors.ts'
import { microTimestamp } from '../api/time.ts'
import { sleepUnlessAborted, systemClock, type Clock } from '../common/clock.ts'
import type { Logger } from '../common/log.ts'
import type { Runnable } from '../common/run.ts'
import type { Client } from './client.ts'

export interface LeaderElectionOptions {
  readonly client: Pick<Client, 'get' | 'create' | 'update'>
  readonly lease: { readonly namespace: string; readonly name: string }
  /** Who we are; two instances must never share it. */
  readonly identity: string
  readonly log: Logger
  readonly clock?: Clock
}

/** Upstream's LeaseDuration, RenewDeadline and RetryPeriod. */
const leaseSeconds = 15
const renewDeadline = 10_000
const retryPeriod = 2_000

/** Runs `work` while this instance holds the Lease, and in no other instance meanwhile. Fails when the Lease is lost, so that all work stops. */
export const onlyWhileLeading = (options: LeaderElectionOptions, work: Runnable): Runnable => ({
  run: signal => new LeaderElector(options).lead(work, signal),
})

class LeaderElector {
  readonly #options: LeaderElectionOptions
  readonly #clock: Clock
  /** The holder's record as last seen, and when it changed by our own clock: clocks of others are not to be trusted. */
  #seen: { readonly record: string; readonly at: number } | undefined

  constructor(options: LeaderElectionOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
  }

  async lead(work: Runnable, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !(await this.#try())) await sleepUnlessAborted(this.#clock, retryPeriod * (1 + 0.2 * Math.random()), signal)
    if (signal.aborted) return
    this.#options.log.info('became leader', { lease: this.#options.lease.name })
    const lost = new AbortController()
    const stop = AbortSignal.any([signal, lost.signal])
    const working = work.run(stop).finally(() => lost.abort())
    const held = await this.#hold(stop)
    lost.abort()
    await working
    if (signal.aborted) await this.#release()
    if (!held) throw new Error('leader election lost')
  }

  /** Renews until the signal aborts (true) or the Lease could not be renewed in time (false). */
  async #hold(signal: AbortSignal): Promise<boolean> {
    let renewed = this.#now()
    while (!signal.aborted) {
      await sleepUnlessAborted(this.#clock, retryPeriod, signal)
      if (signal.aborted) return true
      if (await this.#try()) renewed = this.#now()
      else if (this.#now() - renewed > renewDeadline) return false
    }
    return true
  }

  async #try(): Promise<boolean> {
    try {
      return await this.#acquireOrRenew()
    } catch (error) {
      if (!isConflict(error) && !isAlreadyExists(error))
        this.#options.log.warn('lease not renewed', { lease: this.#options.lease.name, error })
      return false
    }
  }

  async #acquireOrRenew(): Promise<boolean> {
    const { client, identity, lease } = this.#options
    const now = microTimestamp(this.#clock.now())
    const current = await this.#current()
    if (!current) {
      const spec = { holderIdentity: identity, leaseDurationSeconds: leaseSeconds, acquireTime: now, renewTime: now, leaseTransitions: 0 }
      await client.create(Lease, { metadata: lease, spec })
      return true
    }
    const mine = current.spec.holderIdentity === identity
    if (!mine && this.#heldByOther(current)) return false
    const taken = mine ? {} : { acquireTime: now, leaseTransitions: (current.spec.leaseTransitions ?? 0) + 1 }
    const spec = { ...current.spec, ...taken, holderIdentity: identity, leaseDurationSeconds: leaseSeconds, renewTime: now }
    await client.update(Lease, { ...current, spec })
    return true
  }

  #heldByOther(lease: Lease): boolean {
    const record = `${lease.spec.holderIdentity} ${lease.spec.renewTime}`
    if (this.#seen?.record !== record) this.#seen = { record, at: this.#now() }
    const held = (lease.spec.holderIdentity ?? '') !== ''
    return held && this.#now() - this.#seen.at < (lease.spec.leaseDurationSeconds ?? leaseSeconds) * 1000
  }

  async #release(): Promise<void> {
    const current = await this.#current()
    if (current?.spec.holderIdentity !== this.#options.identity) return
    await this.#options.client.update(Lease, { ...current, spec: { ...current.spec, holderIdentity: '', leaseDurationSeconds: 1 } })
  }

  async #current(): Promise<Lease | undefined> {
    try {
      return await this.#options.client.get(Lease, this.#options.lease)
    } catch (error) {
      if (isNotFound(error)) return undefined
      throw error
    }
  }

  #now(): number {
    return this.#clock.now().getTime()
  }
}
