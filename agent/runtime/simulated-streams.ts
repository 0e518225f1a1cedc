import { once } from 'node:events'
import { Duplex, type Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import type { AttachOptions, ExecOptions, ExecSession, LogLine, LogOptions } from './runtime.ts'
import type { SimulatedContainer } from './simulated-container.ts'

export function simulatedExec({ behaviour }: SimulatedContainer, options: ExecOptions): ExecSession {
  const stop = new AbortController()
  const run = async (): Promise<number> => {
    const input = options.stdin ? await text(options.stdin) : ''
    const answer = behaviour.exec?.(options.command, input) ?? { exitCode: 0 }
    if (answer.afterMs) await delay(answer.afterMs, undefined, { signal: stop.signal })
    if (answer.stdout) options.stdout?.write(answer.stdout)
    const errors = options.tty ? options.stdout : options.stderr
    if (answer.stderr) errors?.write(answer.stderr)
    return answer.exitCode
  }
  return { exit: run(), resize: () => Promise.resolve(), close: () => stop.abort() }
}

async function text(source: Readable): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of source) chunks.push(Buffer.from(chunk as Buffer))
  return Buffer.concat(chunks).toString()
}

/** Output from now on; input comes back as output, as from `cat`. */
export function simulatedAttach(container: SimulatedContainer, options: AttachOptions): ExecSession {
  const stop = new AbortController()
  options.stdin?.on('data', (chunk: Buffer) => container.write('stdout', chunk.toString()))
  const run = async (): Promise<number> => {
    const from = new Date()
    for await (const line of simulatedLogs(container, { follow: true, sinceTime: from, signal: stop.signal })) {
      const target = line.stream === 'stderr' && !options.tty ? options.stderr : options.stdout
      target?.write(line.text)
    }
    return container.observed.exitCode ?? 0
  }
  return { exit: run(), resize: () => Promise.resolve(), close: () => stop.abort() }
}

export async function* simulatedLogs(container: SimulatedContainer, options: LogOptions): AsyncGenerator<LogLine> {
  const since = options.sinceTime?.toISOString() ?? ''
  const start = container.lines.filter(line => line.time >= since)
  let next = container.lines.length
  yield* options.tailLines === undefined ? start : start.slice(Math.max(0, start.length - options.tailLines))
  while (options.follow && !options.signal.aborted) {
    yield* container.lines.slice(next)
    next = container.lines.length
    if (container.observed.state === 'exited') return
    if (!(await changed(container, options.signal))) return
  }
}

async function changed({ changes }: SimulatedContainer, signal: AbortSignal): Promise<boolean> {
  const stop = new AbortController()
  const either = AbortSignal.any([signal, stop.signal])
  try {
    await Promise.race([once(changes, 'line', { signal: either }), once(changes, 'end', { signal: either })])
    return true
  } catch (error) {
    if (signal.aborted) return false
    throw error
  } finally {
    stop.abort()
  }
}

/** A connection that answers each piece it gets; or says something at once, closes, and ignores what it gets. */
export function simulatedConnection(answer: ((input: Buffer) => Buffer) | Buffer): Duplex {
  const connection = new Duplex({
    allowHalfOpen: true,
    read: () => undefined,
    write(chunk: Buffer, _encoding, callback) {
      if (typeof answer === 'function') this.push(answer(chunk))
      callback()
    },
    final(callback) {
      if (typeof answer === 'function') this.push(null)
      callback()
    },
  })
  if (typeof answer !== 'function') for (const piece of [answer, null]) connection.push(piece)
  return connection
}
