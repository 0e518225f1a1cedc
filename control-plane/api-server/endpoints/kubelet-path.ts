import { badRequest } from '../../../api/errors.ts'
import type { Pod } from '../../../api/core/pod.ts'
import type { KubernetesObject } from '../../../api/kind.ts'
import { containerOf } from './kubelet-address.ts'
import type { ResourcePath } from './request-info.ts'
import { isTrue } from './request-info.ts'

/** Which node's agent serves a connection, and under which path; no node: there is nothing to read yet. */
export interface KubeletRequest {
  readonly node: string | undefined
  readonly path: string
}

interface Wanted {
  readonly object: KubernetesObject
  readonly target: ResourcePath
  readonly query: URLSearchParams
}

type PathOf = (wanted: Wanted) => KubeletRequest

const paths: Readonly<Record<string, PathOf>> = {
  log: ({ object, target, query }) => {
    const container = containerOf(object as Pod, query.get('container') ?? '')
    const parameters = only(query, ['follow', 'previous', 'sinceSeconds', 'sinceTime', 'timestamps', 'tailLines', 'limitBytes', 'stream'])
    return { node: (object as Pod).spec.nodeName, path: pathTo('containerLogs', { target, container, parameters }) }
  },
  exec: wanted => stream('exec', wanted),
  attach: wanted => stream('attach', wanted),
  portforward: ({ object, target, query }) => {
    const parameters = only(query, ['ports'])
    const ports = parameters.getAll('ports')
    const port = new URLSearchParams(ports.map((port): [string, string] => ['port', port]))
    return { node: hostOf(object as Pod), path: pathTo('portForward', { target, parameters: port }) }
  },
  proxy: ({ object, target, query }) => {
    return { node: object.metadata.name, path: `/${target.rest}${suffix(query)}` }
  },
}

export function kubeletRequestOf(wanted: Wanted): KubeletRequest | undefined {
  return paths[wanted.target.subresource]?.(wanted)
}

function stream(name: string, { object, target, query }: Wanted): KubeletRequest {
  const pod = object as Pod
  const container = containerOf(pod, query.get('container') ?? '')
  const node = hostOf(pod)
  const parameters = new URLSearchParams()
  for (const command of query.getAll('command')) parameters.append('command', command)
  for (const [from, to] of [
    ['stdin', 'input'],
    ['stdout', 'output'],
    ['stderr', 'error'],
    ['tty', 'tty'],
  ] as const) {
    if (isTrue(query.get(from))) parameters.append(to, '1')
  }
  if (!['input', 'output', 'error'].some(name => parameters.has(name))) {
    throw badRequest('you must specify at least one of stdin, stdout, stderr')
  }
  if (name === 'exec' && !parameters.has('command')) throw badRequest('you must specify at least one command for the container')
  return { node, path: pathTo(name, { target, container, parameters }) }
}

function hostOf(pod: Pod): string {
  if (!pod.spec.nodeName) throw badRequest(`pod ${pod.metadata.name} does not have a host assigned`)
  return pod.spec.nodeName
}

interface PathParts {
  readonly target: ResourcePath
  readonly container?: string
  readonly parameters: URLSearchParams
}

const pathTo = (root: string, { target, container, parameters }: PathParts): string =>
  `/${[root, target.namespace, target.name, ...(container ? [container] : [])].map(encodeURIComponent).join('/')}${suffix(parameters)}`

const suffix = (parameters: URLSearchParams): string => (parameters.size > 0 ? `?${parameters}` : '')

function only(query: URLSearchParams, names: readonly string[]): URLSearchParams {
  return new URLSearchParams([...query].filter(([name]) => names.includes(name)))
}
