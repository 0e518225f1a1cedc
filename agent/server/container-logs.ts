import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { LogLine, Runtime } from '../runtime/runtime.ts'
import { HttpError } from './http-error.ts'
import { containerNames, statusOf, type FoundPod, type PodSource } from './pod-source.ts'
import { flag, type AgentRequest } from './request-path.ts'

interface LogRequest {
  readonly follow: boolean
  readonly timestamps: boolean
  readonly previous: boolean
  readonly tailLines?: number
  readonly limitBytes?: number
  readonly sinceTime?: Date
  readonly stream?: LogLine['stream']
}

/** Upstream answers these two with JSON, and everything else with a sentence. */
const undecodable = () => new HttpError(400, '{"message": "Unable to decode query."}')
const invalid = () => new HttpError(422, '{"message": "Invalid request."}')

function count(query: URLSearchParams, name: string, least: number): number | undefined {
  const text = query.get(name)
  if (text === null || text === '') return undefined
  if (!/^-?\d+$/.test(text)) throw undecodable()
  if (Number(text) < least) throw invalid()
  return Number(text)
}

const streams: Readonly<Record<string, LogLine['stream']>> = { Stdout: 'stdout', Stderr: 'stderr' }

/** Upstream's PodLogOptions, validated as upstream's are. */
export function parseLogRequest(query: URLSearchParams, now = new Date()): LogRequest {
  const sinceSeconds = count(query, 'sinceSeconds', 1)
  // The parameter's older name; `all` is the same as none.
  const older = query.get('tail')
  if (older) query.set('tailLines', older === 'all' ? '' : older)
  const [tailLines, limitBytes] = [count(query, 'tailLines', 0), count(query, 'limitBytes', 1)]
  const since = query.get('sinceTime') ?? ''
  if (since !== '' && Number.isNaN(Date.parse(since))) throw undecodable()
  const wanted = query.get('stream') ?? ''
  const stream = streams[wanted]
  if (!stream && !['', 'All'].includes(wanted)) throw invalid()
  if ((since !== '' && sinceSeconds !== undefined) || (stream && tailLines !== undefined)) throw invalid()
  const sinceTime = since !== '' ? new Date(since) : sinceSeconds === undefined ? undefined : new Date(now.getTime() - sinceSeconds * 1000)
  return {
    follow: flag(query, 'follow'),
    timestamps: flag(query, 'timestamps'),
    previous: flag(query, 'previous'),
    ...(tailLines === undefined ? {} : { tailLines }),
    ...(limitBytes === undefined ? {} : { limitBytes }),
    ...(sinceTime ? { sinceTime } : {}),
    ...(stream ? { stream } : {}),
  }
}

/** Which container's output is meant; throws in kubelet's words when there is none (yet). */
function logContainer({ pod, observed }: FoundPod, name: string, previous: boolean): string {
  const podName = pod.metadata?.name ?? ''
  const where = `container ${JSON.stringify(name)} in pod ${JSON.stringify(podName)}`
  if (!containerNames(pod).includes(name))
    throw new HttpError(404, `container ${JSON.stringify(name)} not found in pod ${JSON.stringify(podName)}`)
  const [newest, ...older] = observed.containers.filter(container => container.name === name && container.state !== 'created')
  const waiting = statusOf(pod, name)?.state?.waiting
  if (previous) {
    // While the next one waits in a back-off, the last one to run is the newest there is.
    const last = newest?.state === 'exited' && waiting && older.length === 0 && newest.attempt > 0 ? newest : older[0]
    if (!last) throw new HttpError(400, `previous terminated ${where} not found`)
    return last.id
  }
  if (newest) return newest.id
  throw new HttpError(400, `${where} is waiting to start: ${waitingFor(waiting?.reason)}`)
}

function waitingFor(reason: string | undefined): string {
  if (reason === 'ErrImagePull') return "image can't be pulled"
  if (reason === 'ImagePullBackOff') return 'trying and failing to pull image'
  return reason ?? 'ContainerCreating'
}

export interface LogSource {
  readonly runtime: Pick<Runtime, 'logs'>
  readonly pods: PodSource
}

export async function serveLogs({ runtime, pods }: LogSource, { parts, query }: AgentRequest, response: ServerResponse): Promise<void> {
  const [namespace = '', podName = '', container = ''] = parts
  const request = parseLogRequest(query)
  const found = pods.find(namespace, podName)
  if (!found) throw new HttpError(404, `pod ${JSON.stringify(podName)} does not exist`)
  const id = logContainer(found, container, request.previous)
  const stop = new AbortController()
  response.once('close', () => stop.abort())
  const lines = runtime.logs(id, {
    follow: request.follow && !request.previous,
    signal: stop.signal,
    ...(request.tailLines === undefined ? {} : { tailLines: request.tailLines }),
    ...(request.sinceTime ? { sinceTime: request.sinceTime } : {}),
  })
  await send(lines, request, response)
}

async function send(lines: AsyncIterable<LogLine>, request: LogRequest, response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'Content-Type': 'text/plain' })
  response.flushHeaders()
  let room = request.limitBytes ?? Infinity
  for await (const line of lines) {
    if (request.stream && line.stream !== request.stream) continue
    const text = request.timestamps ? Buffer.concat([Buffer.from(`${line.time} `), line.text]) : line.text
    const part = text.subarray(0, room)
    room -= part.length
    if (response.destroyed) return
    if (!response.write(part)) await Promise.race([once(response, 'drain'), once(response, 'close')])
    if (room <= 0) break
  }
  response.end()
}
