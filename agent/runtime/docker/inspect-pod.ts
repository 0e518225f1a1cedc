import type Docker from 'dockerode'
import type { ContainerResources, ObservedContainer, ObservedPod, ObservedSandbox } from '../runtime.ts'
import { resourcesFrom } from './container-resources.ts'
import { isMissing, startMessage, toRuntimeError, translated } from './errors.ts'
import { annotationsOf, attemptOf, identityOf, isPodContainer, isSandbox, kindOf, labels, ownerFilter } from './labels.ts'
import type { DockerContext } from './options.ts'
import { currentFirst, newestFirst } from '../current-first.ts'

/** Everything of this node from one call. */
export async function listPods(context: DockerContext): Promise<ObservedPod[]> {
  const found = await list(context)
  return group(found, found.filter(({ Labels }) => !isSandbox(Labels)).map(observed))
}

/** One pod in full. A container is inspected again only when its state has changed. */
export async function inspectPod(context: DockerContext, uid: string, seen: InspectCache): Promise<ObservedPod> {
  const found = await list(context, `${labels.podUid}=${uid}`)
  const details = new Map(await Promise.all(found.map(async container => [container.Id, await seen.inspect(context, container)] as const)))
  const there = found.filter(({ Id }) => details.get(Id))
  const nodeStartedAt = there.some(joinsNode) ? await context.nodeStartedAt() : ''
  const containers = there.flatMap(container => {
    const known = details.get(container.Id)
    return known && !isSandbox(container.Labels) ? [detailed(container, known)] : []
  })
  const [pod] = group(there, containers, sandbox => ({
    cutOff: isCutOff(sandbox, details.get(sandbox.Id), nodeStartedAt),
    resources: details.get(sandbox.Id)?.resources,
  }))
  return pod ?? { identity: { uid, name: '', namespace: '' }, sandboxes: [], containers: [] }
}

/**
 * A sandbox that was started again has a new network, of which the containers in it know nothing; one that joined the node's
 * network before the node's container was started has lost it. Both run on, but are of no use.
 */
function isCutOff(sandbox: Docker.ContainerInfo, details: Details | undefined, nodeStartedAt: string): boolean {
  if (!details || details.state !== 'running') return false
  return details.finishedAt !== undefined || (joinsNode(sandbox) && (details.startedAt ?? '') < nodeStartedAt)
}
const joinsNode = ({ HostConfig, Labels }: Docker.ContainerInfo): boolean =>
  isSandbox(Labels) && HostConfig.NetworkMode.startsWith('container:')

async function list(context: DockerContext, ...more: string[]): Promise<Docker.ContainerInfo[]> {
  const found = await translated(context.docker.listContainers({ all: true, filters: { label: ownerFilter(context, ...more) } }))
  return found.filter(({ Labels, State }) => isPodContainer(Labels) && State !== 'removing')
}

/** What only inspections tell of a sandbox. */
interface SandboxFacts {
  readonly cutOff: boolean
  readonly resources: ContainerResources | undefined
}

function group(
  found: readonly Docker.ContainerInfo[],
  containers: readonly ObservedContainer[],
  factsOf: (sandbox: Docker.ContainerInfo) => SandboxFacts = () => ({ cutOff: false, resources: undefined }),
): ObservedPod[] {
  const byId = new Map(containers.map(container => [container.id, container]))
  const byPod = groupByPod(found)
  return [...byPod.values()].map(members => {
    const sandboxes = members
      .filter(({ Labels }) => isSandbox(Labels))
      .map(sandbox => observedSandbox(sandbox, factsOf(sandbox)))
      .sort(newestFirst)
    return {
      identity: identityOf(members[0]?.Labels ?? {}),
      sandboxes,
      containers: currentFirst(
        members.flatMap(({ Id }) => byId.get(Id) ?? []),
        sandboxes[0]?.id,
      ),
    }
  })
}
const uidOf = ({ Labels }: Docker.ContainerInfo): string => Labels[labels.podUid] ?? ''

function groupByPod(found: readonly Docker.ContainerInfo[]): Map<string, Docker.ContainerInfo[]> {
  const groups = new Map<string, Docker.ContainerInfo[]>()
  for (const container of found) {
    const members = groups.get(uidOf(container))
    if (members) members.push(container)
    else groups.set(uidOf(container), [container])
  }
  return groups
}
const nameOf = ({ Names }: Docker.ContainerInfo): string => Names.find(name => name.startsWith('/k8s_')) ?? Names[0] ?? ''

