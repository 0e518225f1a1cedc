import type { MatchCondition } from '../../../../api/admissionregistration/rules.ts'
import { messageOf } from '../../../../common/error-message.ts'
import type { Programs } from './programs.ts'

export type MatchVerdict = 'matches' | 'differs' | { readonly error: string }

/** Whether all conditions hold. One that does not decides, even where others have no value; upstream's matchconditions. */
export function checkMatchConditions(
  conditions: readonly MatchCondition[],
  values: Readonly<Record<string, unknown>>,
  programs: Programs,
): MatchVerdict {
  const errors: string[] = []
  for (const { expression } of conditions) {
    try {
      if (programs.get(expression, Object.keys(values)).evaluate(values) === false) return 'differs'
    } catch (error) {
      errors.push(`expression '${expression}' resulted in error: ${messageOf(error)}`)
    }
  }
  if (errors.length === 0) return 'matches'
  return { error: errors.length === 1 ? (errors[0] ?? '') : `[${errors.join(', ')}]` }
}
