import type { Behaviours } from './shown-by.ts'

/** Of workloads, scheduling and instrumentation. */
export const appsBehaviours: Behaviours = {}
