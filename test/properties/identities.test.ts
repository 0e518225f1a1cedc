import { daemonSets } from './daemon-sets.ts'
import { holdFor } from './hold.ts'
import { statefulSets } from './stateful-sets.ts'

holdFor({ scenario: statefulSets, histories: 1500 }, { scenario: daemonSets, histories: 2000 })
