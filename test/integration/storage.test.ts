import { describe, expect, it } from '@jest/globals'
import { Event } from '../../api/core/event.ts'
import { PersistentVolumeClaim } from '../../api/core/persistent-volume-claim.ts'
import { PersistentVolume } from '../../api/core/persistent-volume.ts'
import { Pod } from '../../api/core/pod.ts'
import { onlyFrom } from '../../api/storage/testing.ts'
import { StorageClass } from '../../api/storage/storage-class.ts'
import type { Client } from '../../client/client.ts'
import { eventually } from '../support/eventually.ts'
import { startHollowCluster } from '../support/hollow-cluster.ts'

const namespace = 'default'
const claim = (name: string, spec: object = {}) =>
  ({
    metadata: { name, namespace },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
  }) as never
const volume = (name: string, spec: object = {}) =>
  ({
    metadata: { name },
    spec: {
      capacity: { storage: '5Gi' },
      accessModes: ['ReadWriteOnce'],
      hostPath: { path: '/mnt/data' },
      storageClassName: 'manual',
      ...spec,
    },
  }) as never
const user = (name: string, claimName: string) =>
  ({
    metadata: { name, namespace },
    spec: {
      containers: [{ name: 'c', image: 'busybox:1', volumeMounts: [{ name: 'data', mountPath: '/data' }] }],
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }],
    },
  }) as never

const bound = (client: Client, name: string) =>
  eventually(async () => {
    const found = await client.get(PersistentVolumeClaim, { name, namespace })
    return found.status.phase === 'Bound' && found
  })
const phase = (client: Client, name: string, wanted: string) =>
  eventually(async () => {
    const found = await client.get(PersistentVolume, { name })
    return found.status.phase === wanted && found
  })
const nodeOf = async (client: Client, name: string) => (await client.get(Pod, { name, namespace })).spec.nodeName ?? false
const messages = async (client: Client, name: string, reason: string) =>
  eventually(async () => {
    const { items } = await client.list(Event, { namespace })
    const found = items.filter(event => event.involvedObject.name === name && event.reason === reason)
    return found.length > 0 && found.map(({ message }) => message)
  })

