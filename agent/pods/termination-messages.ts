import type { Runtime, ObservedContainer, ObservedPod } from '../runtime/runtime.ts'
import { containerNotes, hasEnded } from '../status/container-status.ts'

const maxBytes = 4096
const maxLogBytes = 2048
const maxLogLines = 80

/** The last messages of containers that have ended; each is read once. */
export class TerminationMessages {
  readonly #messages = new Map<string, string>()
  readonly #runtime: Pick<Runtime, 'readFile' | 'logs'>

  constructor(runtime: Pick<Runtime, 'readFile' | 'logs'>) {
    this.#runtime = runtime
  }

  get(containerId: string): string | undefined {
    return this.#messages.get(containerId) || undefined
  }

  /** Reads the messages of containers that ended since; forgets those of containers that are gone. */
  async collect({ containers }: ObservedPod): Promise<void> {
    const ended = containers.filter(container => hasEnded(container) && container.state === 'exited' && !this.#messages.has(container.id))
    await Promise.all(ended.map(async container => this.#messages.set(container.id, await this.#read(container))))
  }

  forget(containerIds: readonly string[]): void {
    for (const id of containerIds) this.#messages.delete(id)
  }

  async #read(container: ObservedContainer): Promise<string> {
    const path = container.annotations[containerNotes.terminationMessagePath]
    const content = path ? await this.#runtime.readFile(container.id, path, maxBytes) : undefined
    const message = content?.toString('utf8') ?? ''
    const policy = container.annotations[containerNotes.terminationMessagePolicy]
    return message === '' && policy === 'FallbackToLogsOnError' && container.exitCode !== 0 ? await this.#logTail(container.id) : message
  }

  async #logTail(id: string): Promise<string> {
    const lines: Buffer[] = []
    for await (const { text } of this.#runtime.logs(id, { follow: false, tailLines: maxLogLines, signal: new AbortController().signal }))
      lines.push(text)
    return Buffer.concat(lines).subarray(-maxLogBytes).toString('utf8')
  }
}
