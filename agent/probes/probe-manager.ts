import type { Container } from '../../api/core/container.ts'
import type { Pod } from '../../api/core/pod.ts'
import { containersOf, isSidecar } from '../../api/pod-containers.ts'
import type { Clock } from '../../common/clock.ts'
import type { Logger } from '../../common/log.ts'
import type { ObservedPod, Runtime } from '../runtime/runtime.ts'
import { ProbeWorker, type ProbeResult, type ProbeType } from './probe-worker.ts'
import { runProbe, type ProbeOutcome } from './run-probe.ts'

export interface ProbeManagerOptions {
  readonly runtime: Pick<Runtime, 'execSync'>
  readonly clock: Clock
  readonly log: Logger
  /** A verdict changed: look at the pod again. */
  readonly onResult: (podUid: string) => void
  readonly record: (event: { pod: Pod; container: string; reason: string; message: string }) => void
  /** Told of every probe: what came of it and how long it took. */
  readonly probed?: (subject: ProbedContainer, outcome: { result: 'successful' | 'failed' | 'unknown'; seconds: number }) => void
}

/** One probe of one container, as upstream's metrics name it. */
export interface ProbedContainer {
  readonly probeType: string
  readonly container: string
  readonly pod: string
  readonly namespace: string
  readonly podUid: string
}

interface Subject {
  readonly pod: Pod
  readonly container: Container
  readonly containerId: string
  readonly podIp: string
  readonly startedAt: number
}
interface Probed {
  readonly podUid: string
  readonly workers: Map<ProbeType, { worker: ProbeWorker; stop: AbortController }>
}

const specs = (container: Container) => ({
  startup: container.startupProbe,
  liveness: container.livenessProbe,
  readiness: container.readinessProbe,
})
const titles: Readonly<Record<ProbeType, string>> = { startup: 'Startup', liveness: 'Liveness', readiness: 'Readiness' }

const metricResults = { success: 'successful', warning: 'successful', failure: 'failed', error: 'unknown' } as const

/** One worker per probe of every running container; answers what the probes say. */
export class ProbeManager {
  readonly #containers = new Map<string, Probed>()
  readonly #options: ProbeManagerOptions
  readonly #began: number

  constructor(options: ProbeManagerOptions) {
    this.#options = options
    this.#began = options.clock.now().getTime()
  }

  /** Starts probing containers that run and stops probing those that no longer do. */
  sync(pod: Pod, observed: ObservedPod, podIp: string): void {
    const running = observed.containers.filter(({ state }) => state === 'running')
    for (const [id, { podUid }] of this.#containers)
      if (podUid === pod.metadata.uid && !running.some(container => container.id === id)) this.#drop(id)
    for (const { container, kind } of containersOf(pod.spec)) {
      if (kind === 'ephemeral' || (kind === 'init' && !isSidecar(container))) continue
      const current = running.find(({ name }) => name === container.name)
      if (current && !this.#containers.has(current.id))
        this.#add({ pod, container, containerId: current.id, podIp, startedAt: Date.parse(current.startedAt ?? current.createdAt) })
    }
  }

  hasStarted(containerId: string): boolean {
    const startup = this.#containers.get(containerId)?.workers.get('startup')
    return !startup || startup.worker.result === 'success'
  }
  isReady(containerId: string): boolean {
    const readiness = this.#containers.get(containerId)?.workers.get('readiness')
    return !readiness || readiness.worker.result === 'success'
  }
  result(containerId: string, type: ProbeType): ProbeResult | undefined {
    return this.#containers.get(containerId)?.workers.get(type)?.worker.result
  }

  /** A pod that is to stop is no longer restarted for its probes; readiness goes on. */
  stopLivenessAndStartup(podUid: string): void {
    for (const probed of this.#containers.values())
      if (probed.podUid === podUid) for (const type of ['liveness', 'startup'] as const) probed.workers.get(type)?.stop.abort()
  }

  remove(podUid: string): void {
    for (const [id, probed] of this.#containers) if (probed.podUid === podUid) this.#drop(id)
  }

  stop(): void {
    for (const id of this.#containers.keys()) this.#drop(id)
  }

  #drop(id: string): void {
    for (const { stop } of this.#containers.get(id)?.workers.values() ?? []) stop.abort()
    this.#containers.delete(id)
  }

  #add(subject: Subject): void {
    const { pod, container, containerId } = subject
    const inherited = subject.startedAt < this.#began
    const known = inherited ? lastKnown(pod, containerId) : {}
    const probed: Probed = { podUid: pod.metadata.uid, workers: new Map() }
    this.#containers.set(containerId, probed)
    let announceStart = () => {}
    const started = container.startupProbe ? new Promise<void>(resolve => (announceStart = resolve)) : Promise.resolve()
    for (const [type, probe] of Object.entries(specs(container)) as [ProbeType, Container['startupProbe']][]) {
      if (!probe) continue
      const stop = new AbortController()
      if (type === 'startup' && known.startup === 'success') announceStart()
      const worker = new ProbeWorker({
        type,
        probe,
        startedAt: subject.startedAt,
        known: known[type],
        headStartMs: inherited ? Math.random() * (probe.periodSeconds ?? 10) * 1000 : 0,
        clock: this.#options.clock,
        run: signal =>
          this.#measured({ pod, container, type }, () => runProbe({ ...subject, probe, runtime: this.#options.runtime, signal })),
        started: type === 'startup' ? Promise.resolve() : started,
        onOutcome: outcome => this.#report(subject, type, outcome),
        onResult: result => {
          if (type === 'startup' && result === 'success') announceStart()
          this.#options.onResult(pod.metadata.uid)
        },
      })
      probed.workers.set(type, { worker, stop })
      void worker.run(stop.signal).catch((error: unknown) => this.#options.log.error('a probe worker failed', { type, error }))
    }
  }

  async #measured(
    { pod, container, type }: { pod: Pod; container: Container; type: ProbeType },
    probe: () => Promise<ProbeOutcome>,
  ): Promise<ProbeOutcome> {
    const began = performance.now()
    const outcome = await probe()
    const { name, namespace = '', uid } = pod.metadata
    this.#options.probed?.(
      { probeType: titles[type], container: container.name, pod: name, namespace, podUid: uid },
      { result: metricResults[outcome.result], seconds: (performance.now() - began) / 1000 },
    )
    return outcome
  }

  #report({ pod, container }: Subject, type: ProbeType, outcome: ProbeOutcome): void {
    const event = eventOf(outcome)
    if (event)
      this.#options.record({ pod, container: container.name, reason: event.reason, message: `${titles[type]} probe ${event.words}` })
  }
}

function eventOf(outcome: ProbeOutcome): { reason: string; words: string } | undefined {
  switch (outcome.result) {
    case 'success':
      return undefined
    case 'warning':
      return { reason: 'ProbeWarning', words: `warning: ${outcome.output}` }
    case 'failure':
      return { reason: 'Unhealthy', words: `failed: ${outcome.output}` }
    case 'error':
      return { reason: 'Unhealthy', words: `errored and resulted in ${outcome.state} state: ${outcome.output}` }
  }
}

/** What the pod's status says of a container that ran before this agent did: it neither becomes unready nor starts anew for that. */
function lastKnown({ status }: Pod, containerId: string): Partial<Record<ProbeType, ProbeResult>> {
  const all = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]
  const last = all.find(({ containerID }) => containerID?.endsWith(containerId))
  if (!last) return {}
  return { readiness: last.ready ? 'success' : 'failure', ...(last.started ? { startup: 'success' } : {}) }
}
