import type { Container } from '../../api/core/container.ts'
import type { Pod } from '../../api/core/pod.ts'
import { containersOf, isSidecar } from '../../api/pod-containers.ts'
import { sleepUnlessAborted, type Clock } from '../../common/clock.ts'
import type { Logger } from '../../common/log.ts'
import type { ObservedContainer, ObservedPod, Runtime } from '../runtime/runtime.ts'
import { runHook } from './hooks.ts'
import type { KillReason } from './pod-actions.ts'
import type { PodEvents } from './pod-events.ts'

/** Seconds that a process gets at least between SIGTERM and SIGKILL, even when it is deleted by force. */
const minimumGrace = 2

export interface StopOptions {
  readonly message?: string
  readonly reason?: KillReason
  /** Seconds; replaces what pod and probe say. */
  readonly graceOverride?: number | undefined
  readonly podIp: string
  /** Resolves when it is this container's turn to be told to stop. */
  readonly turn?: Promise<void>
}
export interface ContainerStopperOptions {
  readonly runtime: Pick<Runtime, 'stopContainer' | 'execSync'>
  readonly clock: Clock
  readonly events: PodEvents
  readonly log: Logger
}

/** Seconds a container has to stop, by the reason for which it has to. */
function graceOf(pod: Pod, container: Container | undefined, reason: KillReason | undefined): number {
  if (pod.metadata.deletionGracePeriodSeconds !== undefined) return pod.metadata.deletionGracePeriodSeconds
  const probe = reason === 'LivenessProbe' ? container?.livenessProbe : reason === 'StartupProbe' ? container?.startupProbe : undefined
  return probe?.terminationGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30
}

/** Stops containers as upstream does: event, preStop hook, its turn, SIGTERM, SIGKILL; all within the grace period. */
export class ContainerStopper {
  readonly #options: ContainerStopperOptions
  /** Containers that were told to stop; told again with less time, their hooks do not run twice. */
  readonly #told = new Set<string>()

  constructor(options: ContainerStopperOptions) {
    this.#options = options
  }

  async stop(pod: Pod, observed: ObservedContainer, options: StopOptions): Promise<void> {
    const { runtime, clock, events } = this.#options
    const container = containersOf(pod.spec).find(({ container }) => container.name === observed.name)?.container
    const message = options.message ?? `Stopping container ${observed.name}`
    const again = this.#told.has(observed.id)
    this.#told.add(observed.id)
    if (!again) events.record({ pod, container: observed.name, type: 'Normal', reason: 'Killing', message })
    const grace = options.graceOverride ?? graceOf(pod, container, options.reason)
    const began = clock.now().getTime()
    const left = () => grace - Math.floor((clock.now().getTime() - began) / 1000)
    const stopped = new AbortController()
    if (container?.lifecycle?.preStop && grace > 0 && !again)
      await this.#atMost(grace, this.#preStop({ pod, container, observed, podIp: options.podIp, signal: stopped.signal }))
    if (options.turn && left() > 0) await this.#atMost(left(), options.turn)
    const stopSignal = container?.lifecycle?.stopSignal
    await runtime.stopContainer(observed.id, {
      graceSeconds: Math.max(left(), minimumGrace),
      ...(stopSignal ? { signal: stopSignal } : {}),
    })
    stopped.abort()
    this.#told.delete(observed.id)
  }

  /** All containers of the pod at once; sidecars wait for the app containers and then stop in reverse order. */
  async stopAll(pod: Pod, { containers }: ObservedPod, options: { graceOverride?: number | undefined; podIp: string }): Promise<void> {
    const running = containers.filter(({ state }) => state === 'running')
    const sidecars = (pod.spec.initContainers ?? []).filter(isSidecar).map(({ name }) => name)
    const others = running.filter(({ name }) => !sidecars.includes(name))
    const stops = new Map<string, Promise<void>>()
    const stopped = (names: readonly string[]) => Promise.allSettled(names.flatMap(name => stops.get(name) ?? []))
    // Events and hooks begin for all at once, in the order of the spec; only the signals wait for their turn. A turn looks at
    // `stops` no earlier than in the next microtask, when it is complete.
    const turnOf = async (index: number) => {
      await Promise.resolve()
      await stopped(others.map(({ id }) => id))
      await stopped(sidecars.slice(index + 1))
    }
    for (const [index, name] of sidecars.entries()) {
      const container = running.find(running => running.name === name)
      if (container) stops.set(name, this.stop(pod, container, { ...options, turn: turnOf(index) }))
    }
    for (const container of others) stops.set(container.id, this.stop(pod, container, options))
    await Promise.all(stops.values())
  }

  /** Waits, but no longer than there is time. */
  async #atMost(seconds: number, work: Promise<void>): Promise<void> {
    const done = new AbortController()
    const late = sleepUnlessAborted(this.#options.clock, seconds * 1000, done.signal)
    await Promise.race([work, late])
    done.abort()
  }

  /** Never fails. A hook that takes too long is not waited for, but goes on until its container ends. */
  async #preStop(stop: { pod: Pod; container: Container; observed: ObservedContainer; podIp: string; signal: AbortSignal }): Promise<void> {
    const { pod, container, observed, podIp, signal } = stop
    const handler = container.lifecycle?.preStop
    if (!handler) return
    try {
      await runHook({ pod, container, containerId: observed.id, handler, podIp, signal }, this.#options)
    } catch (error) {
      this.#options.log.warn('a preStop hook failed', { pod: pod.metadata.name, container: container.name, error })
      this.#options.events.record({
        pod,
        container: container.name,
        type: 'Warning',
        reason: 'FailedPreStopHook',
        message: 'PreStopHook failed',
      })
    }
  }
}
