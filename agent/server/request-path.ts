import { HttpError } from './http-error.ts'
import { containerNames, type FoundPod, type PodSource } from './pod-source.ts'

export interface AgentRequest {
  /** `containerLogs`, `exec`, `attach`, `portForward`, `pods`, `healthz`, `stats`. */
  readonly verb: string
  readonly parts: readonly string[]
  readonly query: URLSearchParams
}

export function parseRequest(url: string | undefined): AgentRequest {
  const { pathname, searchParams } = new URL(url ?? '/', 'https://agent')
  const [verb = '', ...parts] = pathname.split('/').slice(1).map(decodeURIComponent)
  return { verb, parts, query: searchParams }
}

/** `{namespace}/{pod}`, with or without the uid after it. */
export function findPod(pods: PodSource, [namespace = '', name = '', uid]: readonly string[]): FoundPod {
  const found = pods.find(namespace, name)
  if (!found || (uid !== undefined && found.pod.metadata?.uid !== uid)) throw new HttpError(404, 'pod does not exist')
  return found
}

/** `{namespace}/{pod}/{container}` or `{namespace}/{pod}/{uid}/{container}`: the id of the container that runs. */
export function findRunningContainer(pods: PodSource, parts: readonly string[]): { found: FoundPod; id: string; name: string } {
  const name = parts.at(-1) ?? ''
  const found = findPod(pods, parts.slice(0, -1))
  const running = found.observed.containers.find(container => container.name === name && container.state === 'running')
  if (!containerNames(found.pod).includes(name) || !running) throw new HttpError(500, `container not found (${JSON.stringify(name)})`)
  return { found, id: running.id, name }
}

export const flag = (query: URLSearchParams, ...names: string[]): boolean =>
  names.some(name => ['1', 'true'].includes(query.get(name) ?? ''))
