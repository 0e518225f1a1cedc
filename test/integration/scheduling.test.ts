import { describe, expect, it } from '@jest/globals'
import { findCondition } from '../../api/conditions.ts'
import { Event } from '../../api/core/event.ts'
import { Node } from '../../api/core/node.ts'
import { Pod } from '../../api/core/pod.ts'
import { PriorityClass } from '../../api/scheduling/priority-class.ts'
import type { Client } from '../../client/client.ts'
import { createLogger } from '../../common/log.ts'
import { defaultConfiguration } from '../../control-plane/scheduler/configuration/configuration.ts'
import { readConfiguration } from '../../control-plane/scheduler/configuration/read-configuration.ts'
import type { SchedulerObserver } from '../../control-plane/scheduler/observer.ts'
import { createScheduler } from '../../control-plane/scheduler/scheduler.ts'
import { eventually } from '../support/eventually.ts'
import { startHollowCluster } from '../support/hollow-cluster.ts'

const namespace = 'default'
const pod = (name: string, spec: object = {}, labels: Record<string, string> = {}) =>
  ({ metadata: { name, namespace, labels }, spec: { containers: [{ name: 'c', image: 'x' }], ...spec } }) as never
const requesting = (cpu: string) => ({ containers: [{ name: 'c', image: 'x', resources: { requests: { cpu } } }] })
const bound = (client: Client, name: string) =>
  eventually(async () => (await client.get(Pod, { name, namespace })).spec.nodeName, { what: `pod ${name} on a node` })
const scheduled = (client: Client, name: string) =>
  eventually(async () => findCondition((await client.get(Pod, { name, namespace })).status.conditions, 'PodScheduled'))

