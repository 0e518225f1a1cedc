import { deployments } from './deployments.ts'
import { holdFor } from './hold.ts'
import { replicaSets } from './replica-sets.ts'

holdFor({ scenario: replicaSets, histories: 3000 }, { scenario: deployments, histories: 1000 })
