import type { Scenario } from '../simulator/history.ts'
import { autoscalers } from './autoscalers.ts'
import { budgets } from './budgets.ts'
import { cronJobs } from './cron-jobs.ts'
import { daemonSets } from './daemon-sets.ts'
import { deployments } from './deployments.ts'
import { garbage } from './garbage.ts'
import { jobs } from './jobs.ts'
import { nodeLife } from './node-life.ts'
import { replicaSets } from './replica-sets.ts'
import { statefulSets } from './stateful-sets.ts'

/** Every controller whose properties are checked. */
export const scenarios: readonly Scenario[] = [
  replicaSets,
  deployments,
  statefulSets,
  daemonSets,
  jobs,
  cronJobs,
  budgets,
  nodeLife,
  autoscalers,
  garbage,
]
