import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { ConfigMap } from '../../../api/core/config-map.ts'
import { Pod } from '../../../api/core/pod.ts'
import { Secret } from '../../../api/core/secret.ts'
import { ApiError, isNotFound } from '../../../api/errors.ts'
import type { Kind } from '../../../api/kind.ts'
import type { Client } from '../../../client/client.ts'
import { eventually } from '../../support/eventually.ts'
import { startHollowCluster } from '../../support/hollow-cluster.ts'

const namespace = 'default'
/** Why something was refused. */
const reasonOf = async (asked: Promise<unknown>): Promise<string> => {
  try {
    await asked
  } catch (error) {
    if (error instanceof ApiError) return error.reason ?? ''
    throw error
  }
  return 'accepted'
}

describe('what volumes are made of', () => {
  let cluster: Awaited<ReturnType<typeof startHollowCluster>>
  let client: Client
  beforeAll(async () => {
    cluster = await startHollowCluster()
    client = cluster.client
  }, 60_000)
  afterAll(async () => {
    await cluster[Symbol.asyncDispose]()
  })

  it.each<[string, Kind<ConfigMap>, string]>([
    ['ConfigMap', ConfigMap, 'value'],
    ['Secret', Secret as never, 'dmFsdWU='],
  ])(
    'keeps a %s that was made immutable as it is, but for its metadata',
    async (_, kind, value) => {
      const key = { namespace, name: 'immutable' }
      const created = await client.create(kind, { metadata: key, data: { 'data-1': value } } as never)
      const data = { 'data-1': value, 'data-4': value }
      const changed = await client.update(kind, { ...created, data })
      const current = await client.update(kind, { ...changed, immutable: true })
      expect(current).toMatchObject({ immutable: true, data })
      expect(await reasonOf(client.update(kind, { ...current, data: { ...data, 'data-5': value } }))).toBe('Invalid')
      expect(await reasonOf(client.update(kind, { ...current, immutable: false }))).toBe('Invalid')
      const labelled = await client.update(kind, { ...current, metadata: { ...current.metadata, labels: { label1: 'value1' } } })
      expect(labelled).toMatchObject({ metadata: { labels: { label1: 'value1' } }, immutable: true, data })
      await client.delete(kind, key)
      expect(await reasonOf(client.get(kind, key))).toBe('NotFound')
    },
    60_000,
  )

  it('takes pods whose volumes are of CSI drivers through their life', async () => {
    const key = { namespace, name: 'inline' }
    const driver = 'e2e.example.com'
    const volumes = [
      { name: 'vol1', csi: { driver } },
      { name: 'vol2', csi: { driver, fsType: 'ext4', readOnly: true } },
    ]
    const volumeMounts = volumes.map(({ name }) => ({ name, mountPath: `/mnt/${name}` }))
    const pod = { metadata: key, spec: { volumes, containers: [{ name: 'c', image: 'busybox', volumeMounts }] } } as never
    const created = await client.create(Pod, pod)
    expect(await reasonOf(client.create(Pod, pod))).toBe('AlreadyExists')
    const found = await client.get(Pod, key)
    expect(found.metadata.uid).toBe(created.metadata.uid)
    expect(found.spec.volumes).toEqual(expect.arrayContaining(volumes.map(volume => expect.objectContaining(volume))))
    expect((await client.list(Pod, { namespace })).items).toHaveLength(1)
    const patched = await client.patch(Pod, key, { type: 'merge', body: { metadata: { annotations: { patched: 'true' } } } })
    expect(patched.metadata.annotations).toMatchObject({ patched: 'true' })
    await client.delete(Pod, key)
    const isGone = async () => {
      try {
        return (await client.get(Pod, key)).metadata.deletionTimestamp !== undefined
      } catch (error) {
        return isNotFound(error)
      }
    }
    await eventually(isGone, { what: 'the end of the pod' })
  }, 60_000)
})
