import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { PersistentVolume } from '../../../api/core/persistent-volume.ts'
import { PersistentVolumeClaim } from '../../../api/core/persistent-volume-claim.ts'
import type { Kind } from '../../../api/kind.ts'
import { CSIDriver } from '../../../api/storage/csi-driver.ts'
import { CSINode } from '../../../api/storage/csi-node.ts'
import { CSIStorageCapacity } from '../../../api/storage/csi-storage-capacity.ts'
import { StorageClass } from '../../../api/storage/storage-class.ts'
import { VolumeAttachment } from '../../../api/storage/volume-attachment.ts'
import { VolumeAttributesClass } from '../../../api/storage/volume-attributes-class.ts'
import type { Client } from '../../../client/client.ts'
import { eventually } from '../../support/eventually.ts'
import { startHollowCluster } from '../../support/hollow-cluster.ts'
import { freshNamespace, watchFromNow, wireOf } from '../../support/wire.ts'

const driver = 'e2e-test.storage.k8s.io'
const kinds: readonly { name: string; kind: Kind; body: object }[] = [
  { name: 'StorageClass', kind: StorageClass as never, body: { provisioner: driver, reclaimPolicy: 'Delete' } },
  { name: 'CSINode', kind: CSINode as never, body: { spec: { drivers: [] } } },
  {
    name: 'CSIDriver',
    kind: CSIDriver as never,
    body: { spec: { volumeLifecycleModes: ['Persistent', 'Ephemeral'], fsGroupPolicy: 'ReadWriteOnceWithFSType' } },
  },
  {
    name: 'VolumeAttachment',
    kind: VolumeAttachment as never,
    body: { spec: { attacher: driver, nodeName: 'node-1', source: { persistentVolumeName: 'pv' } } },
  },
  { name: 'VolumeAttributesClass', kind: VolumeAttributesClass as never, body: { driverName: driver, parameters: { iops: '100' } } },
]

