import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '../../support/eventually.ts'
import { startHollowCluster } from '../../support/hollow-cluster.ts'
import { rawApi } from '../../support/raw-api.ts'

interface Item {
  readonly metadata: {
    readonly name: string
    readonly uid: string
    readonly deletionTimestamp?: string
    readonly finalizers?: readonly string[]
    readonly ownerReferences?: readonly { readonly name: string; readonly uid: string }[]
    readonly [field: string]: unknown
  }
  readonly status?: { readonly replicas?: number; readonly readyReplicas?: number }
}

const core = '/api/v1/namespaces/default'
const apps = '/apis/apps/v1/namespaces/default'
const template = (app: string) => ({ metadata: { labels: { app } }, spec: { containers: [{ name: 'nginx', image: 'x' }] } })
const controller = (name: string, replicas = 2) => ({
  metadata: { name },
  spec: { replicas, selector: { app: name }, template: template(name) },
})
const deployment = (name: string) => ({
  metadata: { name },
  spec: { replicas: 2, selector: { matchLabels: { app: name } }, template: template(name) },
})

describe('the garbage collector', () => {
  let cluster: Awaited<ReturnType<typeof startHollowCluster>>
  let call: ReturnType<typeof rawApi>
  beforeAll(async () => {
    cluster = await startHollowCluster({ nodes: ['node-1'] })
    call = rawApi(cluster.plane)
    await eventually(async () => (await call('GET', `${core}/serviceaccounts/default`)).status === 200)
  }, 60_000)
  afterAll(() => cluster[Symbol.asyncDispose]())

  const read = async (path: string) => (await call('GET', path)).body as unknown as Item
  const list = async (path: string) => ((await call('GET', path)).body as unknown as { items: Item[] }).items
  const podsOf = (app: string) => list(`${core}/pods?labelSelector=app%3D${app}`)
  const gone = (path: string) => eventually(async () => (await call('GET', path)).status === 404, { what: `the end of ${path}` })
  const remove = async (path: string, propagationPolicy: string) =>
    expect(await call('DELETE', path, { body: { propagationPolicy } })).toMatchObject({ status: 200 })
  /** A replication controller whose pods run. */
  async function running(name: string, replicas = 2): Promise<string> {
    expect(await call('POST', `${core}/replicationcontrollers`, { body: controller(name, replicas) })).toMatchObject({ status: 201 })
    const path = `${core}/replicationcontrollers/${name}`
    await eventually(async () => ((await read(path)).status?.readyReplicas ?? 0) === replicas, { what: `the pods of ${name}` })
    return path
  }

  it('deletes the pods of a controller, unless they are to stay', async () => {
    const [taken, left] = [await running('taken'), await running('left')]
    await remove(taken, 'Background')
    await remove(left, 'Orphan')
    await Promise.all([gone(taken), gone(left)])
    await eventually(async () => (await podsOf('taken')).length === 0)
    const pods = await podsOf('left')
    expect(pods.map(({ metadata }) => [metadata.ownerReferences, metadata.deletionTimestamp])).toEqual([
      [undefined, undefined],
      [undefined, undefined],
    ])
  }, 60_000)

  it('deletes the replica set of a deployment, unless it is to stay', async () => {
    const sets = async (app: string) => list(`${apps}/replicasets?labelSelector=app%3D${app}`)
    for (const name of ['web', 'kept']) {
      await call('POST', `${apps}/deployments`, { body: deployment(name) })
      await eventually(async () => (await sets(name)).length === 1)
    }
    await remove(`${apps}/deployments/web`, 'Background')
    await remove(`${apps}/deployments/kept`, 'Orphan')
    await Promise.all([gone(`${apps}/deployments/web`), gone(`${apps}/deployments/kept`)])
    await eventually(async () => (await sets('web')).length + (await podsOf('web')).length === 0)
    const [kept, ...others] = await sets('kept')
    expect(others).toEqual([])
    expect(kept?.metadata).not.toHaveProperty('ownerReferences')
    expect(kept?.metadata).not.toHaveProperty('deletionTimestamp')
  }, 60_000)

  it('keeps an owner that goes in the foreground until its pods have gone', async () => {
    const path = await running('foreground')
    const [pod] = await podsOf('foreground')
    const held = `${core}/pods/${pod?.metadata.name}`
    const finalizers = (value: string[] | null) =>
      call('PATCH', held, { body: { metadata: { finalizers: value } }, type: 'application/merge-patch+json' })
    await finalizers(['example.com/hold'])
    await remove(path, 'Foreground')
    await eventually(async () => (await podsOf('foreground')).length === 1)
    const owner = await read(path)
    expect(owner.metadata).toMatchObject({ finalizers: ['foregroundDeletion'], deletionTimestamp: expect.any(String) })
    await finalizers(null)
    await gone(path)
    expect(await podsOf('foreground')).toEqual([])
  }, 60_000)

  it('spares pods that another owner still has', async () => {
    const [deleted, stays] = [await running('to-be-deleted', 4), await running('to-stay', 0)]
    const { metadata } = await read(stays)
    const shared = (await podsOf('to-be-deleted')).slice(0, 2)
    const other = { apiVersion: 'v1', kind: 'ReplicationController', name: 'to-stay', uid: metadata.uid }
    for (const pod of shared)
      await call('PATCH', `${core}/pods/${pod.metadata.name}`, {
        body: { metadata: { ownerReferences: [other] } },
        type: 'application/strategic-merge-patch+json',
      })
    await remove(deleted, 'Foreground')
    await gone(deleted)
    const left = await podsOf('to-be-deleted')
    expect(left.map(pod => pod.metadata.name).sort()).toEqual(shared.map(pod => pod.metadata.name).sort())
    for (const pod of left) {
      expect(pod.metadata.ownerReferences).toMatchObject([{ name: 'to-stay', uid: metadata.uid }])
      expect(pod.metadata).not.toHaveProperty('deletionTimestamp')
    }
  }, 60_000)

  it('is not held up by owners in a circle', async () => {
    const names = ['pod1', 'pod2', 'pod3']
    for (const name of names)
      await call('POST', `${core}/pods`, { body: { metadata: { name }, spec: { containers: [{ name: 'c', image: 'x' }] } } })
    const uids = await Promise.all(names.map(async name => (await read(`${core}/pods/${name}`)).metadata.uid))
    // pod1 belongs to pod3, pod2 to pod1, pod3 to pod2.
    for (const [index, name] of names.entries()) {
      const owner = (index + 2) % 3
      const reference = { apiVersion: 'v1', kind: 'Pod', name: names[owner], uid: uids[owner], controller: true, blockOwnerDeletion: true }
      const patch = { body: { metadata: { ownerReferences: [reference] } }, type: 'application/strategic-merge-patch+json' }
      expect(await call('PATCH', `${core}/pods/${name}`, patch)).toMatchObject({ status: 200 })
    }
    await remove(`${core}/pods/pod1`, 'Foreground')
    await Promise.all(names.map(name => gone(`${core}/pods/${name}`)))
  }, 60_000)
})
