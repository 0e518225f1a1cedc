import { describe, expect, it } from '@jest/globals'
import { ConfigMap } from '../../api/core/config-map.ts'
import { Pod } from '../../api/core/pod.ts'
import { ResourceQuota } from '../../api/core/resource-quota.ts'
import { ServiceAccount } from '../../api/core/service-account.ts'
import { type ApiError } from '../../api/errors.ts'
import type { Client } from '../../client/client.ts'
import { eventually } from '../support/eventually.ts'
import { startHollowCluster } from '../support/hollow-cluster.ts'

const namespace = 'default'
const pod = (name: string) => ({ metadata: { name, namespace }, spec: { containers: [{ name: 'c', image: 'x' }] } }) as never
const createQuota = (client: Client, hard: Record<string, string>) =>
  client.create(ResourceQuota, { metadata: { name: 'q', namespace }, spec: { hard } } as never)
const used = async (client: Client) => (await client.get(ResourceQuota, { name: 'q', namespace })).status.used
const becomes = (client: Client, wanted: Record<string, string>) =>
  eventually(async () => JSON.stringify(await used(client)) === JSON.stringify(wanted), { what: JSON.stringify(wanted) })

describe('a resource quota', () => {
  it('is never exceeded, however many come at once, and gives back what is gone', async () => {
    await using cluster = await startHollowCluster()
    const { client } = cluster
    await eventually(async () => client.get(ServiceAccount, { name: 'default', namespace }))
    await createQuota(client, { pods: '10' })
    await becomes(client, { pods: '0' })
    const results = await Promise.allSettled(Array.from({ length: 50 }, (_, index) => client.create(Pod, pod(`p-${index}`))))
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(10)
    const refusal = results.find(({ status }) => status === 'rejected') as PromiseRejectedResult
    expect((refusal.reason as ApiError).message).toMatch(
      /^pods "p-\d+" is forbidden: exceeded quota: q, requested: pods=1, used: pods=10, limited: pods=10$/,
    )
    expect(await used(client)).toEqual({ pods: '10' })
    const { items } = await client.list(Pod, { namespace })
    expect(items).toHaveLength(10)
    await client.delete(Pod, items[0]?.metadata ?? { name: '' }, { gracePeriodSeconds: 0 })
    await becomes(client, { pods: '9' })
    await client.create(Pod, pod('again'))
    expect(await used(client)).toEqual({ pods: '10' })
  }, 120_000)

  it('counts objects of other kinds, those that are there already too', async () => {
    await using cluster = await startHollowCluster({ nodes: [] })
    const { client } = cluster
    await eventually(async () => client.get(ConfigMap, { name: 'kube-root-ca.crt', namespace }))
    await createQuota(client, { configmaps: '2', 'count/deployments.apps': '0' })
    await becomes(client, { configmaps: '1', 'count/deployments.apps': '0' })
    const map = (name: string) => ({ metadata: { name, namespace } }) as never
    await client.create(ConfigMap, map('a'))
    await expect(client.create(ConfigMap, map('b'))).rejects.toThrow('exceeded quota: q, requested: configmaps=1, used: configmaps=2')
    await client.delete(ConfigMap, { name: 'a', namespace })
    await becomes(client, { configmaps: '1', 'count/deployments.apps': '0' })
  }, 120_000)
})
