import { describe, expect, it } from '@jest/globals'
import type { Pod } from '../../api/core/pod.ts'
import { systemClock } from '../../common/clock.ts'
import { silentLogger } from '../../common/log.ts'
import { EvictionManager, type Eviction } from './eviction-manager.ts'
import { PodMeter } from './pod-meter.ts'
import { parseThresholds, type Observations, type Pressure } from './thresholds.ts'

const pod = (name: string, more: object = {}): Pod =>
  ({ metadata: { name, uid: name }, spec: { containers: [{ name: 'c' }], terminationGracePeriodSeconds: 30, ...more } }) as unknown as Pod
const stats = (workingSetBytes: number) => ({
  ...{ name: 'c', id: 'id', image: 'i', cpuNanoseconds: 0, memoryBytes: 0, workingSetBytes, rssBytes: 0 },
  ...{ pageFaults: 0, majorPageFaults: 0, processes: 1, time: '' },
})

interface Situation {
  readonly pods: readonly Pod[]
  readonly memory?: Readonly<Record<string, number>>
  readonly hard?: Readonly<Record<string, string>>
  readonly soft?: Readonly<Record<string, string>>
  /** The machine, as each look finds it. */
  readonly machine?: readonly Observations[]
  readonly stopping?: readonly string[]
}

function setUp({ pods, memory = {}, hard = {}, soft = {}, machine = [{}], stopping = [] }: Situation) {
  const evicted: [string, Eviction][] = []
  const told: { pressures: readonly Pressure[]; warnings: string[]; reclaimed: number } = { pressures: [], warnings: [], reclaimed: 0 }
  const softGracePeriod = Object.fromEntries(Object.keys(soft).map(signal => [signal, '1ms']))
  const looks = [...machine]
  const manager = new EvictionManager({
    config: {
      thresholds: parseThresholds({ hard, soft, softGracePeriod, minimumReclaim: {} }),
      pressureTransitionPeriodMs: 60_000,
      maxPodGracePeriodSeconds: 10,
      monitoringPeriodMs: 1000,
      memory: { capacityBytes: 1000, reservedBytes: 0 },
    },
    observeMachine: async () => (looks.length > 1 ? looks.shift() : looks[0]) ?? {},
    meter: new PodMeter({
      runtime: { stats: async uid => ({ containers: [stats(memory[uid] ?? 0)], interfaces: [] }), writtenBytes: async () => [] },
      volumeUsage: async () => new Map([['v', 2_000_000]]),
    }),
    pods: {
      active: () => pods,
      isStopping: uid => stopping.includes(uid),
      hasStopped: () => true,
      evict: ({ metadata }, eviction) => evicted.push([metadata.name, eviction]),
    },
    reclaimDisk: async () => void told.reclaimed++,
    warn: (reason, message) => told.warnings.push(`${reason}: ${message}`),
    onPressure: pressures => (told.pressures = pressures),
    clock: systemClock,
    log: silentLogger,
  })
  return { manager, evicted, told, names: () => evicted.map(([name]) => name) }
}

describe('the eviction manager', () => {
  it('evicts one pod at a time when memory is short, at once', async () => {
    const { manager, evicted, told } = setUp({
      pods: [pod('small'), pod('big')],
      memory: { small: 100, big: 850 },
      hard: { 'memory.available': '100' },
    })
    await manager.synchronize()
    expect(evicted).toMatchObject([['big', { graceSeconds: 1, disruption: true }]])
    expect(told).toMatchObject({ pressures: ['MemoryPressure'], warnings: ['EvictionThresholdMet: Attempting to reclaim memory'] })
    expect(manager.pressures).toEqual(['MemoryPressure'])
  })
  it('leaves pods alone that are critical, or going anyway', async () => {
    const critical = pod('critical', { priority: 2_000_000_000 })
    const { manager, names } = setUp({
      pods: [critical, pod('going'), pod('other')],
      memory: { critical: 500, going: 400, other: 50 },
      hard: { 'memory.available': '100' },
      stopping: ['going'],
    })
    await manager.synchronize()
    expect(names()).toEqual(['other'])
  })
  it('gives pods the time it may when a soft threshold is met', async () => {
    const { manager, evicted } = setUp({ pods: [pod('p')], memory: { p: 950 }, soft: { 'memory.available': '100' } })
    await manager.synchronize()
    expect(evicted).toEqual([])
    await new Promise(resolve => setTimeout(resolve, 5))
    await manager.synchronize()
    expect(evicted).toMatchObject([['p', { graceSeconds: 10 }]])
  })
  it('evicts nobody for a disk on which the node could make room itself', async () => {
    const disk = (available: number): Observations => ({ 'nodefs.available': { available, capacity: 1000 } })
    const enough = setUp({ pods: [pod('p')], hard: { 'nodefs.available': '10%' }, machine: [disk(50), disk(500)] })
    await enough.manager.synchronize()
    expect([enough.told.reclaimed, enough.names()]).toEqual([1, []])
    const tooLittle = setUp({ pods: [pod('p')], hard: { 'nodefs.available': '10%' }, machine: [disk(50), disk(60)] })
    await tooLittle.manager.synchronize()
    expect([tooLittle.told.reclaimed, tooLittle.names()]).toEqual([1, ['p']])
  })
  it('evicts pods beyond their own limits, without blaming the node', async () => {
    const greedy = pod('greedy', { volumes: [{ name: 'v', emptyDir: { sizeLimit: '1M' } }] })
    const { manager, evicted, told } = setUp({ pods: [greedy, pod('p')] })
    await manager.synchronize()
    const message = 'Usage of EmptyDir volume "v" exceeds the limit "1M". '
    expect(evicted).toMatchObject([['greedy', { message, disruption: false, graceSeconds: 1 }]])
    expect(told).toMatchObject({ pressures: [], warnings: [] })
  })
})
