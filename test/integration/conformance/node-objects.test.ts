import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Lease } from '../../../api/coordination/lease.ts'
import { ConfigMap } from '../../../api/core/config-map.ts'
import { Node } from '../../../api/core/node.ts'
import { PodTemplate } from '../../../api/core/pod-template.ts'
import { Secret } from '../../../api/core/secret.ts'
import { apiVersionOf, type Kind } from '../../../api/kind.ts'
import { RuntimeClass } from '../../../api/node/runtime-class.ts'
import { DeviceClass } from '../../../api/resource/device-class.ts'
import { ResourceClaimTemplate } from '../../../api/resource/resource-claim-template.ts'
import { ResourceClaim } from '../../../api/resource/resource-claim.ts'
import { ResourceSlice } from '../../../api/resource/resource-slice.ts'
import { startHollowCluster } from '../../support/hollow-cluster.ts'
import { asProtobuf, rawApi, type RawCall } from '../../support/raw-api.ts'

type Fields = Record<string, unknown>
interface Life {
  readonly kind: Kind<never>
  /** What is in one besides its metadata. */
  readonly fields: Fields
  /** Fields that an update replaces, where they may change. */
  readonly changed?: Fields
  readonly status?: Fields
}

const base64 = (text: string) => Buffer.from(text).toString('base64')
const container = { name: 'c', image: 'example/image:1' }
const podSpec = { containers: [container] }
const devices = { requests: [{ name: 'one', exactly: { deviceClassName: 'example' } }] }
const pool = { name: 'pool', generation: 1, resourceSliceCount: 1 }
const slice = { driver: 'driver.example.com', nodeName: 'somewhere', pool }
const condition = { type: 'Tried', status: 'True', reason: 'Test', message: 'is tried', lastTransitionTime: '2026-01-01T00:00:00Z' }

const lives: readonly Life[] = [
  { kind: ConfigMap as never, fields: { data: { key: 'value' } }, changed: { data: { other: 'value' } } },
  { kind: Secret as never, fields: { data: { key: base64('value') } }, changed: { data: { key: base64('another') } } },
  {
    kind: PodTemplate as never,
    fields: { template: { spec: podSpec } },
    changed: { template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ ...container, image: 'example/image:2' }] } } },
  },
  {
    kind: Lease as never,
    fields: { spec: { holderIdentity: 'one', leaseDurationSeconds: 30, acquireTime: '2026-01-01T00:00:00.000000Z', leaseTransitions: 0 } },
    changed: { spec: { holderIdentity: 'two', leaseDurationSeconds: 10, renewTime: '2026-01-01T00:00:10.123456Z', leaseTransitions: 1 } },
  },
  { kind: RuntimeClass as never, fields: { handler: 'example' } },
  {
    kind: Node as never,
    fields: { spec: { unschedulable: true } },
    status: { conditions: [{ type: 'Ready', status: 'True', reason: 'Test', message: 'is tried' }] },
  },
  {
    kind: DeviceClass as never,
    fields: { spec: {} },
    changed: { spec: { selectors: [{ cel: { expression: 'device.driver == "driver.example.com"' } }] } },
  },
  { kind: ResourceClaim as never, fields: { spec: { devices } }, status: { allocation: {} } },
  { kind: ResourceClaimTemplate as never, fields: { spec: { spec: { devices } } } },
  {
    kind: ResourceSlice as never,
    fields: { spec: slice },
    changed: { spec: { ...slice, pool: { ...pool, generation: 2 }, devices: [{ name: 'device' }] } },
  },
]
const patchTypes = {
  strategic: 'application/strategic-merge-patch+json',
  merge: 'application/merge-patch+json',
  apply: 'application/apply-patch+yaml',
  json: 'application/json-patch+json',
}
const namespace = 'default'
const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']

