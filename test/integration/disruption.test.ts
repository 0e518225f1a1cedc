import { describe, expect, it } from '@jest/globals'
import { Deployment } from '../../api/apps/deployment.ts'
import { Pod } from '../../api/core/pod.ts'
import { PodDisruptionBudget } from '../../api/policy/pod-disruption-budget.ts'
import type { Client } from '../../client/client.ts'
import { eventually } from '../support/eventually.ts'
import { startHollowCluster } from '../support/hollow-cluster.ts'

const namespace = 'default'
const web = (replicas: number) =>
  ({
    metadata: { name: 'web', namespace },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'x' }] } },
    },
  }) as never
const createBudget = (client: Client, spec: object) =>
  client.create(PodDisruptionBudget, {
    metadata: { name: 'b', namespace },
    spec: { selector: { matchLabels: { app: 'web' } }, ...spec },
  } as never)
const budget = (client: Client) => client.get(PodDisruptionBudget, { name: 'b', namespace })
const allows = (client: Client, disruptionsAllowed: number) =>
  eventually(async () => {
    const { status } = await budget(client)
    return status.disruptionsAllowed === disruptionsAllowed && status.expectedPods > 0 && status
  })
const evict = (client: Client, name: string, deleteOptions?: object) =>
  client.post(
    Pod,
    { namespace, name, subresource: 'eviction' },
    {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name, namespace },
      ...(deleteOptions ? { deleteOptions } : {}),
    },
  )

describe('a pod disruption budget', () => {
  it('lets as many pods go as it allows, and more when others have come', async () => {
    await using cluster = await startHollowCluster()
    const { client } = cluster
    await client.create(Deployment, web(4))
    await createBudget(client, { maxUnavailable: '25%' })
    const status = await allows(client, 1)
    expect(status).toMatchObject({ currentHealthy: 4, desiredHealthy: 3, expectedPods: 4, observedGeneration: 1 })
    const { items } = await client.list(Pod, { namespace })
    await evict(client, items[0]?.metadata.name ?? '', { dryRun: ['All'] })
    expect((await budget(client)).status.disruptionsAllowed).toBe(1)
    // At once: all of them ask before the controller has seen any go.
    const results = await Promise.allSettled(items.map(({ metadata }) => evict(client, metadata.name)))
    const refused = results.filter(result => result.status === 'rejected')
    expect(refused.length).toBeGreaterThanOrEqual(1)
    for (const { reason } of refused as PromiseRejectedResult[]) {
      expect(reason).toMatchObject({
        code: 429,
        message: "Cannot evict pod as it would violate the pod's disruption budget.",
        status: { details: { causes: [{ reason: 'DisruptionBudget' }] } },
      })
    }
    await allows(client, 1)
  }, 120_000)

  it('says why it cannot be worked out', async () => {
    await using cluster = await startHollowCluster({ disabled: ['garbage-collector-controller'] })
    const { client } = cluster
    const owner = { apiVersion: 'batch/v1', kind: 'Job', name: 'gone', uid: 'u', controller: true }
    const metadata = { name: 'p', namespace, labels: { app: 'web' }, ownerReferences: [owner] }
    await createBudget(client, { maxUnavailable: 1 })
    await eventually(async () => client.create(Pod, { metadata, spec: { containers: [{ name: 'c', image: 'x' }] } } as never))
    const conditions = await eventually(async () => {
      const found = (await budget(client)).status.conditions
      return found?.some(({ reason }) => reason === 'SyncFailed') && found
    })
    expect(conditions).toMatchObject([
      { type: 'DisruptionAllowed', status: 'False', reason: 'SyncFailed', message: 'jobs.batch does not implement the scale subresource' },
    ])
  }, 120_000)
})
