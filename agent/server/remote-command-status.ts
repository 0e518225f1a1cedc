import { messageOf } from '../../common/error-message.ts'

/** What ends a command: the Status that the error stream carries. */
export interface CommandStatus {
  readonly metadata: Record<string, never>
  readonly status: 'Success' | 'Failure'
  readonly message?: string
  readonly reason?: string
  readonly details?: { readonly causes: readonly { readonly reason?: string; readonly message: string }[] }
  readonly code?: number
}

export function exitStatus(exitCode: number): CommandStatus {
  if (exitCode === 0) return { metadata: {}, status: 'Success' }
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: exit status ${exitCode}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(exitCode) }] },
  }
}

export function errorStatus(error: unknown, doing: string): CommandStatus {
  const message = `${doing}: ${messageOf(error)}`
  return {
    metadata: {},
    status: 'Failure',
    message: `Internal error occurred: ${message}`,
    reason: 'InternalError',
    details: { causes: [{ message }] },
    code: 500,
  }
}

/** What the error stream says at the end: a Status since v4, before that a sentence, and nothing when all went well. */
export function statusText(status: CommandStatus, protocol: string): string {
  if (/^v[45]\./.test(protocol)) return JSON.stringify(status)
  return status.status === 'Success' ? '' : (status.message ?? '')
}
