import type { NamedLevel } from './built-in.ts'
import type { Seats } from './concurrency.ts'
import { FairQueues } from './fair-queues.ts'

export type Rejection = 'queue-full' | 'concurrency-limit' | 'time-out' | 'cancelled'

/** The requests of one priority level: those that are served and those that wait. */
export class PriorityLevel {
  readonly name: string
  readonly exempt: boolean
  uid: string
  seats: Seats = { nominal: 0, least: 0, most: 0 }
  executing = 0
  dispatched = 0
  readonly rejected: Record<Rejection, number> = { 'queue-full': 0, 'concurrency-limit': 0, 'time-out': 0, cancelled: 0 }
  queues: FairQueues | undefined

  constructor({ name, uid, spec }: NamedLevel) {
    this.name = name
    this.uid = uid
    this.exempt = spec.type === 'Exempt'
    const { type, queuing = {} } = spec.limited?.limitResponse ?? { type: 'Reject' }
    const { queues = 64, handSize = 8, queueLengthLimit = 50 } = queuing as Partial<ConstructorParameters<typeof FairQueues>[0]>
    this.queues = type === 'Queue' ? new FairQueues({ queues, handSize, queueLengthLimit }) : undefined
  }
  get waiting(): number {
    return this.queues?.size ?? 0
  }
  /** What of the server is taken by it or kept for it. */
  get reserved(): number {
    return Math.max(this.executing, this.seats.least)
  }
}
