import type { Pod } from '../../api/core/pod.ts'
import type { Clock } from '../../common/clock.ts'
import { messageOf } from '../../common/error-message.ts'
import type { ObservedPod, Runtime, SandboxConfig } from '../runtime/runtime.ts'
import type { WaitingReason } from '../status/container-status.ts'
import { MountError } from '../volumes/mount-error.ts'
import type { VolumeManager } from '../volumes/volume-manager.ts'
import { StartError, type ContainerStarter, type CreatedContainer, type StartContext } from './container-starter.ts'
import type { NodeLimits } from './container-resources.ts'
import type { ContainerToStart, PodActions } from './pod-actions.ts'
import type { PodEvents } from './pod-events.ts'
import type { RestartBackoff } from './restart-backoff.ts'
import { podDns, type DnsOptions } from './pod-dns.ts'
import { sandboxConfig } from './sandbox-config.ts'
import { firstTerminationLogs, ownTerminationLog } from './termination-log.ts'
import type { VolumeMounter } from './volume-mounter.ts'

export interface PodStarterOptions {
  readonly runtime: Pick<Runtime, 'createSandbox' | 'startSandbox' | 'prepareVolumes'>
  readonly volumes: VolumeManager
  readonly mounter: VolumeMounter
  readonly containers: ContainerStarter
  readonly backoff: RestartBackoff
  readonly events: PodEvents
  readonly clock: Clock
  readonly dns: () => DnsOptions
  readonly limits: () => NodeLimits
  readonly hostIp: () => string
  readonly userNamespaces: boolean
  /** Resolves when the network treats the pod as it is to be treated; its containers wait for that. */
  readonly networkReady?: NetworkReady | undefined
}
export type NetworkReady = (pod: Pod, address: () => Promise<string | undefined>) => Promise<void>
export interface StartRequest {
  readonly pod: Pod
  readonly observed: ObservedPod
  readonly actions: PodActions
  readonly signal: AbortSignal
  /** The sandbox runs and has its address. */
  readonly onSandboxReady: () => void
}
export interface StartResult {
  /** What the containers that could not be started wait with. */
  readonly waiting: ReadonlyMap<string, WaitingReason>
  readonly started: readonly string[]
  /** Milliseconds after which to try again. */
  readonly retryAfter?: number
}

type Settled<T> = Promise<PromiseSettledResult<T>>
/** Keeps a failure until somebody looks at it. */
const settle = async <T>(promise: Promise<T>): Settled<T> => (await Promise.allSettled([promise]))[0]
function unwrap<T>(result: PromiseSettledResult<T>): T {
  if (result.status === 'rejected') throw result.reason
  return result.value
}

const waitFor = (retryAfter: number): StartResult => ({ waiting: new Map(), started: [], retryAfter })
const isMountFailure = (result: PromiseSettledResult<void>) => result.status === 'rejected' && result.reason instanceof MountError

/**
 * Brings up what a pod lacks: sandbox, volumes, containers. What does not depend on each other happens at once: while the
 * sandbox starts, volumes are filled and containers created; only their start waits for both.
 */
export class PodStarter {
  readonly #options: PodStarterOptions

  constructor(options: PodStarterOptions) {
    this.#options = options
  }

