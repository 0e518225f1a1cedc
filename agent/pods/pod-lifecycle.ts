import type { Node } from '../../api/core/node.ts'
import type { Pod } from '../../api/core/pod.ts'
import { isTerminalPhase } from '../../api/pod-phase.ts'
import { timestamp } from '../../api/time.ts'
import type { Clock } from '../../common/clock.ts'
import type { Logger } from '../../common/log.ts'
import type { ImageManager } from '../images/image-manager.ts'
import type { Pleg } from '../pleg/pleg.ts'
import type { PodCache } from '../pleg/pod-cache.ts'
import type { ProbeManager } from '../probes/probe-manager.ts'
import type { ObservedPod, Runtime } from '../runtime/runtime.ts'
import { hasEnded, type WaitingReason } from '../status/container-status.ts'
import { finalPodStatus, podStatus, readySandbox, type StatusFacts } from '../status/pod-status.ts'
import { containersToClear } from '../status/restart-everything.ts'
import type { StatusManager } from '../status/status-manager.ts'
import { identityOf, type VolumeManager } from '../volumes/volume-manager.ts'
import { admit, type Rejection } from './admission.ts'
import type { Allocations } from './allocations.ts'
import type { ContainerStopper } from './container-stopper.ts'
import type { NodeSecurity } from './node-security.ts'
import { computePodActions, type PodActions } from './pod-actions.ts'
import type { PodEvents } from './pod-events.ts'
import type { PodStarter } from './pod-starter.ts'
import type { PodLifecycle as Lifecycle, TerminationRequest } from './pod-workers.ts'
import { removeOldAttempts, removePod } from './removal.ts'
import type { Resizer } from './resizer.ts'
import type { RestartBackoff } from './restart-backoff.ts'
import type { TerminationMessages } from './termination-messages.ts'
import type { VolumeMounter } from './volume-mounter.ts'

export interface PodLifecycleOptions {
  readonly runtime: Runtime
  readonly cache: PodCache
  readonly pleg: Pick<Pleg, 'observe'>
  readonly statuses: StatusManager
  readonly probes: ProbeManager
  readonly images: ImageManager
  readonly volumes: VolumeManager
  readonly mounter: VolumeMounter
  readonly allocations: Allocations
  readonly resizer: Resizer
  readonly starter: PodStarter
  readonly stopper: ContainerStopper
  readonly backoff: RestartBackoff
  readonly messages: TerminationMessages
  readonly events: PodEvents
  readonly clock: Clock
  readonly log: Logger
  readonly hostIp: () => string
  readonly node: () => Node | undefined
  /** Pods that share the node with a newcomer. */
  readonly activePods: () => readonly Pod[]
  readonly security: NodeSecurity
  /** Reasons of the node's own to take no new pods: it is short of something, it is shutting down. */
  readonly nodeAdmits: (pod: Pod) => Rejection | undefined
}

/** What is remembered of a pod from one sync to the next. */
interface Memory {
  admitted: boolean
  acted: number
  waiting: Map<string, WaitingReason>
}

/** Between two tries to give a pod what it was granted. */
const resizeRetryMs = 10_000
const deadlineMessage = 'Pod was active on the node longer than the specified deadline'

/** The three scripts of a pod's life on this node. Each looks at everything afresh and may be repeated at any point. */
export class PodLifecycle implements Lifecycle {
  readonly #options: PodLifecycleOptions
  readonly #memory = new Map<string, Memory>()

  constructor(options: PodLifecycleOptions) {
    this.#options = options
  }