describe('scheduling', () => {
  it('says in upstream words why a pod fits nowhere, and places it when that changes', async () => {
    await using cluster = await startHollowCluster()
    const { client } = cluster
    await client.patch(
      Node,
      { name: 'node-1' },
      { type: 'merge', body: { spec: { taints: [{ key: 'k', value: 'v', effect: 'NoSchedule' }] } } },
    )
    await eventually(async () => (await client.get(Node, { name: 'node-1' })).spec?.taints?.some(({ key }) => key === 'k'))
    await client.create(Pod, pod('big', requesting('100')))
    const condition = await scheduled(client, 'big')
    expect(condition).toMatchObject({
      status: 'False',
      reason: 'Unschedulable',
      message:
        '0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu. no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.',
    })
    const [event] = await eventually(async () => {
      const events = (await client.list(Event, { namespace })).items.filter(({ reason }) => reason === 'FailedScheduling')
      return events.length > 0 && events
    })
    expect(event).toMatchObject({ type: 'Warning', message: condition.message, reportingComponent: 'default-scheduler' })
    await client.patch(
      Node,
      { name: 'node-2' },
      { type: 'merge', subresource: 'status', body: { status: { allocatable: { cpu: '200' } } } },
    )
    expect(await bound(client, 'big')).toBe('node-2')
  }, 60_000)

  it('waits for gates, then places the pod', async () => {
    await using cluster = await startHollowCluster()
    const { client } = cluster
    await client.create(Pod, pod('gated', { schedulingGates: [{ name: 'example.com/wait' }] }))
    expect(await scheduled(client, 'gated')).toMatchObject({
      reason: 'SchedulingGated',
      message: 'Scheduling is blocked due to non-empty scheduling gates',
    })
    await client.patch(Pod, { name: 'gated', namespace }, { type: 'merge', body: { spec: { schedulingGates: null } } })
    await bound(client, 'gated')
  }, 60_000)

  it('keeps pods apart and together as they ask', async () => {
    await using cluster = await startHollowCluster()
    const { client } = cluster
    const term = { labelSelector: { matchLabels: { app: 'a' } }, topologyKey: 'kubernetes.io/hostname' }
    const apart = { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } }
    const near = { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } }
    for (const name of ['a1', 'a2', 'a3']) await client.create(Pod, pod(name, apart, { app: 'a' }))
    const nodes = await Promise.all(['a1', 'a2', 'a3'].map(name => bound(client, name)))
    expect(new Set(nodes).size).toBe(3)
    await client.create(Pod, pod('a4', apart, { app: 'a' }))
    expect((await scheduled(client, 'a4')).message).toBe(
      "0/3 nodes are available: 3 node(s) didn't match pod anti-affinity rules. no new claims to deallocate, preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.",
    )
    await client.create(Pod, pod('friend', near))
    await bound(client, 'friend')
  }, 60_000)

  it('makes less important pods leave for a more important one, and tells both', async () => {
    await using cluster = await startHollowCluster()
    const { client } = cluster
    await client.create(PriorityClass, { metadata: { name: 'high' }, value: 1000 })
    const [{ status: { allocatable = {} } } = { status: {} }] = (await client.list(Node)).items
    const half = requesting(`${(Number(allocatable['cpu']) * 1000) / 2}m`)
    for (const index of [1, 2, 3, 4, 5, 6]) await client.create(Pod, pod(`low-${index}`, half))
    for (const index of [1, 2, 3, 4, 5, 6]) await bound(client, `low-${index}`)
    await client.create(Pod, pod('modest', half))
    expect((await scheduled(client, 'modest')).message).toContain('3 No preemption victims found for incoming pod')
    await client.create(Pod, pod('important', { ...half, priorityClassName: 'high' }, {}))
    const victim = await eventually(async () => {
      const events = (await client.list(Event, { namespace })).items.filter(({ reason }) => reason === 'Preempted')
      return events.length === 1 && events[0]
    })
    const { uid } = (await client.get(Pod, { name: 'important', namespace })).metadata
    const node = await bound(client, 'important')
    expect(victim).toMatchObject({ type: 'Normal', message: `Preempted by pod ${uid} on node ${node}`, action: 'Preempting' })
    expect((await client.get(Pod, { name: 'important', namespace })).status.nominatedNodeName).toBeUndefined()
    const left = (await client.list(Pod, { namespace })).items.filter(({ metadata }) => metadata.name.startsWith('low-'))
    expect(left.length).toBe(5)
  }, 60_000)

  it('places pods by the profile that they name, and leaves those of other schedulers alone', async () => {
    const { configuration } = readConfiguration(`
      apiVersion: kubescheduler.config.k8s.io/v1
      kind: KubeSchedulerConfiguration
      profiles:
        - schedulerName: default-scheduler
        - schedulerName: packing
          plugins: { score: { disabled: [{ name: '*' }], enabled: [{ name: NodeResourcesFit }] } }
          pluginConfig:
            - { name: NodeResourcesFit, args: { scoringStrategy: { type: MostAllocated, resources: [{ name: cpu }] } } }`)
    await using cluster = await startHollowCluster({ scheduler: configuration })
    const { client } = cluster
    await client.create(Pod, pod('first', requesting('100m')))
    const node = await bound(client, 'first')
    await client.create(Pod, pod('foreign', { schedulerName: 'nobody' }))
    for (const name of ['packed-1', 'packed-2']) {
      await client.create(Pod, pod(name, { ...requesting('100m'), schedulerName: 'packing' }))
      expect(await bound(client, name)).toBe(node)
    }
    const event = await eventually(async () => {
      const { items } = await client.list(Event, { namespace })
      return items.find(({ reason, involvedObject }) => reason === 'Scheduled' && involvedObject.name === 'packed-1')
    })
    expect(event.reportingComponent).toBe('packing')
    expect((await client.get(Pod, { name: 'foreign', namespace })).spec.nodeName).toBeUndefined()
  }, 60_000)

  it('explains its last decision to whoever asks', async () => {
    await using cluster = await startHollowCluster()
    const { client } = cluster
    await client.create(Pod, pod('why'))
    const node = await bound(client, 'why')
    const annotations = { 'kubeling.io/explain-scheduling': 'true' }
    await client.patch(Pod, { name: 'why', namespace }, { type: 'merge', body: { metadata: { annotations } } })
    const event = await eventually(async () => {
      const events = (await client.list(Event, { namespace })).items
      return events.find(({ reason }) => reason === 'SchedulingExplained')
    })
    expect(event.message).toContain(`Chosen: ${node}, of 3 node(s) that will do.`)
    expect(event.message).toContain('NodeResourcesFit')
  }, 60_000)

  it('places hundreds of pods, none over the capacity of a node', async () => {
    await using cluster = await startHollowCluster()
    const { client } = cluster
    for (let i = 0; i < 300; i += 30) {
      await Promise.all(Array.from({ length: 30 }, (_, index) => client.create(Pod, pod(`p${i + index}`, requesting('30m')))))
    }
    const pods = await eventually(async () => {
      const { items } = await client.list(Pod, { namespace })
      return items.every(({ spec }) => spec.nodeName) && items
    })
    const counts = ['node-1', 'node-2', 'node-3'].map(name => pods.filter(({ spec }) => spec.nodeName === name).length)
    expect(Math.max(...counts)).toBeLessThanOrEqual(110)
  }, 60_000)

  it('stops when it is told to while it lets others have their turn', async () => {
    await using cluster = await startHollowCluster()
    const { client, plane } = cluster
    const profiles = defaultConfiguration.profiles.map(profile => ({ ...profile, schedulerName: 'slow' }))
    const stop = new AbortController()
    const observer: SchedulerObserver = {
      // It takes longer than a turn, and is stopped in the next one.
      begins: () => {
        const end = performance.now() + 20
        while (performance.now() < end);
        setImmediate(() => stop.abort())
      },
      ...{ follow: () => undefined, ends: () => undefined, forget: () => undefined, preempts: () => undefined },
    }
    const log = createLogger({ level: 'error' })
    const slow = createScheduler({
      client: plane.clientAs('scheduler'),
      log,
      configuration: { ...defaultConfiguration, profiles },
      observer,
    })
    const stopped = slow.run(stop.signal)
    await client.create(Pod, pod('last', { schedulerName: 'slow' }))
    await stopped
    expect(stop.signal.aborted).toBe(true)
  }, 60_000)
})
