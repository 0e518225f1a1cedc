import { describe, expect, it } from '@jest/globals'
import type { NodeCondition } from '../../api/core/node.ts'
import type { Pressure } from '../eviction/thresholds.ts'
import { conditionEvents, nodeConditions } from './node-conditions.ts'

const now = new Date('2026-01-01T00:00:00Z')
const at = (pressures: readonly Pressure[], previous: readonly NodeCondition[] = [], notReady?: string) =>
  nodeConditions({ pressures, notReady }, { previous, now })
const said = (conditions: readonly NodeCondition[], type: string) => conditions.find(condition => condition.type === type)

describe('the conditions of a node', () => {
  it.each<[Pressure, string, string]>([
    ['MemoryPressure', 'KubeletHasInsufficientMemory', 'kubelet has insufficient memory available'],
    ['DiskPressure', 'KubeletHasDiskPressure', 'kubelet has disk pressure'],
    ['PIDPressure', 'KubeletHasInsufficientPID', 'kubelet has insufficient PID available'],
  ])('%s', (type, reason, message) => {
    expect(said(at([type]), type)).toMatchObject({ status: 'True', reason, message })
    expect(
      at([type])
        .filter(({ type: other, status }) => other !== type && status === 'True')
        .map(({ type }) => type),
    ).toEqual(['Ready'])
  })
  it('are announced when they change, and for a new node all but Ready', () => {
    expect(conditionEvents([], at([]))).toEqual(['NodeHasSufficientMemory', 'NodeHasNoDiskPressure', 'NodeHasSufficientPID'])
    expect(conditionEvents(at([]), at([]))).toEqual([])
    expect(conditionEvents(at([]), at(['MemoryPressure']))).toEqual(['NodeHasInsufficientMemory'])
    expect(conditionEvents(at(['DiskPressure']), at([]))).toEqual(['NodeHasNoDiskPressure'])
    expect(conditionEvents(at([]), at([], [], 'node is shutting down'))).toEqual(['NodeNotReady'])
    expect(conditionEvents(at([], [], 'starting'), at([]))).toEqual(['NodeReady'])
  })
})
