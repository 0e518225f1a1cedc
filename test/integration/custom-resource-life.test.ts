import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { createLogger } from '../../common/log.ts'
import { readConfig } from '../../control-plane/config.ts'
import { startControlPlane } from '../../control-plane/control-plane.ts'
import { cronTab, cronTabs } from '../support/cron-tab.ts'
import { eventually } from '../support/eventually.ts'
import { startHollowCluster } from '../support/hollow-cluster.ts'
import { rawApi } from '../support/raw-api.ts'

type Call = ReturnType<typeof rawApi>

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const path = (version: string, namespace = 'default') => `/apis/stable.example.com/${version}/namespaces/${namespace}/crontabs`

async function define(call: Call, definition: object = cronTabs): Promise<void> {
  expect(await call('POST', definitions, { body: definition })).toMatchObject({ status: 201 })
  await eventually(async () => (await call('GET', path('v1'))).status === 200)
}

/** The usual definition with an older version besides, which is on its way out. */
const twoVersions = {
  ...cronTabs,
  spec: {
    ...cronTabs.spec,
    versions: cronTabs.spec.versions.flatMap(version => [
      version,
      { ...version, name: 'v1beta1', storage: false, deprecated: true, additionalPrinterColumns: [] },
    ]),
  },
}

describe('custom resources', () => {
  it('come back with their definition when the control plane does', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'kubeling-crd-'))
    const start = () =>
      startControlPlane(
        readConfig(['--port=0', '--listen-address=127.0.0.1', '--scheduler=false', `--data-dir=${directory}/data`], {}),
        createLogger({ level: 'error' }),
      )
    try {
      const first = await start()
      await define(rawApi(first))
      expect(await rawApi(first)('POST', path('v1'), { body: cronTab('kept') })).toMatchObject({ status: 201 })
      await first.stop()
      await using second = await start()
      expect((await rawApi(second)('GET', `${path('v1')}/kept`)).body).toMatchObject({ spec: { replicas: 1, mode: 'slow' } })
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  }, 60_000)

  it('are shown in every version, and stored in the one that is chosen', async () => {
    await using cluster = await startHollowCluster({ nodes: [] })
    const call = rawApi(cluster.plane)
    await define(call, twoVersions)
    const old = await call('POST', path('v1beta1'), { body: { ...cronTab('two'), apiVersion: 'stable.example.com/v1beta1' } })
    expect(old).toMatchObject({
      status: 201,
      warnings: ['stable.example.com/v1beta1 CronTab is deprecated'],
      body: { apiVersion: 'stable.example.com/v1beta1', spec: { replicas: 1 } },
    })
    const current = await call('GET', `${path('v1')}/two`)
    expect(current).toMatchObject({ warnings: [], body: { apiVersion: 'stable.example.com/v1', spec: { replicas: 1 } } })
    const { body } = await call('GET', '/apis/stable.example.com')
    expect(body).toMatchObject({ preferredVersion: { version: 'v1' }, versions: [{ version: 'v1' }, { version: 'v1beta1' }] })
    const applied = await call('PATCH', `${path('v1')}/two?fieldManager=a&force=true`, {
      body: { ...cronTab('two'), spec: { cronSpec: '1 * * * *', image: 'my-image' } },
      type: 'application/apply-patch+yaml',
    })
    expect(applied).toMatchObject({ status: 200, body: { spec: { cronSpec: '1 * * * *' } } })
    // The storage version moves on; what is stored in the old one is shown all the same.
    const versions = twoVersions.spec.versions.map(version => ({ ...version, storage: version.name === 'v1beta1' }))
    const moved = await call('PATCH', `${definitions}/${cronTabs.metadata.name}`, {
      body: { spec: { versions } },
      type: 'application/merge-patch+json',
    })
    expect(moved.body).toMatchObject({ status: { storedVersions: ['v1', 'v1beta1'] } })
    expect((await call('GET', `${path('v1beta1')}/two`)).body).toMatchObject({ apiVersion: 'stable.example.com/v1beta1' })
    const dropped = await call('PATCH', `${definitions}/${cronTabs.metadata.name}`, {
      body: { spec: { versions: versions.slice(1) } },
      type: 'application/merge-patch+json',
    })
    expect(dropped).toMatchObject({
      status: 422,
      body: {
        message:
          'CustomResourceDefinition.apiextensions.k8s.io "crontabs.stable.example.com" is invalid: status.storedVersions[0]: Invalid value: "v1": must appear in spec.versions',
      },
    })
  }, 60_000)

  it('follow their definition when it changes: defaults, columns, and versions that are no longer served', async () => {
    await using cluster = await startHollowCluster({ nodes: [] })
    const call = rawApi(cluster.plane)
    await define(call, twoVersions)
    await call('POST', path('v1'), { body: cronTab('old') })
    const [version] = cronTabs.spec.versions
    const schema = structuredClone(version?.schema) as unknown as { openAPIV3Schema: { properties: { spec: { properties: object } } } }
    Object.assign(schema.openAPIV3Schema.properties.spec.properties, { added: { type: 'string', default: 'new' } })
    const versions = twoVersions.spec.versions.map(each => ({ ...each, schema, served: each.name === 'v1' }))
    const changed = await call('PATCH', `${definitions}/${cronTabs.metadata.name}`, {
      body: { spec: { versions } },
      type: 'application/merge-patch+json',
    })
    expect(changed.status).toBe(200)
    expect((await call('GET', `${path('v1')}/old`)).body).toMatchObject({ spec: { added: 'new' } })
    expect(await call('GET', path('v1beta1'))).toMatchObject({ status: 404 })
  }, 60_000)

  it('own and are owned: the garbage collector knows them', async () => {
    await using cluster = await startHollowCluster({ nodes: [] })
    const call = rawApi(cluster.plane)
    await define(call)
    const owned = (owner: { apiVersion: string; kind: string; uid: string; name: string }) => [owner]
    const created = await call('POST', path('v1'), { body: cronTab('owner') })
    const { uid } = created.body['metadata'] as unknown as { uid: string }
    const maps = '/api/v1/namespaces/default/configmaps'
    await call('POST', maps, {
      body: {
        metadata: {
          name: 'dependent',
          ownerReferences: owned({ apiVersion: 'stable.example.com/v1', kind: 'CronTab', name: 'owner', uid }),
        },
      },
    })
    const map = await call('POST', maps, { body: { metadata: { name: 'root' } } })
    const { uid: mapUid } = map.body['metadata'] as unknown as { uid: string }
    const reference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'root', uid: mapUid }
    await call('POST', path('v1'), {
      body: { ...cronTab('dependent'), metadata: { name: 'dependent', ownerReferences: owned(reference) } },
    })
    await call('DELETE', `${path('v1')}/owner`)
    await call('DELETE', `${maps}/root`)
    await eventually(async () => (await call('GET', `${maps}/dependent`)).status === 404, { what: 'the object that a custom one owned' })
    await eventually(async () => (await call('GET', `${path('v1')}/dependent`)).status === 404, {
      what: 'the custom object that was owned',
    })
  }, 60_000)

  it('go with their namespace', async () => {
    await using cluster = await startHollowCluster({ nodes: [] })
    const call = rawApi(cluster.plane)
    await define(call)
    await call('POST', '/api/v1/namespaces', { body: { metadata: { name: 'gone' } } })
    await eventually(async () => (await call('POST', path('v1', 'gone'), { body: cronTab('inside') })).status === 201)
    await call('DELETE', '/api/v1/namespaces/gone')
    await eventually(async () => (await call('GET', '/api/v1/namespaces/gone')).status === 404)
    expect((await call('GET', '/apis/stable.example.com/v1/crontabs')).body['items']).toEqual([])
  }, 60_000)

  it('wait for names that another definition has', async () => {
    await using cluster = await startHollowCluster({ nodes: [] })
    const call = rawApi(cluster.plane)
    await define(call)
    const rival = {
      ...cronTabs,
      metadata: { name: 'rivals.stable.example.com' },
      spec: { ...cronTabs.spec, names: { plural: 'rivals', kind: 'CronTab' } },
    }
    await call('POST', definitions, { body: rival })
    const conditions = await eventually(async () => {
      const { status } = (await call('GET', `${definitions}/rivals.stable.example.com`)).body as unknown as {
        status: { conditions: object[] }
      }
      return status.conditions.length > 0 && status.conditions
    })
    expect(conditions).toMatchObject([
      { type: 'NamesAccepted', status: 'False', reason: 'ListKindConflict', message: '"CronTabList" is already in use' },
      { type: 'Established', status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' },
    ])
    await call('DELETE', `${definitions}/${cronTabs.metadata.name}`)
    await eventually(async () => (await call('GET', '/apis/stable.example.com/v1/rivals')).status === 200)
  }, 60_000)
})
