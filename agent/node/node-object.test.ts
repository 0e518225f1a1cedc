import { describe, expect, it } from '@jest/globals'
import { nodeStatus, nodeStatusPatch, sameNodeStatus, type NodeFacts } from './node-object.ts'

const facts: NodeFacts = {
  name: 'node-1',
  address: '172.30.0.2',
  kubeletPort: 10250,
  cpus: 2,
  memoryBytes: 1024 * 1024 * 1024,
  storageBytes: 100 * 1024 * 1024,
  pods: 110,
  maxImages: 2,
  extendedResources: { 'example.com/gpu': '1' },
  labels: {},
  taints: [],
  schedulable: true,
  providerId: undefined,
  reserved: [{ cpu: '100m', memory: '128Mi' }, { memory: '64Mi' }, { memory: '104857600', 'ephemeral-storage': '10485760' }],
  runtimeHandlers: [{ name: '', recursiveReadOnlyMounts: false, userNamespaces: false }],
  machine: {
    machineId: 'm',
    bootId: 'b',
    swapBytes: 0,
    kernelVersion: '6.1',
    osImage: 'Debian',
    operatingSystem: 'linux',
    architecture: 'amd64',
    containerRuntimeVersion: 'docker://20.10',
  },
}
const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds))
const ready = { notReady: undefined, pressures: [], images: [] }
const condition = (status: ReturnType<typeof nodeStatus>, type: string) => status.conditions?.find(condition => condition.type === type)

describe('nodeStatus', () => {
  it('keeps what is reserved from what pods may have', () => {
    const status = nodeStatus(facts, ready, { previous: [], now: at(0) })
    expect(status.capacity).toMatchObject({ cpu: '2', memory: '1Gi', pods: '110', 'ephemeral-storage': '100Mi', 'example.com/gpu': '1' })
    // 1024 - 128 - 64 - 100 MiB
    expect(status.allocatable).toMatchObject({ cpu: '1900m', memory: '732Mi', 'ephemeral-storage': '90Mi', 'example.com/gpu': '1' })
  })

  it('has nothing left for pods where more is reserved than there is', () => {
    const status = nodeStatus({ ...facts, reserved: [{ memory: '2Gi' }] }, ready, { previous: [], now: at(0) })
    expect(status.allocatable).toMatchObject({ memory: '0' })
  })

  it('lists the largest images, as many as it is to', () => {
    const images = [2, 3, 1].map(sizeBytes => ({ names: [`image-${sizeBytes}`], sizeBytes }))
    const sizes = (maxImages: number) =>
      nodeStatus({ ...facts, maxImages }, { ...ready, images }, { previous: [], now: at(0) }).images?.map(({ sizeBytes }) => sizeBytes)
    expect(sizes(2)).toEqual([3, 2])
    expect(sizes(Infinity)).toEqual([3, 2, 1])
  })

  it('is not ready, with the reason, until the node can run pods', () => {
    const status = nodeStatus(
      facts,
      { notReady: 'the pod network is not there yet', pressures: [], images: [] },
      { previous: [], now: at(0) },
    )
    expect(condition(status, 'Ready')).toMatchObject({
      status: 'False',
      reason: 'KubeletNotReady',
      message: 'the pod network is not there yet',
    })
  })

  it('moves the transition time only when a condition changes', () => {
    const first = nodeStatus(facts, { notReady: 'starting', pressures: [], images: [] }, { previous: [], now: at(0) })
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

describe('nodeStatusPatch', () => {
  it('takes out of what can be allocated what is no longer in the capacity', () => {
    const advertised = { 'example.com/dongle': '3' }
    const before = nodeStatus(facts, ready, { previous: [], capacity: advertised, now: at(0) })
    expect(before.allocatable).toMatchObject(advertised)
    const after = nodeStatus(facts, ready, { previous: [], now: at(10) })
    expect(nodeStatusPatch(before, after)).toEqual({ ...after, allocatable: { ...after.allocatable, 'example.com/dongle': null } })
    expect(nodeStatusPatch(after, after)).toEqual(after)
  })
})
