import type { Behaviours } from './shown-by.ts'

/** Of pods and nodes. */
export const nodeBehaviours: Behaviours = {}
