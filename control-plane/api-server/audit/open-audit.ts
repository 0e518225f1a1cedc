import type { Clock } from '../../../common/clock.ts'
import type { Logger } from '../../../common/log.ts'
import { AuditFile, AuditStream, type AuditSink } from './audit-log.ts'
import { PolicyAuditor } from './auditor.ts'
import { readPolicyFile } from './read-policy.ts'

const megabyte = 1024 * 1024

interface Settings {
  readonly policyFile: string
  /** `-` is the standard output. */
  readonly path: string
  /** Days; 0: backups do not age. */
  readonly maxAge: number
  /** 0: all backups are kept. */
  readonly maxBackups: number
  /** Megabytes. */
  readonly maxSize: number
}

export interface Audit {
  readonly auditor: PolicyAuditor
  readonly sink: AuditSink
}

/** Reads the policy and makes the log; throws an Error when the policy is none. */
export async function openAudit(settings: Settings, { clock, log }: { clock: Pick<Clock, 'now'>; log: Logger }): Promise<Audit> {
  const policy = await readPolicyFile(settings.policyFile)
  const { path, maxAge, maxBackups, maxSize } = settings
  const sink =
    path === '-' ? new AuditStream(process.stdout) : new AuditFile({ path, maxAge, maxBackups, maxSize: maxSize * megabyte, clock, log })
  return { auditor: new PolicyAuditor({ policy, sink, clock }), sink }
}
