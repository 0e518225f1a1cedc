import { garbage } from './garbage.ts'
import { holdFor } from './hold.ts'
import { jobs } from './jobs.ts'

holdFor({ scenario: jobs, histories: 1500 }, { scenario: garbage, histories: 1000 })
