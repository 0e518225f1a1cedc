import { describe, expect, it } from '@jest/globals'
import type { ObservedContainer } from '../runtime/runtime.ts'
import { oldAttempts } from './removal.ts'

const attempt = (name: string, attempt: number, state: ObservedContainer['state'] = 'exited') =>
  ({ id: `${name}-${attempt}`, name, attempt, state }) as ObservedContainer
const oldOf = (...containers: ObservedContainer[]) =>
  oldAttempts({ identity: { uid: 'u', name: 'p', namespace: 'n' }, sandboxes: [], containers }).map(({ id }) => id)

describe('oldAttempts', () => {
  it('keeps the current attempt and the one before it', () => {
    expect(oldOf(attempt('c', 3, 'running'), attempt('c', 2), attempt('c', 1), attempt('d', 0))).toEqual(['c-1'])
  })
  it('takes away what is newer than the container that runs', () => {
    expect(oldOf(attempt('c', 1, 'running'), attempt('c', 6), attempt('c', 5), attempt('c', 0))).toEqual(['c-6', 'c-5'])
  })
  it('takes away nothing that runs', () => {
    expect(oldOf(attempt('c', 2, 'running'), attempt('c', 1), attempt('c', 0, 'running'))).toEqual([])
  })
})
