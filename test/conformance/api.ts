import type { Behaviours } from './shown-by.ts'

/** Of the API machinery, auth, kubectl and architecture. */
export const apiBehaviours: Behaviours = {}
