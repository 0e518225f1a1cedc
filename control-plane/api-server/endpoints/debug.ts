import type { IncomingMessage, ServerResponse } from 'node:http'
import { getHeapSpaceStatistics, getHeapStatistics } from 'node:v8'
import type { Clock } from '../../../common/clock.ts'
import { readBody } from './body.ts'
import { CpuProfiler } from './cpu-profile.ts'
import { PlainError } from './error-handler.ts'
import type { RequestInfo } from './request-info.ts'

export interface DebugOptions {
  /** What `/configz` shows, by component: nothing that is secret. */
  readonly configuration: Readonly<Record<string, object>>
  /** Upstream's klog verbosity: more than 3 is everything. */
  setVerbosity(verbosity: number): void
  readonly clock: Pick<Clock, 'sleep'>
}

/** Seconds of a profile, unless somebody asks for others, and at the most. */
const profileSeconds = 30
const longestProfile = 300

const index = `Profiles of this process:
/debug/pprof/profile?seconds=N   what the processor does, for Chrome's and V8's tools
/debug/pprof/heap                what the memory is used for
`

/** What is only for finding out what is wrong, and only served where it is switched on: profiles, the log's level, the configuration. */
export class DebugPaths {
  readonly #options: DebugOptions
  readonly #profiler: CpuProfiler

  constructor(options: DebugOptions) {
    this.#options = options
    this.#profiler = new CpuProfiler(options.clock)
  }
  /** False where the path is none of these. */
  async serve(request: IncomingMessage, response: ServerResponse, { path, query, verb }: RequestInfo): Promise<boolean> {
    switch (path.replace(/(?<=.)\/$/, '')) {
      case '/configz':
        return answer(response, JSON.stringify(this.#options.configuration), 'application/json')
      case '/debug/flags':
        return answer(response, 'PUT /debug/flags/v sets how much is logged: more than 3 is everything.\n')
      case '/debug/flags/v':
        return this.#setVerbosity(request, response, verb)
      case '/debug/pprof':
        return answer(response, index)
      case '/debug/pprof/profile':
        return answer(response, JSON.stringify(await this.#profile(response, query)), 'application/json')
      case '/debug/pprof/heap':
        return answer(response, JSON.stringify(heapSummary()), 'application/json')
      default:
        return false
    }
  }

  async #setVerbosity(request: IncomingMessage, response: ServerResponse, verb: string): Promise<boolean> {
    if (verb !== 'put') throw new PlainError(406, 'unsupported http method')
    const text = (await readBody(request)).toString('utf8').trim()
    if (!/^\d{1,9}$/.test(text))
      throw new PlainError(400, `failed to set klog.logging.verbosity: strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`)
    this.#options.setVerbosity(Number(text))
    return answer(response, `successfully set klog.logging.verbosity to ${text}`)
  }
  #profile(response: ServerResponse, query: URLSearchParams): Promise<object> {
    const asked = Number(query.get('seconds') ?? profileSeconds)
    const seconds = asked > 0 ? Math.min(asked, longestProfile) : profileSeconds
    const gone = new AbortController()
    response.once('close', () => gone.abort())
    return this.#profiler.take(seconds * 1000, gone.signal)
  }
}

/** Bytes of the process and of V8's heap, as a whole and by space. */
const heapSummary = (): object => ({
  process: process.memoryUsage(),
  heap: getHeapStatistics(),
  spaces: getHeapSpaceStatistics(),
})

function answer(response: ServerResponse, text: string, contentType = 'text/plain; charset=utf-8'): true {
  if (response.headersSent || response.destroyed) return true
  response.writeHead(200, { 'Content-Type': contentType, 'X-Content-Type-Options': 'nosniff' })
  response.end(text)
  return true
}
