import type { RequestObserver, SeenRequest } from '../api-server/interfaces.ts'
import { Counters, Histograms, type Distribution, type Family, type Series } from './series.ts'

const names = ['verb', 'dry_run', 'group', 'version', 'resource', 'subresource', 'scope', 'component']
const durations = [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60]
const sizes = [1024, 2048, 4096, 8192, 16_384, 32_768, 65_536, 131_072]
/** HTTP's words for what is written; the others keep their own (upstream's cleanVerb). */
const verbs: Readonly<Record<string, string>> = { create: 'POST', update: 'PUT' }
const reading = new Set(['get', 'list', 'watch', 'head'])

/** The series that all requests of one sort share. */
interface Sort {
  readonly labels: readonly string[]
  readonly duration: Distribution
  readonly byCode: Map<number, Series>
  readonly running: Series
}

/** Counts the API server's requests under upstream's names. A request costs two look-ups and a few additions. */
export class RequestMetrics implements RequestObserver {
  readonly #total = new Counters('apiserver_request_total', {
    help: 'Requests answered, by verb, resource and HTTP code.',
    labels: [...names, 'code'],
  })
  readonly #durations = new Histograms('apiserver_request_duration_seconds', {
    help: 'Seconds from the arrival of a request to the end of its answer.',
    labels: names,
    buckets: durations,
  })
  readonly #inflight = new Counters('apiserver_current_inflight_requests', {
    help: 'Requests that are being served, long-running ones apart.',
    labels: ['request_kind'],
    type: 'gauge',
  })
  readonly #longRunning = new Counters('apiserver_longrunning_requests', {
    help: 'Long-running requests that are open.',
    labels: names.filter(name => name !== 'dry_run'),
    type: 'gauge',
  })
  readonly #events = new Counters('apiserver_watch_events_total', {
    help: 'Events sent to watches.',
    labels: ['group', 'version', 'resource'],
  })
  /** Upstream has no name for it. */
  readonly #eventsSerialized = new Counters('kubeling_watch_events_serialized_total', {
    help: 'Events put into bytes; watches that want the same ones share them.',
    labels: ['group', 'version', 'resource'],
  })
  readonly #eventSizes = new Histograms('apiserver_watch_events_sizes', {
    help: 'Bytes of events sent to watches.',
    labels: ['group', 'version', 'resource'],
    buckets: sizes,
  })
  readonly #mutating = this.#inflight.of('mutating')
  readonly #readOnly = this.#inflight.of('readOnly')
  readonly #sorts = new Map<string, Sort>()

  readonly families: readonly Family[] = [
    this.#total,
    this.#durations,
    this.#inflight,
    this.#longRunning,
    this.#events,
    this.#eventsSerialized,
    this.#eventSizes,
  ]

  begin(request: SeenRequest): (code: number) => void {
    const started = performance.now()
    const sort = this.#sortOf(request)
    const running = request.longRunning ? sort.running : reading.has(request.verb) ? this.#readOnly : this.#mutating
    running.value++
    return code => {
      running.value--
      let total = sort.byCode.get(code)
      if (!total) sort.byCode.set(code, (total = this.#total.of(...sort.labels, String(code))))
      total.value++
      // What is meant to stay open would only hide the others.
      if (!request.longRunning) sort.duration.observe((performance.now() - started) / 1000)
    }
  }
  watching({ group, version, plural }: Parameters<RequestObserver['watching']>[0]): (bytes: number, made: boolean) => void {
    const labels = [group, version, plural]
    const [count, serialized, sizes] = [this.#events.of(...labels), this.#eventsSerialized.of(...labels), this.#eventSizes.of(...labels)]
    return (bytes, made) => {
      count.value++
      if (made) serialized.value++
      sizes.observe(bytes)
    }
  }

  #sortOf({ verb, resource, path, dryRun }: SeenRequest): Sort {
    const scope = resource ? (resource.name ? 'resource' : resource.namespace ? 'namespace' : 'cluster') : ''
    const endpoint = resource ? (resource.subresource ?? '') : fixedPath(path)
    const key = `${verb} ${resource?.group}/${resource?.version}/${resource?.resource}/${endpoint} ${scope} ${dryRun}`
    const known = this.#sorts.get(key)
    if (known) return known
    const { group = '', version = '', resource: plural = '' } = resource ?? {}
    const word = verbs[verb] ?? (knownVerbs.has(verb) ? verb.toUpperCase() : 'other')
    const labels = [word, dryRun ? 'All' : '', group, version, plural, endpoint, scope, 'apiserver']
    const sort: Sort = {
      labels,
      duration: this.#durations.of(...labels),
      byCode: new Map(),
      running: this.#longRunning.of(...labels.filter((_, index) => index !== 1)),
    }
    // Methods of HTTP that nobody knows come from outside, as many as anybody likes.
    if (word !== 'other') this.#sorts.set(key, sort)
    return sort
  }
}

const knownVerbs = new Set(['get', 'list', 'watch', 'patch', 'delete', 'deletecollection', 'head', 'post', 'put', 'options'])
const known = /^\/(healthz|livez|readyz|version|metrics|openapi\/v2|openapi\/v3|api|apis)\/?$/
/** Paths come from outside; only those that there are get a series of their own. */
const fixedPath = (path: string): string => known.exec(path)?.[0].replace(/\/$/, '') ?? ''
