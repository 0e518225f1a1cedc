import { describe, expect, it } from '@jest/globals'
import { Deployment } from '../../api/apps/deployment.ts'
import { ReplicaSet } from '../../api/apps/replica-set.ts'
import { findCondition } from '../../api/conditions.ts'
import { Event } from '../../api/core/event.ts'
import { Pod } from '../../api/core/pod.ts'
import type { Client } from '../../client/client.ts'
import { silentLogger } from '../../common/log.ts'
import { eventually } from '../support/eventually.ts'
import { startHollowCluster } from '../support/hollow-cluster.ts'
import { RolloutBudget } from '../support/rollout-budget.ts'

const namespace = 'default'
const web = (image: string, replicas: number) => ({
  metadata: { name: 'web', namespace },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image }] } },
  },
})
const create = (client: Client, image = 'nginx:1', replicas = 3) => client.create(Deployment, web(image, replicas) as never)
const rolledOut = (client: Client, replicas = 3, seconds = 30) =>
  eventually(
    async () => {
      const { metadata, status } = await client.get(Deployment, { name: 'web', namespace })
      const done = status.observedGeneration === metadata.generation && status.updatedReplicas === replicas && status.replicas === replicas
      return done && status.availableReplicas === replicas && status
    },
    { seconds },
  )
const messages = async (client: Client, reason: string) => {
  const { items } = await client.list(Event, { namespace })
  return items.filter(event => event.reason === reason).map(({ message }) => message)
}

describe('a Deployment', () => {
  it('gets its pods, one per node, and says so', async () => {
    await using cluster = await startHollowCluster()
    const { client } = cluster
    await create(client)
    const status = await rolledOut(client)
    expect(findCondition(status.conditions, 'Available')?.reason).toBe('MinimumReplicasAvailable')
    const pods = (await client.list(Pod, { namespace })).items
    expect(pods.map(({ spec }) => spec.nodeName).sort()).toEqual(['node-1', 'node-2', 'node-3'])
    const [set] = (await client.list(ReplicaSet, { namespace })).items
    const complete = await eventually(async () => {
      const progressing = findCondition((await client.get(Deployment, { name: 'web', namespace })).status.conditions, 'Progressing')
      return progressing?.reason === 'NewReplicaSetAvailable' && progressing
    })
    expect(complete.message).toBe(`ReplicaSet "${set?.metadata.name}" has successfully progressed.`)
    await eventually(async () => (await messages(client, 'Scheduled')).length === 3)
    expect(await messages(client, 'ScalingReplicaSet')).toEqual([`Scaled up replica set ${set?.metadata.name} from 0 to 3`])
    expect(await messages(client, 'SuccessfulCreate')).toHaveLength(3)
  }, 60_000)

  it('of sixty pods rolls over without breaking its budget at any moment', async () => {
    await using cluster = await startHollowCluster()
    const { client } = cluster
    const deployment = await create(client, 'nginx:1', 60)
    const budget = new RolloutBudget({ client, deployment, log: silentLogger })
    const stop = new AbortController()
    const running = budget.run(stop.signal)
    try {
      await eventually(async () => budget.size.available === 60, { seconds: 120, what: 'sixty pods' })
      budget.begin()
      const body = { spec: { template: { spec: { containers: [{ name: 'c', image: 'nginx:2' }] } } } }
      await client.patch(Deployment, { name: 'web', namespace }, { type: 'strategic', body })
      await rolledOut(client, 60, 120)
      // Each pod is heard of several times.
      await eventually(async () => budget.report.events >= 4 * 60, { seconds: 60 })
      expect(budget.report).toMatchObject({ broken: [] })
      expect(budget.report.most).toBeGreaterThan(60)
      expect(budget.report.fewestAvailable).toBeLessThan(60)
    } finally {
      stop.abort()
      await running
    }
  }, 300_000)

  it('rolls a new image out and back, and counts revisions', async () => {
    await using cluster = await startHollowCluster()
    const { client } = cluster
    await create(client)
    await rolledOut(client)
    const setImage = (image: string) =>
      client.patch(
        Deployment,
        { name: 'web', namespace },
        { type: 'strategic', body: { spec: { template: { spec: { containers: [{ name: 'c', image }] } } } } },
      )
    await setImage('nginx:2')
    await rolledOut(client)
    await setImage('nginx:1')
    await rolledOut(client)
    const sets = (await client.list(ReplicaSet, { namespace })).items
    const revisions = sets.map(({ metadata, spec }) => [spec.replicas, metadata.annotations?.['deployment.kubernetes.io/revision']]).sort()
    expect(revisions).toEqual([
      [0, '2'],
      [3, '3'],
    ])
    const deployment = await client.get(Deployment, { name: 'web', namespace })
    expect(deployment.metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('3')
    expect((await client.list(Pod, { namespace })).items).toHaveLength(3)
  }, 60_000)

  it('never has one pod too many, however often it is scaled', async () => {
    await using cluster = await startHollowCluster()
    const { client } = cluster
    await create(client, 'nginx:1', 1)
    await rolledOut(client, 1)
    for (const replicas of [20, 3, 12, 7]) {
      await client.patch(Deployment, { name: 'web', namespace }, { type: 'merge', body: { spec: { replicas } } })
      await rolledOut(client, replicas)
      expect((await client.list(Pod, { namespace })).items.filter(({ metadata }) => !metadata.deletionTimestamp)).toHaveLength(replicas)
    }
  }, 60_000)

  it('takes everything with it when it is deleted', async () => {
    await using cluster = await startHollowCluster()
    const { client } = cluster
    await create(client)
    await rolledOut(client)
    await client.delete(Deployment, { name: 'web', namespace }, { propagationPolicy: 'Foreground' })
    await eventually(async () => {
      const left = await Promise.all([
        client.list(Deployment, { namespace }),
        client.list(ReplicaSet, { namespace }),
        client.list(Pod, { namespace }),
      ])
      return left.every(({ items }) => items.length === 0)
    })
  }, 60_000)
})
