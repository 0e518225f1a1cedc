import { describe, expect, it } from '@jest/globals'
import { nodeStatus, sameNodeStatus, type NodeFacts } from './node-object.ts'

const facts: NodeFacts = {
  name: 'node-1',
  address: '172.30.0.2',
  kubeletPort: 10250,
  cpus: 2,
  memoryBytes: 1024 * 1024 * 1024,
  storageBytes: 100 * 1024 * 1024,
  pods: 110,
  extendedResources: { 'example.com/gpu': '1' },
  labels: {},
  taints: [],
  machine: {
    machineId: 'm',
    bootId: 'b',
    kernelVersion: '6.1',
    osImage: 'Debian',
    operatingSystem: 'linux',
    architecture: 'amd64',
    containerRuntimeVersion: 'docker://20.10',
  },
}
const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds))
const ready = { notReady: undefined, images: [] }
const condition = (status: ReturnType<typeof nodeStatus>, type: string) => status.conditions?.find(condition => condition.type === type)

describe('nodeStatus', () => {
  it('keeps memory for eviction from what pods may have', () => {
    const status = nodeStatus(facts, ready, { previous: [], now: at(0) })
    expect(status.capacity).toMatchObject({ cpu: '2', memory: '1048576Ki', pods: '110', 'example.com/gpu': '1' })
    expect(status.allocatable).toMatchObject({ memory: '946176Ki', 'example.com/gpu': '1' })
  })

  it('is not ready, with the reason, until the node can run pods', () => {
    const status = nodeStatus(facts, { notReady: 'the pod network is not there yet', images: [] }, { previous: [], now: at(0) })
    expect(condition(status, 'Ready')).toMatchObject({
      status: 'False',
      reason: 'KubeletNotReady',
      message: 'the pod network is not there yet',
    })
  })

  it('moves the transition time only when a condition changes', () => {
    const first = nodeStatus(facts, { notReady: 'starting', images: [] }, { previous: [], now: at(0) })
    const second = nodeStatus(facts, ready, { previous: first.conditions ?? [], now: at(10) })
    const third = nodeStatus(facts, ready, { previous: second.conditions ?? [], now: at(20) })
    expect(condition(third, 'Ready')).toMatchObject({
      lastTransitionTime: '2026-01-01T00:00:10Z',
      lastHeartbeatTime: '2026-01-01T00:00:20Z',
    })
    expect(condition(third, 'DiskPressure')).toMatchObject({ lastTransitionTime: '2026-01-01T00:00:00Z' })
  })
})

describe('sameNodeStatus', () => {
  it('overlooks heartbeats, and nothing else', () => {
    const first = nodeStatus(facts, ready, { previous: [], now: at(0) })
    const later = nodeStatus(facts, ready, { previous: first.conditions ?? [], now: at(30) })
    expect(sameNodeStatus(first, later)).toBe(true)
    expect(sameNodeStatus(first, nodeStatus({ ...facts, cpus: 4 }, ready, { previous: first.conditions ?? [], now: at(30) }))).toBe(false)
  })
})
