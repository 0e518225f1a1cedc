import { defaultProfile, type Profile } from '../profile.ts'

/** What can be said about a scheduler as a whole. */
export interface SchedulerConfiguration {
  readonly profiles: readonly Profile[]
  readonly podInitialBackoffSeconds: number
  readonly podMaxBackoffSeconds: number
}

/** One profile with all rules. */
export const defaultConfiguration: SchedulerConfiguration = {
  profiles: [defaultProfile],
  podInitialBackoffSeconds: 1,
  podMaxBackoffSeconds: 10,
}
