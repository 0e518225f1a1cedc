import { EventEmitter } from 'node:events'
import type { Behaviour } from './simulated-behaviour.ts'
import type { ContainerConfig, ContainerResources, LogLine, ObservedContainer } from './runtime.ts'

/** One container of the simulation: created, then running, then exited, never back. */
export class SimulatedContainer {
  readonly id: string
  readonly config: ContainerConfig
  readonly behaviour: Behaviour
  readonly lines: LogLine[] = []
  /** `line` and `end`. */
  readonly changes = new EventEmitter().setMaxListeners(0)
  #observed: ObservedContainer
  #timer: NodeJS.Timeout | undefined

  constructor({ id, imageId }: { id: string; imageId: string }, config: ContainerConfig, behaviour: Behaviour) {
    this.id = id
    this.config = config
    this.behaviour = behaviour
    this.#observed = {
      id,
      name: config.name,
      attempt: config.attempt,
      kind: config.kind,
      sandboxId: config.sandboxId,
      state: 'created',
      createdAt: now(),
      image: config.image,
      imageId,
      annotations: { ...config.annotations },
      resources: config.resources,
    }
  }

  get observed(): ObservedContainer {
    return this.#observed
  }
  get running(): boolean {
    return this.#observed.state === 'running'
  }

  start(ended: () => void): void {
    this.#observed = { ...this.#observed, state: 'running', startedAt: now() }
    for (const { stream, text } of this.behaviour.output ?? []) this.write(stream, text)
    const { exit } = this.behaviour
    if (!exit) return
    this.#timer = setTimeout(() => {
      this.end(exit.code, exit.oomKilled)
      ended()
    }, exit.afterMs ?? 0)
  }
  update(resources: ContainerResources): void {
    this.#observed = { ...this.#observed, resources: { ...this.#observed.resources, ...resources } }
  }
  failStart(error: string): void {
    this.#observed = { ...this.#observed, error, exitCode: 128 }
  }
  write(stream: LogLine['stream'], text: string): void {
    this.lines.push({ stream, time: now(), text: Buffer.from(text) })
    this.changes.emit('line')
  }
  /** Does nothing unless it runs. */
  end(exitCode: number, oomKilled = false): boolean {
    if (!this.running) return false
    clearTimeout(this.#timer)
    this.#observed = { ...this.#observed, state: 'exited', exitCode, finishedAt: now(), ...(oomKilled ? { oomKilled } : {}) }
    this.changes.emit('end')
    return true
  }
}

export const now = (): string => new Date().toISOString().replace('Z', '000000Z')
