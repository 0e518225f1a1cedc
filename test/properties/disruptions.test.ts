import { autoscalers } from './autoscalers.ts'
import { budgets } from './budgets.ts'
import { holdFor } from './hold.ts'
import { nodeLife } from './node-life.ts'

holdFor({ scenario: budgets, histories: 500 }, { scenario: nodeLife, histories: 500 }, { scenario: autoscalers, histories: 300 })
