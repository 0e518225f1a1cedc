import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

/** Something that happened to a container, by the engine's clock. */
export interface EngineEvent {
  /** Milliseconds. */
  readonly at: number
  /** `create`, `start`, `kill`, `die`, `destroy`, `exec_start: …`. */
  readonly action: string
  readonly pod: string
  /** `POD` for the sandbox. */
  readonly container: string
  readonly attempt: number
  readonly id: string
  readonly signal?: number
  readonly exitCode?: number
}

interface Line {
  readonly Action: string
  readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> }
  readonly timeNano: number
}

/** What the engine does with the pods of a namespace, for whoever measures: nothing of ours has a hand in its times. */
export class EngineEvents implements AsyncDisposable {
  readonly #process: ChildProcessByStdio<null, Readable, null>
  readonly #events: EngineEvent[] = []

  constructor(namespace: string) {
    const filters = ['type=container', `label=io.kubernetes.pod.namespace=${namespace}`].flatMap(filter => ['--filter', filter])
    this.#process = spawn('docker', ['events', '--format', '{{json .}}', ...filters], { stdio: ['ignore', 'pipe', 'inherit'] })
    createInterface({ input: this.#process.stdout }).on('line', line => this.#events.push(eventOf(JSON.parse(line) as Line)))
  }

  /** In their order. */
  of(pod: string, ...actions: string[]): EngineEvent[] {
    return this.#events.filter(event => event.pod === pod && (actions.length === 0 || actions.includes(event.action)))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise(resolve => this.#process.once('close', resolve))
    this.#process.kill()
    await closed
  }
}

function eventOf({ Action, Actor: { ID, Attributes }, timeNano }: Line): EngineEvent {
  const { signal, exitCode, name = '' } = Attributes
  return {
    at: timeNano / 1e6,
    action: Action,
    pod: Attributes['io.kubernetes.pod.name'] ?? '',
    container: Attributes['io.kubernetes.container.name'] ?? '',
    attempt: Number(name.slice(name.lastIndexOf('_') + 1)),
    id: ID,
    ...(signal === undefined ? {} : { signal: Number(signal) }),
    ...(exitCode === undefined ? {} : { exitCode: Number(exitCode) }),
  }
}
