import { describe, expect, it } from '@jest/globals'
import { ControllerRevision } from '../../api/apps/controller-revision.ts'
import { DaemonSet } from '../../api/apps/daemon-set.ts'
import { Event } from '../../api/core/event.ts'
import { Node } from '../../api/core/node.ts'
import { Pod } from '../../api/core/pod.ts'
import type { Client } from '../../client/client.ts'
import { eventually } from '../support/eventually.ts'
import { startHollowCluster } from '../support/hollow-cluster.ts'
import { addHollowNode } from '../support/hollow-nodes.ts'

const namespace = 'default'
const key = { name: 'logs', namespace }
const logs = (spec: object = {}, podSpec: object = {}) => ({
  metadata: key,
  spec: {
    selector: { matchLabels: { app: 'logs' } },
    template: { metadata: { labels: { app: 'logs' } }, spec: { containers: [{ name: 'c', image: 'logs:1' }], ...podSpec } },
    ...spec,
  },
})
const change = (client: Client, spec: object) => client.patch(DaemonSet, key, { type: 'strategic', body: { spec } })
const setImage = (client: Client, image: string) => change(client, { template: { spec: { containers: [{ name: 'c', image }] } } })
const pods = async (client: Client) => (await client.list(Pod, { namespace })).items.filter(({ metadata }) => !metadata.deletionTimestamp)
const nodesOf = async (client: Client) => (await pods(client)).map(({ spec }) => spec.nodeName).sort()
const settled = (client: Client, nodes: number) =>
  eventually(async () => {
    const { metadata, status } = await client.get(DaemonSet, key)
    if (status.observedGeneration !== metadata.generation || status.desiredNumberScheduled !== nodes) return false
    const done = (status.updatedNumberScheduled ?? 0) === nodes && (status.numberAvailable ?? 0) === nodes
    return done && (await pods(client)).length === nodes && status
  })

describe('a DaemonSet', () => {
  it('runs on every node, new ones too, and follows labels and taints', async () => {
    await using cluster = await startHollowCluster()
    const { client } = cluster
    await client.create(DaemonSet, logs() as never)
    await settled(client, 3)
    expect(await nodesOf(client)).toEqual(['node-1', 'node-2', 'node-3'])
    await addHollowNode(client, 'node-4')
    await settled(client, 4)
    await change(client, { template: { spec: { nodeSelector: { disk: 'ssd' } } } })
    await settled(client, 0)
    const label = (name: string, value: string | null) =>
      client.patch(Node, { name }, { type: 'merge', body: { metadata: { labels: { disk: value } } } })
    await label('node-2', 'ssd')
    await label('node-3', 'ssd')
    await settled(client, 2)
    await label('node-2', null)
    await settled(client, 1)
    expect(await nodesOf(client)).toEqual(['node-3'])
    const taints = [{ key: 'broken', effect: 'NoExecute' }]
    await client.patch(Node, { name: 'node-3' }, { type: 'merge', body: { spec: { taints } } })
    await settled(client, 0)
  }, 60_000)

  it.each([
    ['one after the other', { maxUnavailable: 1, maxSurge: 0 }],
    ['beside the old ones', { maxUnavailable: 0, maxSurge: 1 }],
  ])(
    'rolls a template out %s, and back',
    async (_, rollingUpdate) => {
      await using cluster = await startHollowCluster()
      const { client } = cluster
      await client.create(DaemonSet, logs({ updateStrategy: { type: 'RollingUpdate', rollingUpdate } }) as never)
      await settled(client, 3)
      const before = (await pods(client))[0]?.metadata.labels?.['controller-revision-hash']
      await setImage(client, 'logs:2')
      await settled(client, 3)
      expect((await pods(client)).map(({ spec }) => spec.containers[0]?.image)).toEqual(['logs:2', 'logs:2', 'logs:2'])
      await setImage(client, 'logs:1')
      await settled(client, 3)
      const labels = (await pods(client)).map(({ metadata }) => metadata.labels)
      expect(labels).toEqual([1, 2, 3].map(() => ({ app: 'logs', 'controller-revision-hash': before, 'pod-template-generation': '3' })))
      const revisions = (await client.list(ControllerRevision, { namespace })).items
      expect(revisions.map(({ revision }) => revision).sort()).toEqual([2, 3])
    },
    60_000,
  )

  it('replaces a pod that has failed, and says so', async () => {
    await using cluster = await startHollowCluster({ nodes: ['node-1'] })
    const { client } = cluster
    await client.create(DaemonSet, logs() as never)
    await settled(client, 1)
    const [pod] = await pods(client)
    if (!pod) throw new Error('the daemon has no pod')
    await client.patch(Pod, pod.metadata, { type: 'merge', subresource: 'status', body: { status: { phase: 'Failed' } } })
    await eventually(async () => (await pods(client)).every(({ metadata }) => metadata.uid !== pod.metadata.uid))
    await settled(client, 1)
    const event = await eventually(async () =>
      (await client.list(Event, { namespace })).items.find(({ reason }) => reason === 'FailedDaemonPod'),
    )
    expect(event.message).toBe(`Found failed daemon pod default/${pod.metadata.name} on node node-1, will try to kill it`)
  }, 60_000)
})
