import { Counters, Histograms, type Distribution, type Family, type Series } from './series.ts'

const durations = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60]

/** Counts the requests of this process's own clients, under upstream's names. */
export class ClientMetrics {
  readonly #total = new Counters('rest_client_requests_total', {
    help: 'Requests to the API server, by code, method and host.',
    labels: ['code', 'host', 'method'],
  })
  readonly #durations = new Histograms('rest_client_request_duration_seconds', {
    help: 'Seconds until a request to the API server was answered, by verb and host.',
    labels: ['verb', 'host'],
    buckets: durations,
  })
  readonly #known = new Map<string, { readonly duration: Distribution; readonly byCode: Map<number, Series> }>()

  readonly families: readonly Family[] = [this.#total, this.#durations]

  /** `code` is undefined when there was no answer. */
  answered({ method, host, code, seconds }: { method: string; host: string; code: number | undefined; seconds: number }): void {
    const key = `${method} ${host}`
    let known = this.#known.get(key)
    if (!known) this.#known.set(key, (known = { duration: this.#durations.of(method, host), byCode: new Map() }))
    let total = known.byCode.get(code ?? 0)
    if (!total) known.byCode.set(code ?? 0, (total = this.#total.of(code === undefined ? '<error>' : String(code), host, method)))
    total.value++
    known.duration.observe(seconds)
  }
}
