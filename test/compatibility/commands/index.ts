import { creating } from './creating.ts'
import { devices } from './devices.ts'
import { files } from './files.ts'
import { further } from './further.ts'
import { nodes } from './nodes.ts'
import { offline } from './offline.ts'
import { pods } from './pods.ts'
import { reading } from './reading.ts'
import type { Scenario } from './row.ts'
import { sets } from './sets.ts'
import { workloads } from './workloads.ts'

/** The longest first: they are begun in this order. */
export const scenarios: readonly Scenario[] = [pods, files, workloads, creating, reading, sets, further, devices, offline, nodes]
