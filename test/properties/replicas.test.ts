import { deployments } from './deployments.ts'
import { holdFor } from './hold.ts'
import { replicaSets } from './replica-sets.ts'

holdFor({ scenario: replicaSets, histories: 2000 }, { scenario: deployments, histories: 700 })
