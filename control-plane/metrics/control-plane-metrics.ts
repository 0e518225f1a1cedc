import { readdirSync } from 'node:fs'
import { kubernetesVersion } from '../../common/version.ts'
import { RequestMetrics } from './request-metrics.ts'
import { Asked, exposition, type Family } from './series.ts'

/** A priority level, as it is counted. */
interface Level {
  readonly name: string
  readonly executing: number
  readonly waiting: number
  readonly dispatched: number
  readonly rejected: Readonly<Record<string, number>>
  readonly seats: { readonly nominal: number }
}

/** What has been written down of requests. */
interface Audited {
  readonly events: number
  /** Events that could not be written. */
  readonly lost: number
  /** By level. */
  readonly requests: Iterable<readonly [level: string, count: number]>
}

export interface Sources {
  readonly levels: () => Iterable<Level>
  /** How many objects of each kind are stored, by `plural.group`. */
  readonly objects: () => Iterable<readonly [resource: string, count: number]>
  /** Absent: nothing is written down. */
  readonly audit?: () => Audited
  readonly components?: readonly Family[]
}

/** Everything that the control plane tells about itself; what is not a request is only counted when somebody asks. */
export class ControlPlaneMetrics {
  readonly requests = new RequestMetrics()
  readonly #families: readonly Family[]

  constructor({ levels, objects, audit, components = [] }: Sources) {
    const byLevel = (name: string, help: string, value: (level: Level) => number) =>
      new Asked(name, {
        help,
        type: typeOf(name),
        values: () => [...levels()].map(level => [{ priority_level: level.name }, value(level)] as const),
      })
    this.#families = [
      ...this.requests.families,
      ...processFamilies(),
      ...components,
      ...(audit ? auditFamilies(audit) : []),
      byLevel(
        'apiserver_flowcontrol_current_executing_requests',
        'Requests of a priority level that are served.',
        level => level.executing,
      ),
      byLevel('apiserver_flowcontrol_current_inqueue_requests', 'Requests of a priority level that wait.', level => level.waiting),
      byLevel('apiserver_flowcontrol_nominal_limit_seats', 'Seats of a priority level by its shares.', ({ seats }) => seats.nominal),
      byLevel('apiserver_flowcontrol_dispatched_requests_total', 'Requests that got a seat.', level => level.dispatched),
      new Asked('apiserver_flowcontrol_rejected_requests_total', {
        help: 'Requests that were refused, and why.',
        type: 'counter',
        values: () =>
          [...levels()].flatMap(({ name, rejected }) =>
            Object.entries(rejected).map(([reason, count]) => [{ priority_level: name, reason }, count] as const),
          ),
      }),
      new Asked('apiserver_storage_objects', {
        help: 'Objects stored, by resource.',
        values: () => [...objects()].map(([resource, count]) => [{ resource }, count] as const),
      }),
    ]
  }
  text(): string {
    return exposition(this.#families)
  }
}

const typeOf = (name: string): 'counter' | 'gauge' => (name.endsWith('_total') ? 'counter' : 'gauge')

function auditFamilies(audit: () => Audited): Family[] {
  const counter = (name: string, help: string, values: ConstructorParameters<typeof Asked>[1]['values']) =>
    new Asked(`apiserver_audit_${name}`, { help, type: 'counter', values })
  return [
    counter('event_total', 'Audit events that there were.', () => [[{}, audit().events]]),
    counter('error_total', 'Audit events that could not be written, by what should have written them.', () => [
      [{ plugin: 'log' }, audit().lost],
    ]),
    counter('level_total', 'Requests, by the level at which the audit policy has them written down.', () =>
      Array.from(audit().requests, ([level, count]) => [{ level }, count] as const),
    ),
    counter('requests_rejected_total', 'Requests that were refused because they could not be written down; there are none.', () => [
      [{}, 0],
    ]),
  ]
}

function processFamilies(): Family[] {
  const one = (name: string, help: string, value: () => number) =>
    new Asked(name, { help, type: typeOf(name), values: () => [[{}, value()]] })
  const startedAt = Date.now() / 1000 - process.uptime()
  return [
    one('process_cpu_seconds_total', 'Total user and system CPU time spent in seconds.', cpuSeconds),
    one('process_resident_memory_bytes', 'Resident memory size in bytes.', () => process.memoryUsage.rss()),
    one('process_start_time_seconds', 'Start time of the process since unix epoch in seconds.', () => startedAt),
    new Asked('process_open_fds', { help: 'Number of open file descriptors.', values: openDescriptors }),
    new Asked('kubernetes_build_info', {
      help: 'The version of the API; always 1.',
      values: () => [[{ git_version: kubernetesVersion }, 1]],
    }),
  ]
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

/** Only Linux says. */
const openDescriptors = (): [Record<string, string>, number][] =>
  process.platform === 'linux' ? [[{}, readdirSync('/proc/self/fd').length]] : []