  async sync(wanted: Pod, signal: AbortSignal): Promise<number | 'running' | 'done' | TerminationRequest> {
    const { statuses, probes, allocations } = this.#options
    const memory = this.#remember(wanted)
    // 1. May it run here, and still, and with which resources?
    const refusal = this.#admission(wanted, memory) ?? this.#deadline(wanted)
    if (refusal) return { failure: refusal }
    if (allocations.waits(wanted)) allocations.reconsider()
    const pod = allocations.granted(wanted)
    // 2. What is there?
    const observed = await this.#observe(pod, memory)
    probes.sync(pod, observed, this.#podIp(pod, observed))
    // 3. What is to be done?
    const seen = { ...pod, status: podStatus(this.#facts(pod, observed)) }
    const actions = computePodActions(seen, observed, (id, type) => probes.result(id, type))
    allocations.actuating(pod, actions.resizing)
    // 4. Say what is.
    const status = podStatus(this.#facts(pod, observed))
    statuses.set(pod, status, { containersMayRun: true })
    if (isTerminalPhase(status.phase)) return 'done'
    if (restartsEverything(status)) return await this.#clearForRestart(pod, observed, memory)
    // 5. Are its volumes what the API says now?
    if (observed.containers.length > 0) await this.#refreshVolumes(pod)
    // 6. Do what is to be done, and say what came of it.
    if (actions.killPod && !actions.createSandbox) return 'done'
    await this.#kill(pod, observed, actions)
    const resized = await this.#resize(pod, observed, actions)
    if (actions.start.length === 0 && !actions.createSandbox) return resized ?? (await this.#settled(pod, observed))
    const retryAfter = await this.#start({ pod, observed, actions, memory, signal })
    return this.#nextLook(pod, Math.min(retryAfter ?? Infinity, resized ?? Infinity))
  }

  async terminate(wanted: Pod, request: TerminationRequest, signal: AbortSignal): Promise<void> {
    const { probes, statuses, stopper, runtime, pleg, clock, allocations } = this.#options
    const pod = allocations.granted(wanted)
    const memory = this.#remember(pod)
    // 1. From now on nothing restarts; what is true until the containers have stopped is said.
    probes.stopLivenessAndStartup(pod.metadata.uid)
    const observed = await this.#observe(pod, memory)
    // A pod that is killed from outside its sync, with a grace period of its own, learns the verdict only at the end.
    const known = request.graceSeconds === undefined ? request : {}
    statuses.set(pod, podStatus(this.#facts(pod, observed, known)), { containersMayRun: true })
    // 2. Containers, then the sandbox; that of a pod that is deleted ends when it is removed, together with the containers.
    const podIp = this.#podIp(pod, observed)
    const graceOverride = request.graceSeconds
    await interruptible(stopper.stopAll(pod, observed, { podIp, graceOverride }), signal)
    const ready = observed.sandboxes.filter(({ state }) => state === 'ready')
    if (!pod.metadata.deletionTimestamp) await Promise.all(ready.map(({ id }) => runtime.stopSandbox(id)))
    probes.remove(pod.metadata.uid)
    memory.acted = clock.now().getTime()
    // 3. The last word.
    const ended = withoutNetwork(await pleg.observe(identityOf(pod)))
    await this.#options.messages.collect(ended)
    statuses.set(pod, finalPodStatus(this.#facts(pod, ended, request)), { containersMayRun: false })
  }

  async release(pod: Pod, _signal: AbortSignal): Promise<boolean> {
    const { statuses, volumes, mounter, images, backoff, runtime, cache, messages, allocations } = this.#options
    const { uid } = pod.metadata
    // What it used is free for others.
    allocations.reconsider()
    // 1. A pod that ended by itself keeps its containers, for their logs, until it is deleted.
    if (!pod.metadata.deletionTimestamp) {
      await statuses.finish(pod)
      return false
    }
    // 2. Containers, sandboxes, volumes.
    const observed = cache.latest(uid)
    if (observed) await removePod(runtime, observed)
    await volumes.release(uid)
    // 3. The object, and what is remembered of it.
    await statuses.finish(pod)
    statuses.forget(uid)
    cache.delete(uid)
    images.forget(uid)
    mounter.forget(uid)
    backoff.forget(uid)
    allocations.forget(uid)
    messages.forget(observed?.containers.map(({ id }) => id) ?? [])
    this.#memory.delete(uid)
    return true
  }

  #remember(pod: Pod): Memory {
    const { uid } = pod.metadata
    const memory = this.#memory.get(uid) ?? { admitted: false, acted: -Infinity, waiting: new Map() }
    this.#memory.set(uid, memory)
    return memory
  }

  #admission(pod: Pod, memory: Memory): TerminationRequest['failure'] {
    if (memory.admitted) return undefined
    const { node, activePods, nodeAdmits, events, allocations, security } = this.#options
    const here = node()
    // A pod that has begun to run was admitted by the agent before this one.
    const begun = pod.status.startTime !== undefined
    const others = activePods().filter(({ metadata }) => metadata.uid !== pod.metadata.uid && this.#memory.get(metadata.uid)?.admitted)
    const granted = others.map(other => allocations.granted(other))
    const fits = () => here && admit(pod, { node: here, others: granted, security })
    const rejection = begun ? undefined : (nodeAdmits(pod) ?? fits())
    if (!rejection) {
      memory.admitted = true
      if (!begun) allocations.admit(pod)
      return undefined
    }
    events.record({ pod, type: 'Warning', reason: rejection.reason, message: rejection.message })
    return { reason: rejection.reason, message: `Pod was rejected: ${rejection.message}` }
  }

  #deadline(pod: Pod): TerminationRequest['failure'] {
    if (this.#untilDeadline(pod) > 0) return undefined
    this.#options.events.record({ pod, type: 'Normal', reason: 'DeadlineExceeded', message: deadlineMessage })
    return { reason: 'DeadlineExceeded', message: deadlineMessage }
  }

  #untilDeadline(pod: Pod): number {
    const { startTime } = this.#options.statuses.get(pod)
    const seconds = pod.spec.activeDeadlineSeconds
    if (seconds === undefined || startTime === undefined) return Infinity
    return Date.parse(startTime) + seconds * 1000 - this.#options.clock.now().getTime()
  }

  async #observe(pod: Pod, { acted }: Memory): Promise<ObservedPod> {
    const { cache, pleg, messages } = this.#options
    const identity = identityOf(pod)
    const observed = cache.get(identity, acted) ?? (await pleg.observe(identity))
    await messages.collect(observed)
    return observed
  }

  #facts(pod: Pod, observed: ObservedPod, { failure }: TerminationRequest = {}): StatusFacts {
    const { waiting } = this.#remember(pod)
    const { statuses, probes, messages, hostIp, clock, allocations } = this.#options
    return {
      pod,
      observed,
      previous: statuses.get(pod),
      probes,
      waiting,
      terminationMessage: id => messages.get(id),
      hostIp: hostIp(),
      now: timestamp(clock.now()),
      terminal: false,
      resize: allocations.conditions(pod),
      failure,
    }
  }

  #podIp(pod: Pod, observed: ObservedPod): string {
    return pod.spec.hostNetwork ? this.#options.hostIp() : (readySandbox(pod, observed)?.ip ?? '')
  }

  async #kill(pod: Pod, observed: ObservedPod, { kill, killPod }: PodActions): Promise<void> {
    const { stopper, runtime, events } = this.#options
    const podIp = this.#podIp(pod, observed)
    if (killPod) {
      const message = 'Pod sandbox changed, it will be killed and re-created.'
      events.record({ pod, type: 'Normal', reason: 'SandboxChanged', message })
      await stopper.stopAll(pod, observed, { podIp })
      await Promise.all(observed.sandboxes.map(({ id }) => runtime.stopSandbox(id)))
    }
    await Promise.all(kill.map(({ container, message, reason }) => stopper.stop(pod, container, { message, reason, podIp })))
  }

  /** When to look again at a pod that is being resized; undefined: it is not. */
  async #resize(pod: Pod, observed: ObservedPod, { update }: PodActions): Promise<number | undefined> {
    if (update.length === 0) return undefined
    const { resizer, clock, statuses } = this.#options
    const done = await resizer.apply(pod, observed, update)
    this.#remember(pod).acted = clock.now().getTime()
    if (!done) statuses.set(pod, podStatus(this.#facts(pod, observed)), { containersMayRun: true })
    return done ? 0 : resizeRetryMs
  }

  /** A rule restarts the whole pod: its containers go, at once and without hooks, and the next look starts them from the first. */
  async #clearForRestart(pod: Pod, observed: ObservedPod, memory: Memory): Promise<number> {
    const { stopper, runtime, clock } = this.#options
    const podIp = this.#podIp(pod, observed)
    for (const container of containersToClear(pod, observed)) {
      if (container.state === 'running') await stopper.stop(pod, container, { message: 'killing', graceOverride: 0, podIp })
      await runtime.removeContainer(container.id)
    }
    memory.acted = clock.now().getTime()
    memory.waiting.clear()
    return 0
  }

  /** A volume that cannot be brought up to date keeps nothing from running. */
  async #refreshVolumes(pod: Pod): Promise<void> {
    const { mounter, log } = this.#options
    await mounter.refresh(pod).catch((error: unknown) => {
      log.warn('volumes could not be brought up to date', { pod: pod.metadata.name, error })
    })
  }

  /** Nothing to start: old attempts are cleared away. */
  async #settled(pod: Pod, observed: ObservedPod): Promise<number | 'running'> {
    await removeOldAttempts(this.#options.runtime, observed)
    return this.#nextLook(pod, undefined)
  }

  async #start(work: {
    pod: Pod
    observed: ObservedPod
    actions: PodActions
    memory: Memory
    signal: AbortSignal
  }): Promise<number | undefined> {
    const { pod, actions, memory, signal } = work
    const { starter, statuses, probes, clock, pleg } = this.#options
    const observed = actions.kill.length > 0 ? await pleg.observe(identityOf(pod)) : work.observed
    // Back-off counts from what had ended before this sync: a container that was killed just now is started again at once.
    const start = actions.start.map(({ ended, ...start }) => {
      const before = ended && work.observed.containers.find(container => container.name === ended.name && hasEnded(container))
      return before ? { ...start, ended: before } : start
    })
    const onSandboxReady = () => statuses.set(pod, sandboxReady(statuses.get(pod), timestamp(clock.now())), { containersMayRun: true })
    const result = await starter.bringUp({ pod, observed, actions: { ...actions, start }, signal, onSandboxReady }).finally(() => {
      memory.acted = clock.now().getTime()
    })
    for (const { container } of actions.start) memory.waiting.delete(container.name)
    for (const [name, reason] of result.waiting) memory.waiting.set(name, reason)
    const now = await this.#observe(pod, memory)
    probes.sync(pod, now, this.#podIp(pod, now))
    statuses.set(pod, podStatus(this.#facts(pod, now)), { containersMayRun: true })
    // An end that came before this look is not in the cache as a change: it has to be looked at again.
    const endedAlready = result.started.some(name => now.containers.find(container => container.name === name)?.state !== 'running')
    const initGoesOn = actions.start.some(({ container, kind }) => kind === 'init' && result.started.includes(container.name))
    return endedAlready || initGoesOn ? 0 : result.retryAfter
  }

  #nextLook(pod: Pod, retryAfter: number | undefined): number | 'running' {
    // Volumes that could not be brought up to date are tried again when their back-off ends.
    const next = Math.min(retryAfter ?? Infinity, this.#untilDeadline(pod), this.#options.mounter.remaining(pod) || Infinity)
    return Number.isFinite(next) ? Math.max(0, next) : 'running'
  }
}

/** As the pod is to be told of when nothing of it will run again. */
const withoutNetwork = (observed: ObservedPod): ObservedPod => ({
  ...observed,
  sandboxes: observed.sandboxes.map(sandbox => ({ ...sandbox, state: 'notReady' })),
})

const restartsEverything = ({ conditions = [] }: Pod['status']): boolean =>
  conditions.some(({ type, status }) => type === 'AllContainersRestarting' && status === 'True')

/** The status with nothing but PodReadyToStartContainers turned true: containers are reported when they have been started. */
function sandboxReady(status: Pod['status'], now: string): Pod['status'] {
  const conditions = (status.conditions ?? []).map(condition =>
    condition.type === 'PodReadyToStartContainers' && condition.status !== 'True'
      ? { ...condition, status: 'True' as const, lastTransitionTime: now }
      : condition,
  )
  return { ...status, conditions }
}

/** Rejects when the signal aborts; the work goes on, and its own failure is the next attempt's to see. */
function interruptible(work: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason as Error)
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
