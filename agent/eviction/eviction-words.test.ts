import { describe, expect, it } from '@jest/globals'
import type { Pod } from '../../api/core/pod.ts'
import { admitUnderPressure } from './admit-under-pressure.ts'
import { evictionReport } from './eviction-message.ts'
import { exceededLimit, limitsLocalStorage } from './local-storage.ts'
import type { PodUsage } from './pod-usage.ts'
import { parseThresholds, type Pressure } from './thresholds.ts'

const Mi = 2 ** 20
const podOf = (spec: object, metadata: object = {}): Pod =>
  ({ metadata: { name: 'p', uid: 'u', ...metadata }, spec: { containers: [], ...spec } }) as unknown as Pod
const thresholds = parseThresholds({
  hard: { 'memory.available': '100Mi', 'nodefs.available': '10%' },
  soft: {},
  softGracePeriod: {},
  minimumReclaim: {},
})
const observations = {
  'memory.available': { available: 60 * Mi, capacity: 512 * Mi },
  'nodefs.available': { available: 5000, capacity: 100_000 },
}

describe('what an evicted pod is told', () => {
  const pod = podOf({
    containers: [
      { name: 'a', resources: { requests: { memory: '64Mi' } } },
      { name: 'b', resources: { requests: { memory: '64Mi' } } },
    ],
  })
  const usage: PodUsage = {
    containers: [
      { name: 'a', workingSetBytes: 200 * Mi, rootfsBytes: 2048 },
      { name: 'b', workingSetBytes: 10 * Mi, rootfsBytes: 0 },
    ],
    volumes: new Map(),
  }

  it('names the containers that use more memory than they requested', () => {
    expect(evictionReport(pod, usage, { resource: 'memory', thresholds, observations })).toEqual({
      message:
        'The node was low on resource: memory. Threshold quantity: 100Mi, available: 60Mi. Container a was using 200Mi, request is 64Mi, has larger consumption of memory. ',
      annotations: { offending_containers: 'a', offending_containers_usage: '200Mi', starved_resource: 'memory' },
    })
  })
  it('counts the disk in bytes', () => {
    expect(evictionReport(pod, usage, { resource: 'ephemeral-storage', thresholds, observations }).message).toBe(
      'The node was low on resource: ephemeral-storage. Threshold quantity: 10000, available: 5000. Container a was using 2Ki, request is 0, has larger consumption of ephemeral-storage. ',
    )
  })
  it('says no more than it knows', () => {
    expect(evictionReport(pod, undefined, { resource: 'memory', thresholds, observations: {} }).message).toBe(
      'The node was low on resource: memory. ',
    )
  })
})

describe('limits on local storage', () => {
  const used = (container: number, volume = 0): PodUsage => ({
    containers: [{ name: 'c', rootfsBytes: container }],
    volumes: new Map([['v', volume]]),
  })
  const limits = (storage: string) => ({ resources: { limits: { 'ephemeral-storage': storage } } })
  const emptyDir = (value: object) => podOf({ volumes: [{ name: 'v', emptyDir: value }] })

  it.each<[string, Pod, PodUsage, string | undefined]>([
    ['an emptyDir within its limit', emptyDir({ sizeLimit: '1Mi' }), used(0, Mi), undefined],
    [
      'an emptyDir beyond its limit',
      emptyDir({ sizeLimit: '1Mi' }),
      used(0, Mi + 1),
      'Usage of EmptyDir volume "v" exceeds the limit "1Mi". ',
    ],
    ['an emptyDir in memory', emptyDir({ sizeLimit: '1Mi', medium: 'Memory' }), used(0, 2 * Mi), undefined],
    [
      'a pod beyond the limits of its containers together',
      podOf({ containers: [{ name: 'c', ...limits('1Mi') }] }),
      used(Mi, 1),
      'Pod ephemeral local storage usage exceeds the total limit of containers 1Mi. ',
    ],
    [
      'a container beyond its own limit',
      podOf({
        containers: [
          { name: 'c', ...limits('1Mi') },
          { name: 'd', ...limits('5Mi') },
        ],
      }),
      used(2 * Mi),
      'Container c exceeded its local ephemeral storage limit "1Mi". ',
    ],
  ])('%s', (_, pod, usage, message) => {
    expect(exceededLimit(pod, usage)).toBe(message)
  })
  it('are looked for before anything is measured', () => {
    expect(limitsLocalStorage(podOf({}))).toBe(false)
    expect(limitsLocalStorage(emptyDir({ sizeLimit: '1Mi' }))).toBe(true)
  })
})

describe('admission under pressure', () => {
  const bestEffort = podOf({})
  const burstable = podOf({ containers: [{ name: 'c', resources: { requests: { memory: '1Mi' } } }] })
  const tolerant = podOf({ tolerations: [{ key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' }] })
  const critical = podOf({ priority: 2_000_000_000 })
  const fixed = podOf({}, { annotations: { 'kubernetes.io/config.source': 'file' } })
  const memory: Pressure[] = ['MemoryPressure']

  it.each<[string, Pod, Pressure[], string | undefined]>([
    ['lets everything in without pressure', bestEffort, [], undefined],
    ['keeps BestEffort pods out of a node short of memory', bestEffort, memory, 'The node had condition: [MemoryPressure]. '],
    ['lets in who said what it needs', burstable, memory, undefined],
    ['lets in who tolerates it', tolerant, memory, undefined],
    ['keeps everybody out of a node with a full disk', burstable, ['DiskPressure'], 'The node had condition: [DiskPressure]. '],
    [
      'and who tolerates only the other',
      tolerant,
      ['MemoryPressure', 'DiskPressure'],
      'The node had condition: [MemoryPressure DiskPressure]. ',
    ],
    ['but critical pods', critical, ['DiskPressure'], undefined],
    ['and static ones', fixed, ['DiskPressure'], undefined],
  ])('%s', (_, pod, pressures, message) => {
    expect(admitUnderPressure(pod, pressures)?.message).toBe(message)
  })
})
