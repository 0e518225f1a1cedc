import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { ControllerRevision } from '../../../api/apps/controller-revision.ts'
import { DaemonSet } from '../../../api/apps/daemon-set.ts'
import { Node } from '../../../api/core/node.ts'
import { Pod } from '../../../api/core/pod.ts'
import { eventually } from '../../support/eventually.ts'
import { startHollowCluster } from '../../support/hollow-cluster.ts'
import { freshNamespace, wireOf } from '../../support/wire.ts'

const labels = { 'daemonset-name': 'daemon-set' }
const missing = 'daemon:nonexistent'

describe('a DaemonSet', () => {
  let cluster: Awaited<ReturnType<typeof startHollowCluster>>
  beforeAll(async () => {
    cluster = await startHollowCluster({ kubelets: { starts: ({ spec }) => spec.containers[0]?.image !== missing } })
  }, 60_000)
  afterAll(() => cluster[Symbol.asyncDispose](), 60_000)

  async function start(podSpec: object = {}) {
    const { client, plane } = cluster
    const namespace = await freshNamespace(client, 'daemons')
    const key = { name: 'daemon-set', namespace }
    const spec = { terminationGracePeriodSeconds: 0, containers: [{ name: 'app', image: 'daemon:1' }], ...podSpec }
    await client.create(DaemonSet, {
      metadata: key,
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
    } as never)
    const pods = async () => (await client.list(Pod, { namespace })).items.filter(({ metadata }) => !metadata.deletionTimestamp)
    return {
      client,
      namespace,
      key,
      wire: wireOf(plane),
      pods,
      patch: (body: object) => client.patch(DaemonSet, key, { type: 'strategic', body: { spec: body } }),
      setImage: (image: string) =>
        client.patch(DaemonSet, key, {
          type: 'strategic',
          body: { spec: { template: { spec: { containers: [{ name: 'app', image }] } } } },
        }),
      /** The pods, when there is one that runs on each of these nodes and the status says so. */
      runs: (...nodes: string[]) =>
        eventually(
          async () => {
            const running = (await pods()).filter(({ status }) => status.phase === 'Running')
            const { metadata, status } = await client.get(DaemonSet, key)
            const counted = [
              status.desiredNumberScheduled,
              status.currentNumberScheduled,
              status.numberReady,
              status.updatedNumberScheduled ?? 0,
            ]
            const done = status.observedGeneration === metadata.generation && counted.every(count => count === nodes.length)
            return (
              done &&
              running
                .map(pod => pod.spec.nodeName)
                .sort()
                .join() === nodes.join() &&
              running
            )
          },
          { what: `daemons on ${nodes.join()}` },
        ),
      revisions: async () => (await client.list(ControllerRevision, { namespace })).items.sort((a, b) => a.revision - b.revision),
    }
  }
  const everywhere = ['node-1', 'node-2', 'node-3']
  const hashOf = ({ metadata }: { metadata: { labels?: Record<string, string> } }) => metadata.labels?.['controller-revision-hash']

  it('runs on every node, and again where its pod was deleted', async () => {
    const { client, pods, runs } = await start()
    const [first] = await runs(...everywhere)
    if (!first) throw new Error('no daemon runs')
    await client.delete(Pod, first.metadata)
    await eventually(async () => (await pods()).every(({ metadata }) => metadata.uid !== first.metadata.uid))
    await runs(...everywhere)
  }, 60_000)

  it('replaces a pod that somebody says has failed, without naming its version', async () => {
    const { wire, pods, runs } = await start()
    const [first] = await runs(...everywhere)
    if (!first) throw new Error('no daemon runs')
    const { resourceVersion: _, ...metadata } = first.metadata
    const target = { name: metadata.name, namespace: metadata.namespace ?? '', subresource: 'status' }
    await wire.put(Pod, target, { ...first, metadata, status: { ...first.status, phase: 'Failed' } })
    await eventually(async () => (await pods()).every(({ metadata: { uid } }) => uid !== metadata.uid))
    await runs(...everywhere)
  }, 60_000)

  it('follows the labels of nodes as its nodeSelector says, also when that changes', async () => {
    const { client, patch, runs } = await start({ nodeSelector: { color: 'blue' } })
    const paint = (color: string | null) =>
      client.patch(Node, { name: 'node-2' }, { type: 'merge', body: { metadata: { labels: { color } } } })
    await runs()
    await paint('blue')
    await runs('node-2')
    await paint('green')
    await runs()
    await patch({ template: { spec: { nodeSelector: { color: 'green' } } }, updateStrategy: { type: 'RollingUpdate' } })
    await runs('node-2')
    await paint(null)
  }, 60_000)

  it('rolls a new image out, with a revision of its own that its pods bear', async () => {
    const { setImage, runs, revisions } = await start()
    const before = await runs(...everywhere)
    const [first] = await revisions()
    expect(first?.revision).toBe(1)
    expect(before.map(hashOf)).toEqual(everywhere.map(() => first && hashOf(first)))
    await setImage('daemon:2')
    const after = await runs(...everywhere)
    const [, second] = await revisions()
    expect(second?.revision).toBe(2)
    expect(after.map(pod => [pod.spec.containers[0]?.image, hashOf(pod)])).toEqual(
      everywhere.map(() => ['daemon:2', second && hashOf(second)]),
    )
  }, 60_000)

  it('goes back from an image that does not exist without touching the pods that still have the old one', async () => {
    const { setImage, pods, runs } = await start()
    await runs(...everywhere)
    await setImage(missing)
    const kept = await eventually(async () => {
      const found = await pods()
      const old = found.filter(({ spec }) => spec.containers[0]?.image !== missing)
      return found.length === 3 && old.length === 2 && old
    })
    await setImage('daemon:1')
    const after = await runs(...everywhere)
    const uids = after.map(({ metadata }) => metadata.uid)
    expect(kept.filter(({ metadata }) => !uids.includes(metadata.uid))).toEqual([])
    expect(after.map(({ spec }) => spec.containers[0]?.image)).toEqual(['daemon:1', 'daemon:1', 'daemon:1'])
  }, 60_000)
})
