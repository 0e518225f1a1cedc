import { statSync } from 'node:fs'
import { Asked, Histograms, type Distribution, type Family } from './series.ts'

const durations = [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60]

/** Counts what the store is asked for, under the names that upstream's metrics have for etcd. */
export class StoreMetrics {
  readonly #durations = new Histograms('etcd_request_duration_seconds', {
    help: 'Seconds that the store took for a request, by operation and resource.',
    labels: ['operation', 'group', 'resource'],
    buckets: durations,
  })
  readonly #known = new Map<string, Distribution>()

  readonly families: readonly Family[]

  /** `path`: the store's file. */
  constructor(path: string) {
    this.families = [
      this.#durations,
      new Asked('apiserver_storage_size_bytes', {
        help: 'Bytes of the file of the store.',
        values: () => [[{ storage_cluster_id: 'etcd-0' }, statSync(path).size]],
      }),
    ]
  }
  /** `key` is a key or a prefix of some: `/group/resource/…`. */
  asked(operation: string, key: string, milliseconds: number): void {
    const end = key.indexOf('/', key.indexOf('/', 1) + 1)
    const resource = end === -1 ? key : key.slice(0, end)
    const name = `${operation} ${resource}`
    let known = this.#known.get(name)
    if (!known) {
      const [, group = '', plural = ''] = resource.split('/')
      this.#known.set(name, (known = this.#durations.of(operation, group === 'core' ? '' : group, plural)))
    }
    known.observe(milliseconds / 1000)
  }
}
