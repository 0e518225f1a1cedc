import type { ContainerConfig } from './runtime.ts'

/** What a simulated container does once it is started. By default it runs until it is stopped. */
export interface Behaviour {
  /** Ends by itself with `code`, `afterMs` after its start (default 0). */
  readonly exit?: { readonly code: number; readonly afterMs?: number; readonly oomKilled?: boolean }
  /** Cannot be started; the runtime's words. */
  readonly startError?: string
  /** Does not end on a stop signal: has to be killed after the grace period. */
  readonly ignoresStop?: boolean
  /** Written at its start. */
  readonly output?: readonly { readonly stream: 'stdout' | 'stderr'; readonly text: string }[]
  /** Answers a command; default: exit code 0 without output. `input` is what came through standard input. */
  readonly exec?: (command: readonly string[], input: string) => ExecAnswer
  /** Answers a connection to a port: what comes back for what was sent, or what is said at once before it is closed. Absent: refused. */
  readonly listens?: Readonly<Record<number, ((input: Buffer) => Buffer) | Buffer>>
  /** What it uses while it runs. */
  readonly uses?: { readonly memoryBytes?: number; readonly processes?: number; readonly writtenBytes?: number }
  /** Files of the container by path. */
  readonly files?: Readonly<Record<string, string>>
}

export interface ExecAnswer {
  readonly exitCode: number
  readonly stdout?: string
  readonly stderr?: string
  /** The command takes this long. */
  readonly afterMs?: number
}

export type Script = (config: ContainerConfig) => Behaviour | undefined

/** What a simulated registry says of an image: how long a pull takes and how it ends. Images without a word are there at once. */
export interface SimulatedImage {
  readonly pullMs?: number
  /** How many steps of progress a pull makes in its time; default 10. With 0 it is silent until it ends. */
  readonly steps?: number
  readonly error?: 'ImageNotFound' | 'RegistryUnavailable' | 'Unauthorized'
  /** Who may pull it; default: everyone. */
  readonly login?: { readonly username: string; readonly password: string }
  readonly user?: string
  readonly sizeBytes?: number
}
