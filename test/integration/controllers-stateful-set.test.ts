import { describe, expect, it } from '@jest/globals'
import { ControllerRevision } from '../../api/apps/controller-revision.ts'
import { StatefulSet } from '../../api/apps/stateful-set.ts'
import { Event } from '../../api/core/event.ts'
import { PersistentVolumeClaim } from '../../api/core/persistent-volume-claim.ts'
import { Pod } from '../../api/core/pod.ts'
import type { Client } from '../../client/client.ts'
import { eventually } from '../support/eventually.ts'
import { startHollowCluster } from '../support/hollow-cluster.ts'

const namespace = 'default'
const key = { name: 'web', namespace }
const web = (spec: object = {}) => ({
  metadata: key,
  spec: {
    serviceName: 'web',
    replicas: 3,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx:1' }] } },
    ...spec,
  },
})
const change = (client: Client, spec: object) => client.patch(StatefulSet, key, { type: 'strategic', body: { spec } })
const setImage = (client: Client, image: string) => change(client, { template: { spec: { containers: [{ name: 'c', image }] } } })
const pods = async (client: Client) => (await client.list(Pod, { namespace })).items
const images = async (client: Client) =>
  Object.fromEntries((await pods(client)).map(({ metadata, spec }) => [metadata.name, spec.containers[0]?.image]))
const settled = (client: Client, replicas: number, updated = replicas) =>
  eventually(async () => {
    const { metadata, status } = await client.get(StatefulSet, key)
    if (status.observedGeneration !== metadata.generation || status.replicas !== replicas) return false
    return status.availableReplicas === replicas && (status.updatedReplicas ?? 0) === updated && status
  })

describe('a StatefulSet', () => {
  it('makes numbered pods in their order, with names of their own, and takes them away in reverse', async () => {
    await using cluster = await startHollowCluster()
    const { client } = cluster
    await client.create(StatefulSet, web() as never)
    const status = await settled(client, 3)
    expect(status.currentRevision).toBe(status.updateRevision)
    expect(status.currentReplicas).toBe(3)
    const [first] = (await pods(client)).sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
    expect(first?.metadata.labels).toEqual({
      app: 'web',
      'apps.kubernetes.io/pod-index': '0',
      'statefulset.kubernetes.io/pod-name': 'web-0',
      'controller-revision-hash': status.updateRevision,
    })
    expect([first?.spec.hostname, first?.spec.subdomain]).toEqual(['web-0', 'web'])
    await change(client, { replicas: 1 })
    await settled(client, 1)
    const reasons = ['SuccessfulCreate', 'SuccessfulDelete']
    const messages = await eventually(async () => {
      const { items } = await client.list(Event, { namespace })
      const ours = items.filter(({ involvedObject, reason }) => involvedObject.kind === 'StatefulSet' && reasons.includes(reason ?? ''))
      return ours.length === 5 && ours.map(({ message }) => message)
    })
    expect(messages.sort()).toEqual([
      'create Pod web-0 in StatefulSet web successful',
      'create Pod web-1 in StatefulSet web successful',
      'create Pod web-2 in StatefulSet web successful',
      'delete Pod web-1 in StatefulSet web successful',
      'delete Pod web-2 in StatefulSet web successful',
    ])
    expect((await pods(client)).map(({ metadata }) => metadata.name)).toEqual(['web-0'])
  }, 60_000)

  it('rolls a template out down to the partition, then to all, and back', async () => {
    await using cluster = await startHollowCluster()
    const { client } = cluster
    await client.create(StatefulSet, web({ podManagementPolicy: 'Parallel' }) as never)
    const before = await settled(client, 3)
    await change(client, { updateStrategy: { rollingUpdate: { partition: 2 } } })
    await setImage(client, 'nginx:2')
    const canary = await settled(client, 3, 1)
    expect(await images(client)).toEqual({ 'web-0': 'nginx:1', 'web-1': 'nginx:1', 'web-2': 'nginx:2' })
    expect([canary.currentRevision, canary.currentReplicas]).toEqual([before.currentRevision, 2])
    // A pod below the partition comes back as it was.
    await client.delete(Pod, { name: 'web-0', namespace })
    await settled(client, 3, 1)
    expect((await images(client))['web-0']).toBe('nginx:1')
    await change(client, { updateStrategy: { rollingUpdate: { partition: 0 } } })
    const after = await settled(client, 3)
    expect(after.currentRevision).toBe(canary.updateRevision)
    await setImage(client, 'nginx:1')
    const back = await eventually(async () => {
      const status = await settled(client, 3)
      return status.updateRevision === before.updateRevision && status
    })
    expect(back.currentRevision).toBe(before.currentRevision)
    const revisions = (await client.list(ControllerRevision, { namespace })).items
    expect(revisions.map(({ revision }) => revision).sort()).toEqual([2, 3])
  }, 60_000)

  it('gives each pod its claims, which go as the retention policy says', async () => {
    await using cluster = await startHollowCluster()
    const { client } = cluster
    const claimTemplate = {
      metadata: { name: 'www' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    }
    const policy = { whenDeleted: 'Delete', whenScaled: 'Retain' }
    const spec = { podManagementPolicy: 'Parallel', replicas: 2, volumeClaimTemplates: [claimTemplate] }
    const set = await client.create(StatefulSet, web({ ...spec, persistentVolumeClaimRetentionPolicy: policy }) as never)
    const claims = await eventually(async () => {
      const { items } = await client.list(PersistentVolumeClaim, { namespace })
      return items.length === 2 && items.every(({ metadata }) => metadata.ownerReferences?.[0]?.uid === set.metadata.uid) && items
    })
    expect(claims.map(({ metadata }) => metadata.name).sort()).toEqual(['www-web-0', 'www-web-1'])
    expect(claims[0]?.metadata.labels).toEqual({ app: 'web' })
    const pod = await eventually(async () => (await pods(client)).find(({ metadata }) => metadata.name === 'web-1'))
    expect(pod.spec.volumes?.[0]).toEqual({ name: 'www', persistentVolumeClaim: { claimName: 'www-web-1' } })
    await client.delete(StatefulSet, key, { propagationPolicy: 'Background' })
    await eventually(async () => (await pods(client)).length + (await client.list(PersistentVolumeClaim, { namespace })).items.length === 0)
  }, 60_000)

  it('replaces a pod that has failed', async () => {
    await using cluster = await startHollowCluster()
    const { client } = cluster
    await client.create(StatefulSet, web({ replicas: 1 }) as never)
    await settled(client, 1)
    const pod = await client.get(Pod, { name: 'web-0', namespace })
    await client.patch(Pod, pod.metadata, { type: 'merge', subresource: 'status', body: { status: { phase: 'Failed' } } })
    await eventually(async () => (await client.get(Pod, { name: 'web-0', namespace })).metadata.uid !== pod.metadata.uid)
    await settled(client, 1)
  }, 60_000)
})
