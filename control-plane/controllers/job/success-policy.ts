import type { SuccessPolicy } from '../../../api/batch/job-spec.ts'
import { countCommon, countRanges, parseRanges, type IndexRanges } from './index-ranges.ts'

/** Which rule of the policy holds, in the words of the condition; undefined while none does (upstream's matchSuccessPolicy). */
export function metSuccessRule(policy: SuccessPolicy | undefined, succeeded: IndexRanges, completions: number): string | undefined {
  if (!policy || succeeded.length === 0) return undefined
  const index = policy.rules.findIndex(({ succeededIndexes, succeededCount }) => {
    if (succeededIndexes === undefined) return succeededCount !== undefined && countRanges(succeeded) >= succeededCount
    const wanted = parseRanges(succeededIndexes, completions)
    if (wanted.length === 0) return false
    const met = countCommon(wanted, succeeded)
    return met === countRanges(wanted) || (succeededCount !== undefined && met >= succeededCount)
  })
  return index < 0 ? undefined : `Matched rules at index ${index}`
}
