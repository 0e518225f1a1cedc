import { describe, expect, it } from '@jest/globals'
import { createLogger } from '../../../common/log.ts'
import { eventually } from '../../../test/support/eventually.ts'
import { Collector } from './collector.ts'

/** Nodes whose sums of CPU time grow by a second with every look. */
function agents(names: readonly string[], broken: readonly string[] = []) {
  let looks = 0
  const summaryOf = async (node: string) => {
    if (broken.includes(node)) throw new Error('connection refused')
    const at = Date.now() + 10_000 * ++looks
    const measured = {
      cpu: { time: new Date(at).toISOString(), usageCoreNanoSeconds: looks * 1e9 },
      memory: { workingSetBytes: 1024 },
    }
    return { node: measured, pods: [{ podRef: { name: `on-${node}`, namespace: 'default' }, containers: [{ name: 'c', ...measured }] }] }
  }
  return { nodes: () => names, summaryOf, looks: () => looks, log: createLogger({ level: 'silent' }) }
}

describe('the collector', () => {
  it('takes two looks for the first question, and none before', async () => {
    const cluster = agents(['a'])
    const collector = new Collector({ ...cluster, intervals: { first: 5 } })
    expect(cluster.looks()).toBe(0)
    const [usages] = await Promise.all([collector.usages(), collector.usages()])
    expect(cluster.looks()).toBe(2)
    expect(usages.node('a')?.memoryBytes).toBe(1024)
    expect(usages.pod('default/on-a')?.get('c')?.nanocores).toBeGreaterThan(0)
    expect([usages.node('b'), usages.pod('default/none')]).toEqual([undefined, undefined])
    collector.close()
  })

  it('goes on looking while somebody asks, then stops and begins anew', async () => {
    const cluster = agents(['a'])
    const collector = new Collector({ ...cluster, intervals: { first: 1, resolution: 5, keepOn: 50 } })
    await eventually(async () => {
      await collector.usages()
      return cluster.looks() > 3
    })
    const stopped = await eventually(async () => {
      const before = cluster.looks()
      await new Promise(resolve => setTimeout(resolve, 100))
      return before === cluster.looks() && before
    })
    await collector.usages()
    expect(cluster.looks()).toBeGreaterThanOrEqual(Number(stopped) + 2)
    collector.close()
  })

  it('leaves out a node that cannot be asked', async () => {
    const collector = new Collector({ ...agents(['a', 'b'], ['b']), intervals: { first: 1 } })
    const usages = await collector.usages()
    expect(usages.node('a')).toBeDefined()
    expect(usages.node('b')).toBeUndefined()
    collector.close()
  })
})
