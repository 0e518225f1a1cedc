import { describe, expect, it } from '@jest/globals'
import { isConditionTrue, removeCondition, setCondition } from './conditions.ts'

const now = new Date('2026-01-01T00:00:00Z')
const later = new Date('2026-01-01T01:00:00Z')

describe('setCondition', () => {
  const first = setCondition<{ type: string; status: string; reason?: string; lastTransitionTime?: string }>(
    undefined,
    { type: 'Ready', status: 'True' },
    now,
  )

  it('adds what is new', () => {
    expect(first).toEqual([{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' }])
    expect(isConditionTrue(first, 'Ready')).toBe(true)
  })

  it('moves the transition time only when the status changes', () => {
    expect(setCondition(first, { type: 'Ready', status: 'True', reason: 'x' }, later)[0]?.lastTransitionTime).toBe('2026-01-01T00:00:00Z')
    expect(setCondition(first, { type: 'Ready', status: 'False' }, later)[0]?.lastTransitionTime).toBe('2026-01-01T01:00:00Z')
  })

  it('returns the same list when nothing changes', () => {
    expect(setCondition(first, { type: 'Ready', status: 'True' }, later)).toBe(first)
    expect(removeCondition(first, 'Ready')).toEqual([])
  })
})