describe('storage', () => {
  it('makes a volume on the node of the first pod, and takes it away with the claim', async () => {
    await using cluster = await startHollowCluster()
    const { client } = cluster
    await client.create(PersistentVolumeClaim, claim('data'))
    expect(await messages(client, 'data', 'WaitForFirstConsumer')).toEqual(['waiting for first consumer to be created before binding'])
    await client.create(Pod, user('p', 'data'))
    const { metadata, spec, status } = await bound(client, 'data')
    const pod = await eventually(async () => {
      const found = await client.get(Pod, { name: 'p', namespace })
      return found.status.phase === 'Running' && found
    })
    expect(metadata.annotations).toEqual({
      'pv.kubernetes.io/bind-completed': 'yes',
      'pv.kubernetes.io/bound-by-controller': 'yes',
      'volume.beta.kubernetes.io/storage-provisioner': 'kubeling.io/node-directory',
      'volume.kubernetes.io/storage-provisioner': 'kubeling.io/node-directory',
      'volume.kubernetes.io/selected-node': pod.spec.nodeName,
    })
    expect([spec.storageClassName, status]).toEqual([
      'standard',
      { phase: 'Bound', accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' } },
    ])
    const made = await phase(client, spec.volumeName ?? '', 'Bound')
    expect(made.metadata.name).toBe(`pvc-${metadata.uid}`)
    expect(made.spec).toMatchObject({
      claimRef: { name: 'data', namespace, uid: metadata.uid },
      persistentVolumeReclaimPolicy: 'Delete',
      local: { path: `/var/lib/kubeling/volumes/pvc-${metadata.uid}/data` },
      nodeAffinity: {
        required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', values: [pod.spec.nodeName] }] }] },
      },
    })
    expect(await messages(client, 'data', 'ProvisioningSucceeded')).toEqual([`Successfully provisioned volume pvc-${metadata.uid}`])
    // The claim stays as long as the pod uses it; then it goes, and its volume.
    await client.delete(PersistentVolumeClaim, { name: 'data', namespace })
    await client.delete(Pod, { name: 'p', namespace }, { gracePeriodSeconds: 0 })
    await eventually(async () => (await client.list(PersistentVolume)).items.length === 0)
  }, 60_000)

  it('binds what was made by hand: the smallest that fits, or the one that is named', async () => {
    await using cluster = await startHollowCluster({ nodes: [] })
    const { client } = cluster
    await client.create(PersistentVolume, volume('large', { capacity: { storage: '10Gi' } }))
    await client.create(PersistentVolume, volume('small'))
    await phase(client, 'large', 'Available')
    await phase(client, 'small', 'Available')
    await client.create(PersistentVolumeClaim, claim('any', { storageClassName: 'manual' }))
    expect((await bound(client, 'any')).spec.volumeName).toBe('small')
    await client.create(PersistentVolumeClaim, claim('named', { storageClassName: 'manual', volumeName: 'large' }))
    expect((await bound(client, 'named')).status.capacity).toEqual({ storage: '10Gi' })
    // One that is kept shows whose it was until somebody clears that.
    await client.delete(PersistentVolumeClaim, { name: 'any', namespace })
    await phase(client, 'small', 'Released')
    await client.patch(PersistentVolume, { name: 'small' }, { type: 'merge', body: { spec: { claimRef: null } } })
    await phase(client, 'small', 'Available')
    await client.create(PersistentVolumeClaim, claim('second', { storageClassName: 'manual' }))
    expect((await bound(client, 'second')).spec.volumeName).toBe('small')
  }, 60_000)

  it('puts a pod where a volume made by hand is, when the class waits for pods', async () => {
    await using cluster = await startHollowCluster({ nodes: ['node-1', 'node-2'] })
    const { client } = cluster
    await client.create(StorageClass, {
      metadata: { name: 'disks' },
      provisioner: 'kubernetes.io/no-provisioner',
      volumeBindingMode: 'WaitForFirstConsumer',
    } as never)
    const on = (node: string) => ({ storageClassName: 'disks', hostPath: undefined, local: { path: '/mnt/disk' }, ...onlyFrom(node) })
    await client.create(PersistentVolume, volume('disk-2', on('node-2')))
    await phase(client, 'disk-2', 'Available')
    for (const name of ['first', 'second']) {
      await client.create(PersistentVolumeClaim, claim(name, { storageClassName: 'disks' }))
      await client.create(Pod, user(name, name))
      if (name === 'first') expect((await bound(client, name)).spec.volumeName).toBe('disk-2')
    }
    expect((await eventually(async () => nodeOf(client, 'first'))) || '').toBe('node-2')
    expect(await messages(client, 'second', 'FailedScheduling')).toEqual([
      "0/2 nodes are available: 2 node(s) didn't find available persistent volumes to bind. no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.",
    ])
    await client.create(PersistentVolume, volume('disk-1', on('node-1')))
    expect((await eventually(async () => nodeOf(client, 'second'))) || '').toBe('node-1')
  }, 60_000)

  it('makes claims larger where their class lets them grow', async () => {
    await using cluster = await startHollowCluster()
    const { client } = cluster
    await client.create(StorageClass, {
      metadata: { name: 'now' },
      provisioner: 'kubeling.io/node-directory',
      allowVolumeExpansion: true,
    } as never)
    await client.create(PersistentVolumeClaim, claim('data', { storageClassName: 'now' }))
    await bound(client, 'data')
    await client.patch(
      PersistentVolumeClaim,
      { name: 'data', namespace },
      { type: 'merge', body: { spec: { resources: { requests: { storage: '2Gi' } } } } },
    )
    const grown = await eventually(async () => {
      const found = await client.get(PersistentVolumeClaim, { name: 'data', namespace })
      return found.status.capacity?.['storage'] === '2Gi' && found
    })
    expect((await client.get(PersistentVolume, { name: grown.spec.volumeName ?? '' })).spec.capacity).toEqual({ storage: '2Gi' })
    expect(await messages(client, 'data', 'VolumeResizeSuccessful')).toEqual(['Resize volume succeeded'])
  }, 60_000)

  it('makes the claims of generic ephemeral volumes, which go with their pods', async () => {
    await using cluster = await startHollowCluster()
    const { client } = cluster
    const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } }
    await client.create(Pod, {
      metadata: { name: 'p', namespace },
      spec: {
        containers: [{ name: 'c', image: 'busybox:1', volumeMounts: [{ name: 'scratch', mountPath: '/data' }] }],
        volumes: [{ name: 'scratch', ephemeral: { volumeClaimTemplate: { metadata: { labels: { a: 'b' } }, spec } } }],
      },
    } as never)
    const made = await bound(client, 'p-scratch')
    expect([made.metadata.labels, made.metadata.ownerReferences?.[0]?.name]).toEqual([{ a: 'b' }, 'p'])
    await eventually(async () => (await client.get(Pod, { name: 'p', namespace })).status.phase === 'Running')
    await client.delete(Pod, { name: 'p', namespace }, { gracePeriodSeconds: 0 })
    await eventually(async () => (await client.list(PersistentVolumeClaim, { namespace })).items.length === 0)
  }, 60_000)
})
