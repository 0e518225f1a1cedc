import { ClientMetrics } from './client-metrics.ts'
import { QueueMetrics } from './queue-metrics.ts'
import { SchedulerMetrics } from './scheduler-metrics.ts'
import type { Family } from './series.ts'
import { StoreMetrics } from './store-metrics.ts'

/** What the parts of the control plane count for themselves: store, work queues, scheduler, and their clients. */
export class ComponentMetrics {
  readonly queues = new QueueMetrics()
  readonly scheduler = new SchedulerMetrics()
  readonly clients = new ClientMetrics()
  readonly store: StoreMetrics

  constructor(storePath: string) {
    this.store = new StoreMetrics(storePath)
  }
  get families(): readonly Family[] {
    return [this.queues, this.scheduler, this.clients, this.store].flatMap(({ families }) => families)
  }
}
