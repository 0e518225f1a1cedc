import type { Behaviours } from './shown-by.ts'

/** Of volumes and storage. */
export const storageBehaviours: Behaviours = {}
