import type { Container } from '../../api/core/container.ts'
import type { Pod } from '../../api/core/pod.ts'
import { containersOf, isSidecar } from '../../api/pod-containers.ts'
import { sleepUnlessAborted, type Clock } from '../../common/clock.ts'
import type { Logger } from '../../common/log.ts'
import type { ObservedContainer, ObservedPod, Runtime } from '../runtime/runtime.ts'
import { runHook } from './hooks.ts'
import type { KillReason } from './pod-actions.ts'
import type { PodEvents } from './pod-events.ts'

/** A process gets at least so long between SIGTERM and SIGKILL. */
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
    if (container?.lifecycle?.preStop && grace > 0 && !again) await this.#preStop({ pod, container, observed, grace, podIp: options.podIp })
    if (options.turn && left() > 0) await this.#turn(options.turn, left() * 1000)
    const graceSeconds = Math.max(left(), Math.min(minimumGrace, options.graceOverride ?? minimumGrace))
    const stopSignal = container?.lifecycle?.stopSignal
    await runtime.stopContainer(observed.id, { graceSeconds, ...(stopSignal ? { signal: stopSignal } : {}) })
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

  /** Waits for the turn, but no longer than there is time. */
  async #turn(turn: Promise<void>, milliseconds: number): Promise<void> {
    const come = new AbortController()
    const late = sleepUnlessAborted(this.#options.clock, milliseconds, come.signal)
    await Promise.race([turn, late])
    come.abort()
  }

  async #preStop(hook: { pod: Pod; container: Container; observed: ObservedContainer; grace: number; podIp: string }): Promise<void> {
    const { pod, container, observed, grace, podIp } = hook
    const handler = container.lifecycle?.preStop
    if (!handler) return
    const signal = AbortSignal.timeout(grace * 1000)
    try {
      await Promise.race([runHook({ pod, container, containerId: observed.id, handler, podIp, signal }, this.#options), expired(signal)])
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

const expired = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('the grace period ended before the hook did', { cause: signal.reason })), {
      once: true,
    })
  })