describe('objects that belong to nodes and pods', () => {
  let cluster: Awaited<ReturnType<typeof startHollowCluster>>
  let api: ReturnType<typeof rawApi>
  beforeAll(async () => {
    // Nobody else writes what is tried here.
    cluster = await startHollowCluster({ nodes: [], kubelets: false, disabled: ['node-controller', 'node-ipam-controller'] })
    api = rawApi(cluster.plane)
  }, 60_000)
  afterAll(() => cluster[Symbol.asyncDispose](), 60_000)

  const rootOf = ({ group, version }: Kind) => (group === '' ? `/api/${version}` : `/apis/${group}/${version}`)
  const pathOf = (kind: Kind) => `${rootOf(kind)}/${kind.namespaced ? `namespaces/${namespace}/` : ''}${kind.plural}`
  /** The answer's object; an error names what was asked. */
  async function done(method: string, path: string, call: RawCall = {}): Promise<Record<string, never>> {
    const { status, body, text } = await api(method, path, call)
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text.slice(0, 500)}`)
    return body
  }
  const versionOf = (object: unknown) => BigInt((object as { metadata: { resourceVersion: string } }).metadata.resourceVersion)
  /** Every way of patching the same into an object; each is undone before the next. */
  async function patchEachWay(kind: Kind, path: string, patch: { body: Fields; pointer: string; value: unknown }): Promise<void> {
    const name = path.split('/')[pathOf(kind).split('/').length]
    for (const [way, type] of Object.entries(patchTypes)) {
      const identity = { apiVersion: apiVersionOf(kind), kind: kind.kind, metadata: { name } }
      const merged = {
        ...identity,
        ...patch.body,
        ...(patch.body['metadata'] ? { metadata: { ...identity.metadata, ...(patch.body['metadata'] as Fields) } } : {}),
      }
      const body = way === 'json' ? [{ op: 'add', path: patch.pointer, value: patch.value }] : merged
      const query = way === 'apply' ? '?fieldManager=test&force=true&fieldValidation=Strict' : '?fieldValidation=Strict'
      expect(await done('PATCH', `${path}${query}`, { body, type })).toMatchObject(patch.body)
    }
  }

  it.each(lives.map(life => ({ name: life.kind.kind as string, ...life })))(
    'are made, read, found, changed, patched, heard of and deleted: $name',
    async ({ kind, fields, changed, status }) => {
      const [all, label] = [pathOf(kind), `conformance=${(kind as Kind).plural}`]
      const labels = { conformance: (kind as Kind).plural }
      const selected = `?labelSelector=${encodeURIComponent(label)}`
      const make = (name: string) => ({ ...fields, metadata: { name, labels } })
      const sent = (object: object) => asProtobuf(kind, object)

      const { resources } = (await done('GET', rootOf(kind))) as unknown as { resources: { name: string; verbs: string[] }[] }
      expect(resources.find(({ name }) => name === (kind as Kind).plural)?.verbs).toEqual(expect.arrayContaining(verbs))

      const { metadata } = (await done('GET', `${all}${selected}`)) as unknown as { metadata: { resourceVersion: string } }
      const stop = new AbortController()
      const heard: string[] = []
      const watching = (async () => {
        const options = { resourceVersion: metadata.resourceVersion, labelSelector: label, signal: stop.signal }
        for await (const { type, object } of cluster.client.watch(kind as Kind, options)) {
          if (type === 'BOOKMARK') continue
          heard.push(`${type} ${object.metadata.name}`)
          if (heard.filter(each => each.startsWith('DELETED')).length === 3) return
        }
      })()

      const created = await done('POST', `${all}?fieldValidation=Strict`, sent(make('one')))
      expect(created).toMatchObject(make('one'))
      expect((await api('POST', all, sent(make('one')))).body).toMatchObject({ code: 409, reason: 'AlreadyExists' })
      await done('POST', all, sent(make('two')))
      await done('POST', all, sent(make('three')))
      expect(await done('GET', `${all}/one`)).toMatchObject({ metadata: { uid: created['metadata']?.['uid'] }, ...fields })
      for (const path of [`${all}${selected}`, `${rootOf(kind)}/${(kind as Kind).plural}${selected}`]) {
        const { items } = (await done('GET', path)) as unknown as { items: unknown[] }
        expect(items).toHaveLength(3)
      }

      const next = { ...created, ...changed, metadata: { ...(created['metadata'] as unknown as Fields), annotations: { updated: 'yes' } } }
      const updated = await done('PUT', `${all}/one`, sent(next))
      expect(updated).toMatchObject({ ...(changed ?? fields), metadata: { annotations: { updated: 'yes' } } })
      expect(versionOf(updated)).toBeGreaterThan(versionOf(created))
      expect((await api('PUT', `${all}/one`, sent(next))).body).toMatchObject({ code: 409, reason: 'Conflict' })
      await patchEachWay(kind, `${all}/two`, {
        body: { metadata: { labels: { patched: 'yes' } } },
        pointer: '/metadata/labels/patched',
        value: 'yes',
      })
      if (status) {
        const withStatus = { ...(await done('GET', `${all}/one`)), status }
        expect(await done('PUT', `${all}/one/status`, sent(withStatus))).toMatchObject({ status })
        expect(await done('GET', `${all}/one/status`)).toMatchObject({ status })
        await patchEachWay(kind, `${all}/three/status`, { body: { status }, pointer: '/status', value: status })
      }

      await done('DELETE', `${all}/one`)
      expect((await api('GET', `${all}/one`)).body).toMatchObject({ code: 404, reason: 'NotFound' })
      expect(((await done('GET', `${all}${selected}`)) as unknown as { items: unknown[] }).items).toHaveLength(2)
      await done('DELETE', `${all}${selected}`)
      expect(((await done('GET', `${all}${selected}`)) as unknown as { items: unknown[] }).items).toEqual([])
      await watching
      stop.abort()
      const ofOne = heard.filter(each => each.endsWith(' one'))
      expect([ofOne[0], ofOne[1], ofOne.at(-1)]).toEqual(['ADDED one', 'MODIFIED one', 'DELETED one'])
    },
    60_000,
  )

  it.each([ConfigMap, Secret])('are replaced by who does not know what is there, and have no keys without a name', async kind => {
    const path = pathOf(kind as Kind)
    const value = (text: string) => (kind === Secret ? base64(text) : text)
    await done('POST', path, { body: { metadata: { name: 'blind' }, data: { key: value('a') } } })
    const replaced = { metadata: { name: 'blind' }, data: { other: value('b') } }
    await done('PUT', `${path}/blind`, { body: replaced })
    expect((await done('GET', `${path}/blind`))['data']).toEqual(replaced.data)
    const refused = await api('POST', path, { body: { metadata: { name: 'nameless' }, data: { '': value('a') } } })
    expect(refused.body).toMatchObject({ code: 422, reason: 'Invalid' })
  })

  it('tells conditions of claimed devices, which have to be of the allocation', async () => {
    const path = `${pathOf(ResourceClaim as never)}/claimed`
    await done('POST', pathOf(ResourceClaim as never), { body: { metadata: { name: 'claimed' }, spec: { devices } } })
    const device = { driver: 'driver.example.com', pool: 'pool', device: 'device' }
    const status = {
      allocation: { devices: { results: [{ request: 'one', ...device }] } },
      devices: [{ ...device, conditions: [condition] }],
    }
    const claim = await done('GET', path)
    expect(await done('PUT', `${path}/status`, { body: { ...claim, status } })).toMatchObject({ status })
  })
})
