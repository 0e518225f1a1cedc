import type Docker from 'dockerode'
import type { ObservedContainer, ObservedPod, ObservedSandbox } from '../runtime.ts'
import { isMissing, toRuntimeError, translated } from './errors.ts'
import { annotationsOf, attemptOf, identityOf, isPodContainer, isSandbox, kindOf, labels, ownerFilter } from './labels.ts'
import type { DockerContext } from './options.ts'

/** Everything of this node from one call. */
export async function listPods(context: DockerContext): Promise<ObservedPod[]> {
  const found = await list(context)
  return group(found, found.filter(({ Labels }) => !isSandbox(Labels)).map(observed))
}

/** One pod in full. A container is inspected again only when its state has changed. */
export async function inspectPod(context: DockerContext, uid: string, seen: InspectCache): Promise<ObservedPod> {
  const found = await list(context, `${labels.podUid}=${uid}`)
  const containers = await Promise.all(found.filter(({ Labels }) => !isSandbox(Labels)).map(container => seen.inspect(context, container)))
  const [pod] = group(
    found,
    containers.flatMap(container => container ?? []),
  )
  return pod ?? { identity: { uid, name: '', namespace: '' }, sandboxes: [], containers: [] }
}

async function list(context: DockerContext, ...more: string[]): Promise<Docker.ContainerInfo[]> {
  const found = await translated(context.docker.listContainers({ all: true, filters: { label: ownerFilter(context, ...more) } }))
  return found.filter(({ Labels, State }) => isPodContainer(Labels) && State !== 'removing')
}

function group(found: readonly Docker.ContainerInfo[], containers: readonly ObservedContainer[]): ObservedPod[] {
  const byId = new Map(containers.map(container => [container.id, container]))
  const byPod = groupByPod(found)
  return [...byPod.values()].map(members => ({
    identity: identityOf(members[0]?.Labels ?? {}),
    sandboxes: members
      .filter(({ Labels }) => isSandbox(Labels))
      .map(observedSandbox)
      .sort(newestFirst),
    containers: members.flatMap(({ Id }) => byId.get(Id) ?? []).sort(newestFirst),
  }))
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
const newestFirst = (a: { attempt: number; createdAt: string }, b: { attempt: number; createdAt: string }): number =>
  b.attempt - a.attempt || b.createdAt.localeCompare(a.createdAt)

const nameOf = ({ Names }: Docker.ContainerInfo): string => Names.find(name => name.startsWith('/k8s_')) ?? Names[0] ?? ''

function observedSandbox(found: Docker.ContainerInfo): ObservedSandbox {
  const addresses = Object.values(found.NetworkSettings?.Networks ?? {}).map(({ IPAddress }) => IPAddress)
  const ip = addresses.find(address => address !== '')
  return {
    id: found.Id,
    attempt: attemptOf(nameOf(found)),
    state: found.State === 'running' ? 'ready' : 'notReady',
    ...(ip ? { ip } : {}),
    createdAt: new Date(found.Created * 1000).toISOString(),
    labels: found.Labels,
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

function detailed(found: Docker.ContainerInfo, details: Docker.ContainerInspectInfo): ObservedContainer {
  const { State, Created, Config } = details
  const ended = stateOf(State.Status) === 'exited'
  return {
    ...observed(found),
    state: stateOf(State.Status),
    createdAt: Created,
    image: Config.Image,
    ...(isTime(State.StartedAt) ? { startedAt: State.StartedAt } : {}),
    ...(ended && isTime(State.FinishedAt) ? { finishedAt: State.FinishedAt } : {}),
    ...(ended || State.Error ? { exitCode: State.ExitCode } : {}),
    ...(State.OOMKilled ? { oomKilled: true } : {}),
    ...(State.Error ? { error: State.Error } : {}),
  }
}

/** What inspect said of containers that run or have ended: neither changes before the state does. */
export class InspectCache {
  readonly #known = new Map<string, ObservedContainer>()

  async inspect({ docker }: DockerContext, found: Docker.ContainerInfo): Promise<ObservedContainer | undefined> {
    const known = this.#known.get(found.Id)
    if (known && known.state !== 'created' && known.state === stateOf(found.State)) return known
    try {
      const fresh = detailed(found, await docker.getContainer(found.Id).inspect())
      this.#known.set(found.Id, fresh)
      return fresh
    } catch (error) {
      if (isMissing(error)) return undefined
      throw toRuntimeError(error)
    }
  }
  forget(id: string): void {
    this.#known.delete(id)
  }
}
