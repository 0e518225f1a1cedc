import type { Pod } from '../../api/core/pod.ts'
import type { Client } from '../../client/client.ts'
import { EventRecorder } from '../../client/event-recorder.ts'
import type { Logger } from '../../common/log.ts'
import { BindingCycle } from './binding-cycle.ts'
import type { BindingStep } from './binding-step.ts'
import type { ClusterEvent } from './cluster-event.ts'
import { FailureReporter } from './failure-reporter.ts'
import type { Cluster, Plugin } from './plugin.ts'
import { Preemptor } from './preemptor.ts'
import type { Profile } from './profile.ts'
import type { Slots } from './slots.ts'
import { Verdicts } from './verdicts.ts'

export interface FrameworkOptions {
  readonly client: Client
  readonly log: Logger
  readonly profile: Profile
  /** Those of all rules; the profile says which of them are taken. */
  readonly steps: readonly BindingStep[]
  readonly writes: Slots
}

/** A profile with everything that acts for it, under its name. */
export class Framework {
  readonly profile: Profile
  readonly events: EventRecorder
  readonly cycle: BindingCycle
  readonly reporter: FailureReporter
  readonly preemptor: Preemptor
  readonly verdicts = new Verdicts()
  /** A rule that is used for several things is there once for each of them. */
  readonly #hints: ReadonlyMap<string, NonNullable<Plugin['helps']>>

  constructor({ client, log, profile, steps, writes }: FrameworkOptions) {
    this.profile = profile
    this.events = new EventRecorder({ client, component: profile.schedulerName, style: 'series', log })
    this.cycle = new BindingCycle({ client, steps: steps.filter(({ name }) => profile.steps.has(name)), writes })
    this.reporter = new FailureReporter({ client, events: this.events, log })
    this.preemptor = new Preemptor({ client, events: this.events })
    this.#hints = new Map(profile.rules.flatMap(({ name, helps }) => (helps ? [[name, helps]] : [])))
  }

  /** Whether a rule wants the pod to wait before anybody looks at it. */
  isGated(pod: Pod): boolean {
    return this.profile.rules.some(({ preEnqueue }) => preEnqueue?.(pod) !== undefined)
  }

  /** Whether what happened could help a pod that these rules refused. One that no rule refused takes every chance. */
  helps(pod: Pod, { refusedBy, event, cluster }: { refusedBy: ReadonlySet<string>; event: ClusterEvent; cluster: Cluster }): boolean {
    if (refusedBy.size === 0) return true
    return [...refusedBy].some(name => this.#hints.get(name)?.(pod, event, cluster) ?? true)
  }
}