describe('the API of storage', () => {
  let cluster: Awaited<ReturnType<typeof startHollowCluster>>
  let client: Client
  let wire: ReturnType<typeof wireOf>
  beforeAll(async () => {
    cluster = await startHollowCluster({ nodes: ['node-1'] })
    client = cluster.client
    wire = wireOf(cluster.plane)
  }, 60_000)
  afterAll(() => cluster[Symbol.asyncDispose](), 60_000)

  it.each(kinds)(
    'leads a $name through its life: created, patched, updated, deleted alone and with others',
    async ({ kind, body }) => {
      const life = `life-${kind.plural}`
      const create = (name: string) => client.create(kind, { metadata: { name, labels: { life } }, ...body } as never)
      const listed = async (labelSelector: string) =>
        (await client.list(kind, { labelSelector })).items.map(({ metadata }) => metadata.name)
      const first = await create('first')
      await expect(create('first')).rejects.toMatchObject({ code: 409 })
      expect((await client.get(kind, { name: 'first' })).metadata.uid).toBe(first.metadata.uid)
      for (const type of ['merge', 'strategic'] as const) {
        const patched = await client.patch(kind, { name: 'first' }, { type, body: { metadata: { labels: { [type]: 'patched' } } } })
        expect(patched.metadata.labels).toMatchObject({ [type]: 'patched' })
      }
      expect(await listed('merge=patched')).toEqual(['first'])
      await client.delete(kind, { name: 'first' })
      await eventually(async () => (await listed(`life=${life}`)).length === 0)
      for (const name of ['second', 'third']) {
        const { metadata, ...rest } = await create(name)
        const updated = await client.update(kind, { ...rest, metadata: { ...metadata, labels: { life, step: 'updated' } } })
        expect(updated.metadata.labels).toMatchObject({ step: 'updated' })
      }
      await client.deleteCollection(kind, { labelSelector: `life=${life},step=updated` })
      await eventually(async () => (await listed(`life=${life}`)).length === 0)
    },
    60_000,
  )

  it('writes the status of a VolumeAttachment, and nothing else through it', async () => {
    const key = { name: 'attachment' }
    const status = { ...key, subresource: 'status' }
    const { body = {} } = kinds.find(({ name }) => name === 'VolumeAttachment') ?? {}
    await client.create(VolumeAttachment, { metadata: { ...key, labels: { step: 'created' } }, ...body } as never)
    expect(await wire.get(VolumeAttachment, status)).toMatchObject({ status: { attached: false } })
    const patch = { metadata: { labels: { step: 'status' }, annotations: { by: 'status' } }, status: { attached: true } }
    const patched = await wire.patch(VolumeAttachment, status, { type: 'merge', body: patch })
    expect(patched).toMatchObject({ metadata: { labels: { step: 'created' } }, status: { attached: true } })
    expect((patched['metadata'] as object | undefined) ?? {}).not.toHaveProperty('annotations')
    const current = await client.get(VolumeAttachment, key)
    const written = await client.updateStatus(VolumeAttachment, { ...current, status: { ...current.status, attached: false } } as never)
    expect(written).toMatchObject({ status: { attached: false } })
    await client.delete(VolumeAttachment, key)
  })

  it('leads CSIStorageCapacities through their lives, in a namespace and everywhere', async () => {
    const namespace = await freshNamespace(client, 'capacity')
    const labelSelector = `life=${namespace}`
    const create = (name: string) =>
      client.create(CSIStorageCapacity, { metadata: { name, namespace, labels: { life: namespace } }, storageClassName: 'none' } as never)
    const created = await create('first')
    await create('second')
    expect((await client.get(CSIStorageCapacity, created.metadata)).metadata.uid).toBe(created.metadata.uid)
    for (const where of [{ namespace }, {}])
      expect((await client.list(CSIStorageCapacity, { ...where, labelSelector })).items).toHaveLength(2)
    await using watch = await watchFromNow(client, CSIStorageCapacity, { namespace, labelSelector })
    const body = { metadata: { annotations: { patched: 'true' } } }
    const { metadata, ...rest } = await client.patch(CSIStorageCapacity, created.metadata, { type: 'merge', body })
    const annotations = { ...metadata.annotations, updated: 'true' }
    const updated = await client.update(CSIStorageCapacity, { ...rest, metadata: { ...metadata, annotations } })
    expect(updated.metadata.annotations).toEqual({ patched: 'true', updated: 'true' })
    await watch.sees('MODIFIED', object => object.metadata.annotations?.['updated'] === 'true')
    await client.delete(CSIStorageCapacity, created.metadata)
    await watch.sees('DELETED', object => object.metadata.name === 'first')
    await client.deleteCollection(CSIStorageCapacity, { namespace, labelSelector })
    expect((await client.list(CSIStorageCapacity, { namespace, labelSelector })).items).toEqual([])
  })

  /** A volume and a claim that find each other by their class. */
  async function createPair(namespace: string, name: string) {
    const metadata = { name: `${namespace}-${name}`, labels: { life: namespace } }
    const amount = { storage: '2Gi' }
    const shared = { storageClassName: `${namespace}-${name}`, accessModes: ['ReadWriteOnce'] }
    const volume = { ...shared, capacity: amount, persistentVolumeReclaimPolicy: 'Retain', hostPath: { path: '/tmp/e2e' } }
    await client.create(PersistentVolume, { metadata, spec: volume } as never)
    const claim = { ...shared, resources: { requests: amount } }
    await client.create(PersistentVolumeClaim, { metadata: { ...metadata, namespace }, spec: claim } as never)
    await eventually(async () => (await client.get(PersistentVolumeClaim, { ...metadata, namespace })).status.phase === 'Bound')
    return { pv: { name: metadata.name }, pvc: { name: metadata.name, namespace } }
  }

  it('leads a volume and its claim through their lives: bound, patched, updated, deleted alone and with others', async () => {
    const namespace = await freshNamespace(client, 'volumes')
    const labelSelector = `life=${namespace}`
    const volumes = async () => (await client.list(PersistentVolume, { labelSelector })).items.length
    const claims = async (where: object) => (await client.list(PersistentVolumeClaim, { ...where, labelSelector })).items.length
    const first = await createPair(namespace, 'first')
    expect([await volumes(), await claims({ namespace })]).toEqual([1, 1])
    const body = { metadata: { labels: { step: 'patched' } } }
    expect((await client.patch(PersistentVolume, first.pv, { type: 'strategic', body })).metadata.labels).toMatchObject({ step: 'patched' })
    expect((await client.patch(PersistentVolumeClaim, first.pvc, { type: 'strategic', body })).metadata.labels).toMatchObject({
      step: 'patched',
    })
    await client.delete(PersistentVolumeClaim, first.pvc)
    await eventually(async () => (await claims({ namespace })) === 0)
    await client.delete(PersistentVolume, first.pv)
    await eventually(async () => (await volumes()) === 0)
    const second = await createPair(namespace, 'second')
    await eventually(async () => {
      const volume = await client.get(PersistentVolume, second.pv)
      return client.update(PersistentVolume, { ...volume, metadata: { ...volume.metadata, labels: { life: namespace, step: 'updated' } } })
    })
    await eventually(async () => {
      const claim = await client.get(PersistentVolumeClaim, second.pvc)
      return client.update(PersistentVolumeClaim, {
        ...claim,
        metadata: { ...claim.metadata, labels: { life: namespace, step: 'updated' } },
      })
    })
    expect(await claims({})).toBe(1)
    await client.deleteCollection(PersistentVolumeClaim, { namespace, labelSelector: `${labelSelector},step=updated` })
    await eventually(async () => (await claims({})) === 0)
    await client.deleteCollection(PersistentVolume, { labelSelector: `${labelSelector},step=updated` })
    await eventually(async () => (await volumes()) === 0)
  }, 60_000)

  it('takes what others write into the status of a volume and its claim', async () => {
    const namespace = await freshNamespace(client, 'volumes')
    const { pv, pvc } = await createPair(namespace, 'status')
    const volume = { ...pv, subresource: 'status' }
    expect(await wire.get(PersistentVolume, volume)).toMatchObject({ status: { phase: 'Bound' } })
    const patch = { status: { message: 'StatusPatched', reason: 'E2E patchStatus' } }
    expect(await wire.patch(PersistentVolume, volume, { type: 'merge', body: patch })).toMatchObject(patch)
    const updated = { reason: 'E2E updateStatus', message: 'StatusUpdated' }
    await eventually(async () => {
      const current = await client.get(PersistentVolume, pv)
      return client.updateStatus(PersistentVolume, { ...current, status: { ...current.status, ...updated } })
    })
    expect((await client.get(PersistentVolume, pv)).status).toMatchObject({ phase: 'Bound', ...updated })
    const claim = { ...pvc, subresource: 'status' }
    expect(await wire.get(PersistentVolumeClaim, claim)).toMatchObject({ status: { phase: 'Bound' } })
    const condition = (type: string) => ({ type, status: 'True', reason: 'E2E', message: 'Set from a test' })
    const conditions = { status: { conditions: [condition('StatusPatched')] } }
    expect(await wire.patch(PersistentVolumeClaim, claim, { type: 'merge', body: conditions })).toMatchObject(conditions)
    await eventually(async () => {
      const current = await client.get(PersistentVolumeClaim, pvc)
      const status = { ...current.status, conditions: [...(current.status.conditions ?? []), condition('StatusUpdated')] }
      return client.updateStatus(PersistentVolumeClaim, { ...current, status } as PersistentVolumeClaim)
    })
    const types = (await client.get(PersistentVolumeClaim, pvc)).status.conditions?.map(({ type }) => type)
    expect(types).toEqual(['StatusPatched', 'StatusUpdated'])
  }, 60_000)
})
