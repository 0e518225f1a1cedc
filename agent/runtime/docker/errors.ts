import { RuntimeError, type RuntimeErrorReason } from '../runtime.ts'
import { messageOf } from '../../../common/error-message.ts'

interface EngineError {
  readonly statusCode: number
  readonly message: string
}

/** The client's own words before what the engine said. */
const httpPrefix = /^\(HTTP code \d+\) [\w ]+ - /

const engineError = (error: unknown): EngineError | undefined => {
  if (!(error instanceof Error) || !('statusCode' in error) || typeof error.statusCode !== 'number') return undefined
  const json: unknown = 'json' in error ? error.json : undefined
  const said = typeof json === 'object' && json !== null && 'message' in json ? json.message : undefined
  return { statusCode: error.statusCode, message: typeof said === 'string' ? said.trim() : error.message.replace(httpPrefix, '').trim() }
}

/** 304: what was asked for is so already. */
export const isUnchanged = (error: unknown): boolean => engineError(error)?.statusCode === 304
export const isMissing = (error: unknown): boolean => engineError(error)?.statusCode === 404
export const isConflict = (error: unknown): boolean => engineError(error)?.statusCode === 409

const unreachable = new Set(['ECONNREFUSED', 'ENOENT', 'ECONNRESET', 'EPIPE', 'EACCES', 'ETIMEDOUT', 'ENOTFOUND'])
const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? error.code : undefined)

function reasonOf({ statusCode, message }: EngineError): RuntimeErrorReason {
  if (statusCode === 404 && /no such image/i.test(message)) return 'ImageNotFound'
  if (statusCode === 404) return 'NotFound'
  if (statusCode === 409) return 'Conflict'
  if (/bind source path does not exist/i.test(message)) return 'HostPathMissing'
  if (/invalid reference format/i.test(message)) return 'InvalidImageName'
  return 'Unknown'
}

/** What Docker said, in the runtime's own words; the only place that reads its status codes. */
export function toRuntimeError(error: unknown): RuntimeError {
  if (error instanceof RuntimeError) return error
  const known = engineError(error)
  if (known) return new RuntimeError(reasonOf(known), known.message, { cause: error })
  const message = messageOf(error)
  const code = codeOf(error)
  const reason = typeof code === 'string' && unreachable.has(code) ? 'Unavailable' : 'Unknown'
  return new RuntimeError(reason, message, { cause: error })
}

/** An error of `start`: anything but a missing container means that the process could not be started. */
export function toStartError(error: unknown): RuntimeError {
  const translated = toRuntimeError(error)
  if (translated.reason === 'NotFound' && !/no such file|not found/i.test(translated.message.replace(/^no such container.*/i, '')))
    return translated
  if (translated.reason === 'Unavailable') return translated
  return new RuntimeError('StartFailed', startMessage(translated.message), { cause: error })
}

/** What every failure to start a process begins with. */
export const runcFailed =
  'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process'

/** Why a process could not be started, worded as by containerd, on which Docker runs: its kubelet is what people search for. */
export const startMessage = (message: string): string =>
  message.replace(/^failed to create shim task: /, 'failed to create containerd task: $&').replace(/: unknown$/, '')

/** Runs an engine call; its error comes out as a RuntimeError. */
export async function translated<T>(call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (error) {
    throw toRuntimeError(error)
  }
}

/** Runs an engine call for which "it is so already" and "it is gone" are as good as done. */
export async function settled(call: Promise<unknown>): Promise<void> {
  try {
    await call
  } catch (error) {
    if (isUnchanged(error) || isMissing(error)) return
    throw toRuntimeError(error)
  }
}

/** For a path of the agent's own that need not be there. */
export function ifMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
