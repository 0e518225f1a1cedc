import type { Taint, Toleration } from './core/affinity.ts'

/** Whether a toleration covers a taint: an empty effect matches all effects, an empty key with Exists all keys. */
export function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false
  if (toleration.key && toleration.key !== taint.key) return false
  const operator = toleration.operator || 'Equal'
  if (operator === 'Exists') return true
  if (operator === 'Equal') return (toleration.key ?? '') === taint.key && (toleration.value ?? '') === (taint.value ?? '')
  return compares(operator, taint.value, toleration.value)
}

function compares(operator: string, taint: string | undefined, bound: string | undefined): boolean {
  if (!/^-?\d+$/.test(taint ?? '') || !/^-?\d+$/.test(bound ?? '')) return false
  if (operator === 'Gt') return Number(taint) > Number(bound)
  return operator === 'Lt' && Number(taint) < Number(bound)
}

export const toleratesTaint = (tolerations: readonly Toleration[] | undefined, taint: Taint): boolean =>
  tolerations?.some(toleration => tolerates(toleration, taint)) ?? false
