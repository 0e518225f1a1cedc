import type { Status } from '../../../api/errors.ts'
import type { Clock } from '../../../common/clock.ts'
import type { AuditedRequest, Auditor, RequestAudit } from '../interfaces.ts'
import type { AuditSink } from './audit-log.ts'
import { createPolicyEvaluator, type Policy } from './policy.ts'
import { RequestLog } from './request-audit.ts'

interface Options {
  readonly policy: Policy
  readonly sink: AuditSink
  readonly clock: Pick<Clock, 'now'>
}

/** Writes down what a policy wants to know of requests, one line of JSON for each stage; upstream's audit. */
export class PolicyAuditor implements Auditor {
  /** How many events there were; those that could not be written are the sink's to count. */
  events = 0
  /** How many requests there were at each level. */
  readonly requests = new Map<string, number>()
  readonly #evaluate: ReturnType<typeof createPolicyEvaluator>
  readonly #options: Options

  constructor(options: Options) {
    this.#options = options
    this.#evaluate = createPolicyEvaluator(options.policy)
  }
  begin(request: AuditedRequest): RequestAudit | undefined {
    const log = this.#open(request)
    log?.receives()
    return log
  }
  refuse(request: AuditedRequest, status: Status): void {
    const log = this.#open(request)
    log?.answersStatus(status)
    log?.answers(JSON.stringify(status))
    log?.starts(status.code)
  }

  #open(request: AuditedRequest): RequestLog | undefined {
    const config = this.#evaluate(request.user, request.attributes)
    this.requests.set(config.level, (this.requests.get(config.level) ?? 0) + 1)
    if (config.level === 'None') return undefined
    const { clock, sink } = this.#options
    const write = (line: string) => {
      this.events++
      sink.write(line)
    }
    return new RequestLog(request, { config, clock, write })
  }
}