function observedSandbox(found: Docker.ContainerInfo, { cutOff, resources }: SandboxFacts): ObservedSandbox {
  const addresses = Object.values(found.NetworkSettings?.Networks ?? {}).map(({ IPAddress }) => IPAddress)
  const ip = addresses.find(address => address !== '')
  return {
    id: found.Id,
    attempt: attemptOf(nameOf(found)),
    state: found.State === 'created' ? 'created' : found.State === 'running' && !cutOff ? 'ready' : 'notReady',
    ...(ip ? { ip } : {}),
    createdAt: new Date(found.Created * 1000).toISOString(),
    labels: found.Labels,
    ...(resources && Object.keys(resources).length > 0 ? { resources } : {}),
  }
}

const stateOf = (state: string): ObservedContainer['state'] => {
  if (state === 'created') return 'created'
  return state === 'exited' || state === 'dead' ? 'exited' : 'running'
}

function observed(found: Docker.ContainerInfo): ObservedContainer {
  const exitCode = /^Exited \((-?\d+)\)/.exec(found.Status)?.[1]
  return {
    id: found.Id,
    name: found.Labels[labels.containerName] ?? '',
    attempt: attemptOf(nameOf(found)),
    kind: kindOf(found.Labels),
    sandboxId: found.Labels[labels.sandboxId] ?? '',
    state: stateOf(found.State),
    createdAt: new Date(found.Created * 1000).toISOString(),
    ...(exitCode === undefined ? {} : { exitCode: Number(exitCode) }),
    image: found.Image,
    imageId: found.ImageID,
    annotations: annotationsOf(found.Labels),
  }
}

const isTime = (time: string): boolean => time !== '' && !time.startsWith('0001-')

/** What only an inspection tells. */
interface Details {
  readonly state: ObservedContainer['state']
  readonly createdAt: string
  readonly image: string
  readonly startedAt: string | undefined
  /** Of a container that runs: when the run before this one ended. */
  readonly finishedAt: string | undefined
  readonly exitCode: number
  readonly oomKilled: boolean
  readonly error: string
  readonly resources: ContainerResources
  /** What is mounted, by where it is mounted. */
  readonly sources: ReadonlyMap<string, string>
}

const detailsOf = ({ State, Created, Config, HostConfig, Mounts }: Docker.ContainerInspectInfo): Details => ({
  state: stateOf(State.Status),
  createdAt: Created,
  image: Config.Image,
  startedAt: isTime(State.StartedAt) ? State.StartedAt : undefined,
  finishedAt: isTime(State.FinishedAt) ? State.FinishedAt : undefined,
  exitCode: State.ExitCode,
  oomKilled: State.OOMKilled,
  error: startMessage(State.Error),
  resources: resourcesFrom(HostConfig),
  sources: new Map(Mounts.map(({ Destination, Source }) => [Destination, Source])),
})

function detailed(found: Docker.ContainerInfo, details: Details): ObservedContainer {
  const { state, createdAt, image, startedAt, finishedAt, exitCode, oomKilled, resources } = details
  const error = details.error && (found.Labels[labels.startRefusal] ?? details.error)
  const ended = state === 'exited'
  return {
    ...observed(found),
    state,
    createdAt,
    image,
    resources,
    ...(startedAt ? { startedAt } : {}),
    ...(ended && finishedAt ? { finishedAt } : {}),
    ...(state === 'running' && finishedAt ? { restarted: true } : {}),
    ...(ended || error ? { exitCode } : {}),
    ...(oomKilled ? { oomKilled: true } : {}),
    ...(error ? { error } : {}),
  }
}

/** What inspect said of containers that run or have ended: neither changes before an event says so. */
export class InspectCache {
  readonly #known = new Map<string, Details>()

  async inspect({ docker }: DockerContext, found: Docker.ContainerInfo): Promise<Details | undefined> {
    const known = this.#known.get(found.Id)
    if (known && known.state !== 'created' && known.state === stateOf(found.State)) return known
    try {
      const fresh = detailsOf(await docker.getContainer(found.Id).inspect())
      this.#known.set(found.Id, fresh)
      return fresh
    } catch (error) {
      if (isMissing(error)) return undefined
      throw toRuntimeError(error)
    }
  }
  /** What the engine mounted there, as its own path; undefined when nothing is, or the container was not inspected yet. */
  sourceOf(id: string, destination: string): string | undefined {
    return this.#known.get(id)?.sources.get(destination)
  }
  forget(id: string): void {
    this.#known.delete(id)
  }
  forgetAll(): void {
    this.#known.clear()
  }
}