  async bringUp(request: StartRequest): Promise<StartResult> {
    const { pod, actions } = request
    const { mounter } = this.#options
    // 1. Who has to wait for its back-off?
    if (!mounter.isMounted(pod) && mounter.remaining(pod) > 0) return waitFor(mounter.remaining(pod))
    const held = this.#heldBack(pod, actions.start)
    const starts = actions.start.filter(({ container }) => !held.waiting.has(container.name))
    if (starts.length === 0) return { ...held, started: [] }
    // 2. The volumes are filled while the sandbox is created: one that cannot be filled keeps the pod from starting.
    const [sandbox, filled] = await Promise.all([settle(this.#sandbox(request)), settle(this.#fillVolumes(pod, starts))])
    if (isMountFailure(filled)) return waitFor(mounter.remaining(pod))
    unwrap(filled)
    const sandboxId = unwrap(sandbox)
    // 3. The containers are created while the sandbox starts; nobody waits for its address who does not need it.
    const up = this.#startSandbox(request, sandboxId)
    const context = this.#context(request, sandboxId, up)
    const created = starts.map(start => ({ start, container: settle(this.#options.containers.create(start, context)) }))
    this.#check(request, await settle(up))
    // 4. One container after the other, in the order of the spec.
    return await this.#startAll(created, context, held)
  }

  #heldBack(pod: Pod, starts: readonly ContainerToStart[]): Omit<StartResult, 'started'> {
    const { backoff, clock, events } = this.#options
    const now = clock.now().getTime()
    const waiting = new Map<string, WaitingReason>()
    let retryAfter: number | undefined
    for (const { container, ended } of starts) {
      const held = backoff.check(pod, ended?.state === 'running' ? undefined : ended, now)
      if (!held) {
        if (ended && ended.state !== 'running') backoff.restarted(pod, ended, now)
        continue
      }
      waiting.set(container.name, { reason: 'CrashLoopBackOff', message: held.message })
      retryAfter = Math.min(retryAfter ?? Infinity, held.remainingMs)
      const { name, namespace = '', uid } = pod.metadata
      const message = `Back-off restarting failed container ${container.name} in pod ${name}_${namespace}(${uid})`
      events.record({ pod, container: container.name, type: 'Warning', reason: 'BackOff', message })
    }
    return { waiting, ...(retryAfter === undefined ? {} : { retryAfter }) }
  }

  async #sandbox({ pod, actions, signal }: StartRequest): Promise<string> {
    if (!actions.createSandbox && actions.sandboxId !== undefined) return actions.sandboxId
    const { runtime, volumes, dns, limits } = this.#options
    try {
      await volumes.create(pod)
      const config = sandboxConfig(pod, {
        attempt: actions.sandboxAttempt,
        clusterDomain: dns().clusterDomain,
        dns: this.#dns(pod),
        volumes: volumes.names(pod),
        userNamespaces: this.#options.userNamespaces,
        limits: limits(),
      })
      return await runtime.createSandbox(config, { signal })
    } catch (error) {
      signal.throwIfAborted()
      this.#sandboxFailed(pod, error)
      throw error
    }
  }

  #dns(pod: Pod): SandboxConfig['dns'] {
    const { dns, warnings } = podDns(pod, this.#options.dns())
    for (const message of warnings) this.#options.events.record({ pod, type: 'Warning', reason: 'DNSConfigForming', message })
    return dns
  }

  #sandboxFailed(pod: Pod, error: unknown): void {
    const message = `Failed to create pod sandbox: ${messageOf(error)}`
    this.#options.events.record({ pod, type: 'Warning', reason: 'FailedCreatePodSandBox', message })
  }

  /** Resolves, once the sandbox runs, to what tells its address. */
  async #startSandbox({ pod, actions, observed, onSandboxReady }: StartRequest, id: string): Promise<() => Promise<string>> {
    const { runtime, hostIp } = this.#options
    if (!actions.createSandbox) return () => Promise.resolve(pod.spec.hostNetwork ? hostIp() : (observed.sandboxes[0]?.ip ?? ''))
    const { ip } = await runtime.startSandbox(id)
    onSandboxReady()
    await this.#options.networkReady?.(pod, ip)
    return async () => (pod.spec.hostNetwork ? hostIp() : ((await ip()) ?? ''))
  }

  async #fillVolumes(pod: Pod, starts: readonly ContainerToStart[]): Promise<void> {
    const { mounter, runtime } = this.#options
    const logs = starts.flatMap(start => ownTerminationLog(pod, start) ?? [])
    if (!mounter.isMounted(pod)) await mounter.mount(pod, [firstTerminationLogs(pod), ...logs])
    else if (logs.length > 0) await runtime.prepareVolumes(logs)
  }

  #context({ pod, observed, signal }: StartRequest, sandboxId: string, up: Promise<() => Promise<string>>): StartContext {
    return {
      pod,
      sandboxId,
      podIp: async () => await (await up)(),
      sources: this.#options.volumes.sources(pod),
      containerId: name => observed.containers.find(container => container.name === name)?.id,
      signal,
    }
  }

  #check({ pod, signal }: StartRequest, started: PromiseSettledResult<unknown>): void {
    signal.throwIfAborted()
    if (started.status === 'rejected') this.#sandboxFailed(pod, started.reason)
    unwrap(started)
  }

  async #startAll(
    created: readonly { start: ContainerToStart; container: Settled<CreatedContainer> }[],
    context: StartContext,
    held: Omit<StartResult, 'started'>,
  ): Promise<StartResult> {
    const waiting = new Map(held.waiting)
    const started: string[] = []
    let retryAfter = held.retryAfter
    for (const { start, container } of created) {
      try {
        await this.#options.containers.start(unwrap(await container), context)
        started.push(start.container.name)
      } catch (error) {
        if (!(error instanceof StartError)) throw error
        waiting.set(start.container.name, error.waiting)
        retryAfter = Math.min(retryAfter ?? Infinity, error.retryAfter)
      }
    }
    return { waiting, started, ...(retryAfter === undefined ? {} : { retryAfter }) }
  }
}
