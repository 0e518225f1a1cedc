import { ResourceQuota } from '../../../../api/core/resource-quota.ts'
import { apiError, forbidden, objectModified } from '../../../../api/errors.ts'
import { sameAmounts } from '../../../../api/quota/amounts.ts'
import type { AdmissionContext, Lookup, StatusWriter } from '../../interfaces.ts'
import { checkQuotas, type QuotaRequest } from './check-quotas.ts'

interface Waiter {
  readonly context: AdmissionContext
  readonly request: QuotaRequest
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

const retries = 3
/** Who asks beyond this is told to come again: the store is not answering. */
const mostWaiting = 10_000

/**
 * Charges requests to the quotas of their namespaces. One round per namespace at a time: whoever comes while it is under way
 * is in the next one, and a round writes each quota once, so that fifty requests cost as much as one. Upstream's quotaEvaluator.
 */
export class QuotaAccounts {
  readonly #lookup: Lookup
  readonly #statuses: StatusWriter
  readonly #waiting = new Map<string, Waiter[]>()

  constructor(lookup: Lookup, statuses: StatusWriter) {
    this.#lookup = lookup
    this.#statuses = statuses
  }

  /** Resolves when what the request needs is written down as used; throws Forbidden when there is not enough. */
  charge(context: AdmissionContext, request: QuotaRequest): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiter = { context, request, resolve, reject }
      const waiting = this.#waiting.get(context.namespace)
      if (!waiting) {
        this.#waiting.set(context.namespace, [waiter])
        void this.#work(context.namespace)
      } else if (waiting.length < mostWaiting) waiting.push(waiter)
      else reject(apiError('InternalError', 'Internal error occurred: resource quota evaluation timed out'))
    })
  }

  async #work(namespace: string): Promise<void> {
    for (;;) {
      const round = this.#waiting.get(namespace) ?? []
      if (round.length === 0) break
      this.#waiting.set(namespace, [])
      try {
        await this.#settle(round, this.#lookup.list(ResourceQuota, namespace), retries)
      } catch (error) {
        for (const { reject } of round) reject(error)
      }
    }
    this.#waiting.delete(namespace)
  }

  /** Each request sees what those before it use. A quota that somebody else wrote to meanwhile is looked at again, it alone. */
  async #settle(round: readonly Waiter[], quotas: readonly ResourceQuota[], retriesLeft: number): Promise<void> {
    let running = quotas
    const charged: Waiter[] = []
    for (const waiter of round) {
      const { context, request, resolve, reject } = waiter
      const verdict = checkQuotas(running, request)
      if ('refused' in verdict) reject(forbidden(context.kind, context.name, verdict.refused))
      else if (context.dryRun || verdict.granted.every((quota, index) => quota === running[index])) resolve()
      else {
        running = verdict.granted
        charged.push(waiter)
      }
    }
    if (charged.length === 0) return
    const failed = await this.#write(quotas, running)
    if (failed.length === 0) for (const { resolve } of charged) resolve()
    else if (retriesLeft === 0) for (const { reject } of charged) reject(objectModified(ResourceQuota, failed[0] ?? ''))
    else {
      const namespace = charged[0]?.context.namespace ?? ''
      const again = this.#lookup.list(ResourceQuota, namespace).filter(({ metadata }) => failed.includes(metadata.name))
      await this.#settle(charged, again, retriesLeft - 1)
    }
  }

  /** The names of those that could not be written. */
  async #write(before: readonly ResourceQuota[], after: readonly ResourceQuota[]): Promise<string[]> {
    const changed = after.filter((quota, index) => !sameAmounts(quota.status.used ?? {}, before[index]?.status.used ?? {}))
    const written = await Promise.all(changed.map(quota => this.#statuses.replaceStatus(ResourceQuota, quota)))
    return changed.filter((_, index) => !written[index]).map(({ metadata }) => metadata.name)
  }
}
