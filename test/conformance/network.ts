import type { Behaviours } from './shown-by.ts'

/** Of Services, DNS, Ingress and what belongs to them. */
export const networkBehaviours: Behaviours = {}
