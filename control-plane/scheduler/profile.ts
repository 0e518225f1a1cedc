import type { Plugin } from './plugin.ts'
import { plugins } from './plugins/index.ts'

/** How many nodes preemption looks at before it chooses: a share of them, and at least so many. */
export interface PreemptionLimits {
  readonly minCandidateNodesPercentage: number
  readonly minCandidateNodesAbsolute: number
}

/** The rules by which the pods of one `schedulerName` are placed (upstream's profile, as its framework runs it). */
export interface Profile {
  readonly schedulerName: string
  /** In the order in which they judge; each has only what it is to be used for. */
  readonly rules: readonly Plugin[]
  /** Undefined: nobody is evicted for these pods. */
  readonly preemption: PreemptionLimits | undefined
  /** 0: by the number of nodes. */
  readonly percentageOfNodesToScore: number
  /** How long the volumes of a pod may take to be bound. */
  readonly bindTimeoutSeconds: number
  /** The rules whose BindingStep is taken. */
  readonly steps: ReadonlySet<string>
}

export const defaultPreemption: PreemptionLimits = { minCandidateNodesPercentage: 10, minCandidateNodesAbsolute: 100 }

/** The profile of a scheduler that nobody has configured. */
export const defaultProfile: Profile = {
  schedulerName: 'default-scheduler',
  rules: plugins,
  preemption: defaultPreemption,
  percentageOfNodesToScore: 0,
  bindTimeoutSeconds: 600,
  steps: new Set(plugins.map(({ name }) => name)),
}
