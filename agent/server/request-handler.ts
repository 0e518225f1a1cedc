import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from '../../common/log.ts'
import type { KubeletMetrics } from '../metrics/kubelet-metrics.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { cadvisorMetrics } from './cadvisor-metrics.ts'
import { serveLogs } from './container-logs.ts'
import { CpuRates } from './cpu-rates.ts'
import { exposition, expositionType } from './exposition.ts'
import { healthAnswer, healthChecks } from './health.ts'
import { HttpError } from './http-error.ts'
import { measure, type Measured } from './measure.ts'
import { parseRequest, type AgentRequest } from './request-path.ts'
import { resourceMetrics } from './resource-metrics.ts'
import { refuseCheckpoint, runInContainer } from './run-in-container.ts'
import { runningPods } from './running-pods.ts'
import { statsSummary } from './stats-summary.ts'

export interface HandlerOptions extends Measured {
  readonly runtime: Pick<Runtime, 'logs' | 'execSync' | 'stats' | 'writtenBytes'>
  readonly metrics: Pick<KubeletMetrics, 'text' | 'probeText'>
  readonly configuration: object
  readonly log: Logger
}

type Answer = (request: AgentRequest, response: ServerResponse) => unknown
interface Route {
  readonly method: 'GET' | 'POST'
  readonly answer: Answer
}

/** What upstream's server does not serve unless it is told to. */
const disabled: Readonly<Record<string, string>> = {
  logs: 'logs endpoint is disabled.',
  'debug/pprof': 'profiling endpoint is disabled.',
  'debug/flags': 'flags endpoint is disabled.',
}

/** The path of upstream's metrics about requests: its first part, for /metrics its first two, `other` for what is not served. */
export function rootOf(url: string | undefined): string {
  const { verb, parts } = parseRequest(url)
  if (verb === 'metrics' && parts[0] && `metrics/${parts[0]}` in pathsOfOwn) return `metrics/${parts[0]}`
  return verb in pathsOfOwn ? verb : 'other'
}
const pathsOfOwn: Readonly<Record<string, { readonly long?: true }>> = {
  ...{ exec: { long: true }, attach: { long: true }, portForward: {}, debug: { long: true }, run: {}, containerLogs: {}, checkpoint: {} },
  ...{ healthz: {}, configz: {}, pods: {}, runningpods: {}, stats: {}, logs: {} },
  ...{ metrics: {}, 'metrics/cadvisor': {}, 'metrics/probes': {}, 'metrics/resource': {} },
}
export const isLongRunning = (root: string): boolean => pathsOfOwn[root]?.long ?? false

/** Answers everything that stays HTTP, on kubelet's paths. */
export function createRequestHandler(options: HandlerOptions): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const routes = createRoutes(options)
  return async (request, response) => {
    const parsed = parseRequest(request.url)
    const path = [parsed.verb, ...parsed.parts.slice(0, 1)].join('/')
    const off = disabled[path] ?? disabled[parsed.verb]
    if (off) throw new HttpError(405, off)
    const route = routes[path] ?? routes[parsed.verb]
    if (!route) throw new HttpError(404, '404 page not found')
    if (request.method !== route.method) {
      response.setHeader('Allow', route.method)
      throw new HttpError(405, 'Method Not Allowed')
    }
    await route.answer(parsed, response)
  }
}

function createRoutes(options: HandlerOptions): Readonly<Record<string, Route>> {
  const { pods, metrics, configuration } = options
  const rates = new CpuRates()
  const summary = async (disk: boolean) => statsSummary(await measure(options, disk), rates)
  const resources = async () => {
    try {
      return exposition(resourceMetrics(await summary(false)))
    } catch (error) {
      options.log.warn('resources could not be measured', { error })
      return exposition(resourceMetrics(undefined))
    }
  }
  const checks = healthChecks(() => pods.listedAt())
  const upgraded = get(() => {
    throw new HttpError(400, 'Upgrade request required')
  })
  return {
    healthz: get(({ parts, query }, response) => sendText(response, healthAnswer(checks, parts[0], query))),
    configz: get((_, response) => sendJson(response, { kubeletconfig: configuration })),
    pods: get((_, response) => sendJson(response, { kind: 'PodList', apiVersion: 'v1', metadata: {}, items: pods.list() })),
    runningpods: get((_, response) => sendJson(response, runningPods(pods.observed()))),
    containerLogs: get((request, response) => serveLogs(options, request, response)),
    'stats/summary': get(async ({ query }, response) => sendJson(response, await summary(query.get('only_cpu_and_memory') !== 'true'))),
    metrics: get(async ({ parts }, response) => {
      if (parts.length > 0) throw new HttpError(404, '404 page not found')
      sendText(response, await metrics.text(), expositionType)
    }),
    'metrics/probes': get(async (_, response) => sendText(response, await metrics.probeText(), expositionType)),
    'metrics/resource': get(async (_, response) => sendText(response, await resources(), expositionType)),
    'metrics/cadvisor': get(async (_, response) =>
      sendText(response, exposition(cadvisorMetrics(await measure(options, true))), expositionType),
    ),
    run: {
      method: 'POST',
      answer: async (request, response) => {
        const output = await runInContainer(options, request)
        response.writeHead(200, { 'Content-Type': 'application/json' }).end(output)
      },
    },
    checkpoint: { method: 'POST', answer: ({ parts }) => refuseCheckpoint(pods, parts) },
    exec: upgraded,
    attach: upgraded,
    portForward: upgraded,
  }
}

const get = (answer: Answer): Route => ({ method: 'GET', answer })

function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(value))
}
function sendText(response: ServerResponse, text: string, type = 'text/plain; charset=utf-8'): void {
  response.writeHead(200, { 'Content-Type': type, 'X-Content-Type-Options': 'nosniff' }).end(text)
}
