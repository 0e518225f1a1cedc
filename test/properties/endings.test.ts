import { cronJobs } from './cron-jobs.ts'
import { garbage } from './garbage.ts'
import { holdFor } from './hold.ts'
import { jobs } from './jobs.ts'

holdFor({ scenario: jobs, histories: 1400 }, { scenario: cronJobs, histories: 600 }, { scenario: garbage, histories: 1000 })
