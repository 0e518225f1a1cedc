import { others } from './others.ts'
import { pods } from './pods.ts'
import type { RuleCase } from './rule-case.ts'

export const ruleCases: Readonly<Record<string, readonly RuleCase[]>> = { pods, others }
