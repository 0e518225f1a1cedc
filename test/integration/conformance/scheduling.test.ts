import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { ReplicaSet } from '../../../api/apps/replica-set.ts'
import { findCondition } from '../../../api/conditions.ts'
import { Event } from '../../../api/core/event.ts'
import { Node } from '../../../api/core/node.ts'
import { Pod } from '../../../api/core/pod.ts'
import { PriorityClass } from '../../../api/scheduling/priority-class.ts'
import type { Client } from '../../../client/client.ts'
import { eventually } from '../../support/eventually.ts'
import { startHollowCluster } from '../../support/hollow-cluster.ts'
import { freshNamespace, watchFromNow } from '../../support/wire.ts'

const foo = 'scheduling.k8s.io/foo'
const nodes = ['node-1', 'node-2']
const podSpec = (resource: string, amount: number, spec: object = {}) => ({
  terminationGracePeriodSeconds: 0,
  containers: [
    { name: 'pause', image: 'pause', resources: { requests: { [resource]: `${amount}` }, limits: { [resource]: `${amount}` } } },
  ],
  ...spec,
})
const onNode = (name: string) => {
  const term = { matchFields: [{ key: 'metadata.name', operator: 'In', values: [name] }] }
  return { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } } } }
}

describe('scheduling', () => {
  let cluster: Awaited<ReturnType<typeof startHollowCluster>>
  let client: Client
  beforeAll(async () => {
    cluster = await startHollowCluster({ nodes })
    client = cluster.client
    for (const [name, value] of [
      ['low', 1],
      ['medium', 100],
      ['high', 1000],
    ] as const)
      await client.create(PriorityClass, { metadata: { name }, value })
    for (const name of nodes) await provide(name, foo, 3)
  }, 60_000)
  afterAll(() => cluster[Symbol.asyncDispose](), 60_000)

  const provide = (name: string, resource: string, amount: number) => {
    const amounts = { [resource]: String(amount) }
    const body = { status: { capacity: amounts, allocatable: amounts } }
    return client.patch(Node, { name }, { type: 'strategic', subresource: 'status', body })
  }
  const create = (namespace: string, name: string, spec: object, metadata: object = {}) =>
    client.create(Pod, { metadata: { name, namespace, ...metadata }, spec } as never)
  const bound = (namespace: string, name: string) =>
    eventually(async () => (await client.get(Pod, { name, namespace })).spec.nodeName, { what: `pod ${name} on a node` })
  const refused = (namespace: string, name: string) =>
    eventually(async () => {
      const condition = findCondition((await client.get(Pod, { name, namespace })).status.conditions, 'PodScheduled')
      return condition?.status === 'False' && condition
    })
  const names = async (namespace: string) => (await client.list(Pod, { namespace })).items.map(({ metadata }) => metadata.name).sort()
  /** A less important pod on the first node and one of middle importance on the other, both of which fill theirs. */
  const occupied = async () => {
    const namespace = await freshNamespace(client, 'preemption')
    await create(namespace, 'pod-low', podSpec(foo, 2, { priorityClassName: 'low', ...onNode('node-1') }))
    await create(namespace, 'pod-medium', podSpec(foo, 2, { priorityClassName: 'medium', ...onNode('node-2') }))
    for (const name of ['pod-low', 'pod-medium']) await bound(namespace, name)
    return namespace
  }
  const empty = (namespace: string) => client.deleteCollection(Pod, { namespace })

  it.each([
    { name: 'high', namespaced: true, priorityClassName: 'high' },
    { name: 'system-cluster-critical', namespaced: false, priorityClassName: 'system-cluster-critical' },
  ])(
    'makes the least important pod give way to one of class $name, and no other',
    async ({ namespaced, priorityClassName }) => {
      const namespace = await occupied()
      const where = namespaced ? namespace : 'kube-system'
      await eventually(() => create(where, 'preemptor', podSpec(foo, 2, { priorityClassName })))
      expect(await bound(where, 'preemptor')).toBe('node-1')
      await eventually(async () => (await names(namespace)).join() === (namespaced ? 'pod-medium,preemptor' : 'pod-medium'))
      expect((await client.get(Pod, { name: 'pod-medium', namespace })).metadata.deletionTimestamp).toBeUndefined()
      await client.delete(Pod, { name: 'preemptor', namespace: where }, { gracePeriodSeconds: 0 })
      await empty(namespace)
    },
    60_000,
  )

  it('tells a pod in a condition that it is preempted, which stays until its finalizer goes', async () => {
    const namespace = await freshNamespace(client, 'preemption')
    const key = { name: 'victim', namespace }
    const finalizers = ['example.com/test-finalizer']
    await create(namespace, 'victim', podSpec(foo, 3, { priorityClassName: 'low', ...onNode('node-1') }), { finalizers })
    await bound(namespace, 'victim')
    await create(namespace, 'preemptor', podSpec(foo, 3, { priorityClassName: 'high', ...onNode('node-1') }))
    const victim = await eventually(async () => {
      const pod = await client.get(Pod, key)
      return pod.metadata.deletionTimestamp !== undefined && pod
    })
    expect(findCondition(victim.status.conditions, 'DisruptionTarget')).toMatchObject({
      status: 'True',
      reason: 'PreemptionByScheduler',
      message: 'default-scheduler: preempting to accommodate a higher priority pod',
    })
    await client.patch(Pod, key, { type: 'merge', body: { metadata: { finalizers: null } } })
    expect(await bound(namespace, 'preemptor')).toBe('node-1')
    await empty(namespace)
  }, 60_000)

  it('preempts pods of ReplicaSets as few times as it takes', async () => {
    const namespace = await freshNamespace(client, 'path')
    const fake = 'example.com/fakecpu'
    await provide('node-1', fake, 1000)
    for (const value of [1, 2, 3, 4]) await client.create(PriorityClass, { metadata: { name: `p${value}` }, value })
    await using watch = await watchFromNow(client, Pod, { namespace })
    const spec = (level: number, amount: number) =>
      podSpec(fake, amount, { priorityClassName: `p${level}`, nodeSelector: { 'kubernetes.io/hostname': 'node-1' } })
    for (const [level, amount] of [
      [1, 200],
      [2, 300],
      [3, 450],
    ] as const) {
      const labels = { name: `pod${level}` }
      const template = { metadata: { labels }, spec: spec(level, amount) }
      const key = { name: `rs-pod${level}`, namespace }
      await client.create(ReplicaSet, { metadata: key, spec: { replicas: 1, selector: { matchLabels: labels }, template } } as never)
      await eventually(async () => (await client.get(ReplicaSet, key)).status.availableReplicas === 1)
    }
    await create(namespace, 'pod4', spec(4, 500))
    expect(await bound(namespace, 'pod4')).toBe('node-1')
    const created = () =>
      [1, 2, 3].map(
        level => watch.events.filter(({ type, object }) => type === 'ADDED' && object.metadata.name.startsWith(`rs-pod${level}`)).length,
      )
    // Those of the two lesser sets come again, once, and find no room.
    await eventually(async () => created().join() === '2,2,1')
    for (const { metadata } of (await client.list(Pod, { namespace, labelSelector: 'name in (pod1,pod2)' })).items)
      expect((await refused(namespace, metadata.name)).reason).toBe('Unschedulable')
    expect(created()).toEqual([2, 2, 1])
    await client.deleteCollection(ReplicaSet, { namespace })
    await empty(namespace)
  }, 60_000)

  it('knows PriorityClasses, whose value stays and whose description may change', async () => {
    const classes = ['first', 'second'] as const
    for (const [index, name] of classes.entries()) await client.create(PriorityClass, { metadata: { name }, value: index + 1 })
    const [patched, updated] = classes
    const invalid = { code: 422, message: expect.stringContaining('may not be changed in an update') }
    const patch = (body: object) => client.patch(PriorityClass, { name: patched }, { type: 'strategic', body })
    const update = async (change: object) =>
      client.update(PriorityClass, { ...(await client.get(PriorityClass, { name: updated })), ...change })
    await expect(patch({ value: 10 })).rejects.toMatchObject(invalid)
    await expect(update({ value: 20 })).rejects.toMatchObject(invalid)
    await patch({ description: 'updated' })
    await update({ description: 'updated' })
    const { items } = await client.list(PriorityClass)
    const found = items.filter(({ metadata }) => (classes as readonly string[]).includes(metadata.name))
    expect(found.map(({ value, description }) => [value, description])).toEqual([
      [1, 'updated'],
      [2, 'updated'],
    ])
  })

  it('places no pod that asks for more than is left, and tells why', async () => {
    const namespace = await freshNamespace(client, 'limits')
    const fake = 'example.com/beardsecond'
    for (const name of nodes) await provide(name, fake, 1000)
    for (const node of nodes) await create(namespace, `filler-${node}`, podSpec(fake, 700, onNode(node)))
    for (const node of nodes) await bound(namespace, `filler-${node}`)
    await create(namespace, 'additional', podSpec(fake, 500))
    expect((await refused(namespace, 'additional')).message).toContain(`2 Insufficient ${fake}`)
    const event = await eventually(async () =>
      (await client.list(Event, { namespace })).items.find(
        ({ reason, involvedObject }) => reason === 'FailedScheduling' && involvedObject.name === 'additional',
      ),
    )
    expect(event.type).toBe('Warning')
    await create(namespace, 'modest', podSpec(fake, 300))
    await bound(namespace, 'modest')
  }, 60_000)

  it('places a pod only where its nodeSelector matches, as soon as it does', async () => {
    const namespace = await freshNamespace(client, 'selector')
    const label = `kubernetes.io/e2e-${namespace}`
    await create(namespace, 'restricted', podSpec('cpu', 0, { nodeSelector: { [label]: '42' } }))
    expect((await refused(namespace, 'restricted')).message).toContain("2 node(s) didn't match Pod's node affinity/selector")
    await client.patch(Node, { name: 'node-2' }, { type: 'merge', body: { metadata: { labels: { [label]: '42' } } } })
    expect(await bound(namespace, 'restricted')).toBe('node-2')
    await create(namespace, 'with-labels', podSpec('cpu', 0, { nodeSelector: { [label]: '42' } }))
    expect(await bound(namespace, 'with-labels')).toBe('node-2')
  }, 60_000)

  it('keeps pods apart whose host port is the same, with all addresses of the node for one of them', async () => {
    const namespace = await freshNamespace(client, 'ports')
    const withPort = (hostIP?: string) => ({
      terminationGracePeriodSeconds: 0,
      ...onNode('node-1'),
      containers: [
        { name: 'c', image: 'x', ports: [{ containerPort: 8080, hostPort: 54322, protocol: 'TCP', ...(hostIP ? { hostIP } : {}) }] },
      ],
    })
    await create(namespace, 'pod4', withPort('0.0.0.0'))
    expect(await bound(namespace, 'pod4')).toBe('node-1')
    await create(namespace, 'pod5', withPort('172.31.0.2'))
    expect((await refused(namespace, 'pod5')).message).toContain("1 node(s) didn't have free ports for the requested pod ports")
  }, 60_000)
})
