import { createHash } from 'node:crypto'
import type { Container } from '../../api/core/container.ts'
import type { Pod } from '../../api/core/pod.ts'
import { isSidecar, type PodContainer } from '../../api/pod-containers.ts'
import type { ProbeResult, ProbeType } from '../probes/probe-worker.ts'
import type { ObservedContainer, ObservedPod } from '../runtime/runtime.ts'
import { resizeOf, sandboxResize, type ResourceUpdate } from './resize-actions.ts'
import { containerNotes, hasEnded } from '../status/container-status.ts'
import { readySandbox, shouldRestart } from '../status/pod-status.ts'
import { restartsWhenKilled } from '../status/restart-policy.ts'

export type KillReason = 'StartupProbe' | 'LivenessProbe' | 'Unknown'

export interface ContainerToKill {
  readonly container: ObservedContainer
  readonly message: string
  readonly reason: KillReason
}
export interface ContainerToStart extends PodContainer {
  readonly attempt: number
  /** The attempt before this one, when it has ended: what back-off counts from. */
  readonly ended?: ObservedContainer
}
export interface PodActions {
  /** Stop every container and the sandbox. */
  readonly killPod: boolean
  readonly createSandbox: boolean
  /** Number of the sandbox that is there or to be made. */
  readonly sandboxAttempt: number
  readonly sandboxId?: string
  readonly kill: readonly ContainerToKill[]
  /** In the order in which they are to be started. */
  readonly start: readonly ContainerToStart[]
  /** What runs on, but with other resources. */
  readonly update: readonly ResourceUpdate[]
  /** A resize is not yet in effect: by an update or because a container has to start anew for it. */
  readonly resizing: boolean
}
export type ProbeVerdict = (containerId: string, type: ProbeType) => ProbeResult | undefined

/** A container is made anew when what this is made of changes: its name or its image. */
export const containerHash = ({ name, image }: Container): string =>
  createHash('sha256')
    .update(JSON.stringify([name, image ?? '']))
    .digest('hex')
    .slice(0, 8)

const hasChanged = (container: Container, { annotations }: ObservedContainer): boolean =>
  annotations[containerNotes.hash] !== undefined && annotations[containerNotes.hash] !== containerHash(container)
const isRunning = (container: ObservedContainer | undefined): boolean => container?.state === 'running'
const restartsOnFailure = (pod: Pod) => pod.spec.restartPolicy !== 'Never'
const succeeded = (container: ObservedContainer | undefined) =>
  container !== undefined && hasEnded(container) && container.exitCode === 0 && container.error === undefined

/** Decides one sync. Everything it knows is in its arguments. */
class Decision {
  readonly #pod: Pod
  readonly #observed: ObservedPod
  readonly #verdict: ProbeVerdict
  readonly #kill: ContainerToKill[] = []
  readonly #start: ContainerToStart[] = []
  readonly #update: ResourceUpdate[] = []
  #resizing = false
  readonly #sandboxId: string | undefined

  constructor(pod: Pod, observed: ObservedPod, verdict: ProbeVerdict) {
    this.#pod = pod
    this.#observed = observed
    this.#verdict = verdict
    this.#sandboxId = readySandbox(pod, observed)?.id
  }

  result(): PodActions {
    return this.#sandboxId === undefined ? this.#withoutSandbox() : this.#withSandbox(this.#sandboxId)
  }

  #latest(name: string): ObservedContainer | undefined {
    return this.#observed.containers.find(container => container.name === name)
  }
  /** In the sandbox that is there: after a new sandbox, initialization begins again. */
  #current(name: string): ObservedContainer | undefined {
    const latest = this.#latest(name)
    return latest?.sandboxId === this.#sandboxId ? latest : undefined
  }

  #actions(changes: Partial<PodActions> = {}): PodActions {
    const [newest] = this.#observed.sandboxes
    return {
      killPod: false,
      createSandbox: false,
      sandboxAttempt: newest?.attempt ?? 0,
      ...(this.#sandboxId === undefined ? {} : { sandboxId: this.#sandboxId }),
      kill: this.#kill,
      start: this.#start,
      update: this.#update,
      resizing: this.#resizing,
      ...changes,
    }
  }

  #toStart(container: Container, kind: PodContainer['kind']): ContainerToStart {
    const latest = this.#latest(container.name)
    const status = [...(this.#pod.status.containerStatuses ?? []), ...(this.#pod.status.initContainerStatuses ?? [])].find(
      ({ name }) => name === container.name,
    )
    // Created but never started: the agent died in between. The same attempt is started now.
    if (latest && !isRunning(latest) && !hasEnded(latest)) return { container, kind, attempt: latest.attempt }
    if (latest) return { container, kind, attempt: latest.attempt + 1, ended: latest }
    // Its containers are gone, but not the count of them: with an id it is that of one which has run.
    return { container, kind, attempt: (status?.restartCount ?? 0) + (status?.containerID ? 1 : 0) }
  }

  #withoutSandbox(): PodActions {
    const { spec } = this.#pod
    const [newest] = this.#observed.sandboxes
    // A sandbox that was created but has not run is not a dead one: it is started, not replaced.
    const fresh = newest?.state === 'created'
    const lostSandbox = newest === undefined && this.#observed.containers.some(isRunning)
    const sandboxAttempt = newest === undefined ? 0 : fresh ? newest.attempt : newest.attempt + 1
    const ranBefore = sandboxAttempt > 0 && this.#observed.containers.length > 0
    if (!restartsOnFailure(this.#pod) && ranBefore) return this.#actions({ killPod: true })
    const runsOnce = ({ restartPolicy = spec.restartPolicy }: Container) => restartPolicy === 'OnFailure'
    const apps = spec.containers.filter(container => !(runsOnce(container) && succeeded(this.#latest(container.name))))
    const created = spec.containers.some(({ name }) => this.#latest(name) !== undefined)
    if (apps.length === 0 && created) return this.#actions({ killPod: true })
    const [firstInit] = spec.initContainers ?? []
    if (firstInit) this.#start.push(this.#toStart(firstInit, 'init'))
    else this.#start.push(...apps.map(container => this.#toStart(container, 'app')))
    return this.#actions({ killPod: lostSandbox || (newest !== undefined && !fresh), createSandbox: true, sandboxAttempt })
  }

  #withSandbox(sandboxId: string): PodActions {
    const { spec } = this.#pod
    this.#strays(sandboxId)
    const whole = sandboxResize(this.#pod, this.#observed)
    if (whole) this.#update.push(whole)
    this.#resizing = whole !== undefined
    for (const container of spec.ephemeralContainers ?? [])
      if (!this.#latest(container.name)) this.#start.push(this.#toStart(container, 'ephemeral'))
    const init = this.#initContainers()
    if (init === 'failed') return this.#actions({ killPod: true, kill: [], start: [], update: [] })
    if (init === 'going on') return this.#actions()
    const kept = spec.containers.filter(container => this.#appContainer(container)).length
    const startsApp = this.#start.some(({ kind }) => kind === 'app')
    if (kept === 0 && !startsApp) return this.#actions({ killPod: true, kill: [], start: [], update: [], sandboxId })
    return this.#actions({ sandboxId })
  }

  /** Of every name one container runs, in the sandbox that is there; whatever runs besides was left behind. */
  #strays(sandboxId: string): void {
    for (const container of this.#observed.containers) {
      if (!isRunning(container) || (container.sandboxId === sandboxId && this.#latest(container.name) === container)) continue
      this.#kill.push({ container, message: `Stopping container ${container.name}`, reason: 'Unknown' })
    }
  }

  /** True when the container runs and may go on. */
  #appContainer(container: Container): boolean {
    const current = this.#current(container.name)
    if (!current || !isRunning(current)) {
      // One that ended in an earlier sandbox counts as ended; only its restart policy can bring it back.
      const latest = current ?? this.#latest(container.name)
      if (shouldRestart(this.#pod, { container, kind: 'app' }, latest)) this.#start.push(this.#toStart(container, 'app'))
      return false
    }
    const restart = restartsWhenKilled(this.#pod.spec, container)
    // It has ended once; whoever started it again did not count that.
    if (current.restarted) return this.#killAndRestart(current, container, { message: `Container ${container.name} has ended`, restart })
    if (hasChanged(container, current))
      return this.#killAndRestart(current, container, { message: `Container ${container.name} definition changed`, restart: true })
    if (this.#verdict(current.id, 'liveness') === 'failure')
      return this.#killAndRestart(current, container, {
        message: `Container ${container.name} failed liveness probe`,
        reason: 'LivenessProbe',
        restart,
      })
    if (this.#verdict(current.id, 'startup') === 'failure')
      return this.#killAndRestart(current, container, {
        message: `Container ${container.name} failed startup probe`,
        reason: 'StartupProbe',
        restart,
      })
    return this.#keptWithItsResources(container, current, this.#start)
  }

  /** Gives a container that runs the resources it was granted; false when it has to start anew for them. */
  #keptWithItsResources(container: Container, current: ObservedContainer, starts: ContainerToStart[]): boolean {
    const change = resizeOf(this.#pod, container, current)
    if (!change) return true
    this.#resizing = true
    if (change !== 'restart') return this.#update.push(change) > 0
    this.#kill.push({ container: current, message: `Container ${container.name} resize requires restart`, reason: 'Unknown' })
    starts.unshift({ container, kind: isSidecar(container) ? 'init' : 'app', attempt: current.attempt + 1, ended: current })
    return false
  }

  #killAndRestart(
    current: ObservedContainer,
    container: Container,
    why: { message: string; reason?: KillReason; restart: boolean },
  ): false {
    const message = why.restart ? `${why.message}, will be restarted` : why.message
    this.#kill.push({ container: current, message, reason: why.reason ?? 'Unknown' })
    if (why.restart) this.#start.push({ container, kind: 'app', attempt: current.attempt + 1, ended: current })
    return false
  }

  /**
   * Init containers run one after the other; sidecars among them only have to have started before the next begins and are
   * kept running from then on. Looked at from the last one backwards, the first that exists tells how far it has come.
   */
  #initContainers(): 'done' | 'going on' | 'failed' {
    const all = this.#pod.spec.initContainers ?? []
    if (all.length === 0) return 'done'
    const initialized = this.#pod.spec.containers.some(({ name }) => this.#current(name) !== undefined)
    let passed = initialized
    let done = initialized
    const starts: ContainerToStart[] = []
    for (let i = all.length - 1; i >= 0; i--) {
      const container = all[i]
      if (!container) continue
      const current = this.#current(container.name)
      if (!current) {
        if (passed && isSidecar(container)) starts.unshift(this.#toStart(container, 'init'))
        continue
      }
      if (passed && !isSidecar(container)) continue
      const next = isSidecar(container) ? this.#sidecar(container, current, starts) : this.#regularInit(container, current, starts)
      if (next === 'failed') return 'failed'
      if (next === 'passed' && !passed) {
        const following = all[i + 1]
        if (following) starts.push(this.#toStart(following, 'init'))
        else done = true
      }
      passed = true
    }
    const [first] = all
    if (!passed && first) starts.push(this.#toStart(first, 'init'))
    this.#start.push(...starts)
    return done ? 'done' : 'going on'
  }

  #regularInit(container: Container, current: ObservedContainer, starts: ContainerToStart[]): 'passed' | 'waiting' | 'failed' {
    if (isRunning(current)) return 'waiting'
    if (succeeded(current)) return 'passed'
    if (hasEnded(current) && !shouldRestart(this.#pod, { container, kind: 'init' }, current)) return 'failed'
    starts.unshift(this.#toStart(container, 'init'))
    return 'waiting'
  }

  #sidecar(container: Container, current: ObservedContainer, starts: ContainerToStart[]): 'passed' | 'waiting' {
    if (!isRunning(current)) {
      starts.unshift(this.#toStart(container, 'init'))
      return 'waiting'
    }
    const startup = container.startupProbe ? this.#verdict(current.id, 'startup') : 'success'
    const why = this.#whyNotSidecar(container, current, startup)
    if (why) {
      this.#kill.push({ container: current, message: `Init container ${container.name} ${why.message}`, reason: why.reason })
      starts.unshift({ container, kind: 'init', attempt: current.attempt + 1, ended: current })
    }
    if (!why) this.#keptWithItsResources(container, current, starts)
    return startup === 'success' ? 'passed' : 'waiting'
  }

  #whyNotSidecar(
    container: Container,
    current: ObservedContainer,
    startup: ProbeResult | undefined,
  ): { message: string; reason: KillReason } | undefined {
    if (startup === 'failure') return { message: 'failed startup probe', reason: 'StartupProbe' }
    if (startup !== 'success') return undefined
    if (hasChanged(container, current)) return { message: 'definition changed', reason: 'Unknown' }
    if (this.#verdict(current.id, 'liveness') === 'failure') return { message: 'failed liveness probe', reason: 'LivenessProbe' }
    return undefined
  }
}

/** What has to be done to bring the pod's containers to where its spec wants them. Pure; upstream's computePodActions. */
export const computePodActions = (pod: Pod, observed: ObservedPod, verdict: ProbeVerdict): PodActions =>
  new Decision(pod, observed, verdict).result()
