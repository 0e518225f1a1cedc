import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { cronTab, cronTabs } from '../support/cron-tab.ts'
import { eventually } from '../support/eventually.ts'
import { startHollowCluster } from '../support/hollow-cluster.ts'
import { rawApi, type RawCall } from '../support/raw-api.ts'

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const all = '/apis/stable.example.com/v1/namespaces/default/crontabs'

describe('custom resources', () => {
  let cluster: Awaited<ReturnType<typeof startHollowCluster>>
  let call: ReturnType<typeof rawApi>

  const established = (name: string) =>
    eventually(async () => {
      const { body } = await call('GET', `${definitions}/${name}`)
      const { conditions } = body['status'] as unknown as { conditions: { type: string; status: string }[] }
      return conditions.some(({ type, status }) => type === 'Established' && status === 'True') && conditions
    })
  const define = async (definition: { metadata: { name: string } }) => {
    expect(await call('POST', definitions, { body: definition })).toMatchObject({ status: 201 })
    return established(definition.metadata.name)
  }
  const message = async (method: string, path: string, options: RawCall) => {
    const { status, body } = await call(method, path, options)
    return `${status} ${String(body['message'])}`
  }

  beforeAll(async () => {
    cluster = await startHollowCluster({ nodes: [] })
    call = rawApi(cluster.plane)
    await eventually(async () => (await call('GET', '/api/v1/namespaces/default/serviceaccounts/default')).status === 200)
    await define(cronTabs)
  }, 60_000)
  afterAll(() => cluster[Symbol.asyncDispose]())

  it('are served as soon as their definition is established', async () => {
    const { body } = await call('GET', `${definitions}/${cronTabs.metadata.name}`)
    expect(body['status']).toMatchObject({
      acceptedNames: { plural: 'crontabs', singular: 'crontab', kind: 'CronTab', listKind: 'CronTabList', shortNames: ['ct'] },
      conditions: [
        { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' },
        { type: 'Established', status: 'True', reason: 'InitialNamesAccepted', message: 'the initial names have been accepted' },
      ],
      storedVersions: ['v1'],
    })
    expect(await call('GET', all)).toMatchObject({ status: 200, body: { kind: 'CronTabList', items: [] } })
  })

  it('are created with their defaults, and without what the schema does not know', async () => {
    const created = await call('POST', all, { body: cronTab('first', { unknown: 1, extra: { kept: { a: 0 } }, port: 'http', note: null }) })
    expect(created.warnings).toEqual(['unknown field "spec.unknown"'])
    expect(created.status).toBe(201)
    expect(created.body).toMatchObject({
      metadata: { name: 'first', namespace: 'default', generation: 1 },
      spec: { cronSpec: '* * * * */5', replicas: 1, maxReplicas: 5, mode: 'slow', extra: { kept: { a: 0 } }, port: 'http', note: null },
    })
    expect(created.body['spec']).not.toHaveProperty('unknown')
    expect(await message('POST', `${all}?fieldValidation=Strict`, { body: cronTab('strict', { unknown: 1 }) })).toBe(
      '400 CronTab in version "v1" cannot be handled as a CronTab: strict decoding error: unknown field "spec.unknown"',
    )
  })

  it.each<[object, string]>([
    [{ replicas: 'x' }, 'spec.replicas: Invalid value: "string": spec.replicas in body must be of type integer: "string"'],
    [
      { cronSpec: '* *' },
      'spec.cronSpec: Invalid value: "* *": spec.cronSpec in body should match \'^(\\d+|\\*)(/\\d+)?(\\s+(\\d+|\\*)(/\\d+)?){4}$\'',
    ],
    [{ replicas: -1 }, 'spec.replicas: Invalid value: -1: spec.replicas in body should be greater than or equal to 0'],
    [{ cronSpec: undefined }, 'spec.cronSpec: Required value'],
    [{ mode: 'x' }, 'spec.mode: Unsupported value: "x": supported values: "fast", "slow"'],
    [{ ports: [{ name: 'a' }, { name: 'a' }] }, 'spec.ports[1]: Duplicate value: {"name":"a"}'],
    [{ replicas: 7 }, 'spec.replicas: Invalid value: "object": replicas must not exceed maxReplicas'],
  ])('are refused with %j', async (spec, expected) => {
    const text = await message('POST', all, { body: cronTab('bad', spec) })
    expect(text.replace(/, <nil>.*/, '').replace('[', '')).toBe(
      `422 CronTab.stable.example.com "bad" is invalid: ${expected}`.replace('[', ''),
    )
  })

  it('are changed by merge, JSON and apply patches, and not by strategic ones', async () => {
    await call('POST', all, { body: cronTab('patched') })
    const path = `${all}/patched`
    const merged = await call('PATCH', path, { body: { spec: { replicas: 2 } }, type: 'application/merge-patch+json' })
    expect(merged.body).toMatchObject({ metadata: { generation: 2 }, spec: { replicas: 2, mode: 'slow' } })
    const json = [{ op: 'replace', path: '/spec/replicas', value: 3 }]
    expect((await call('PATCH', path, { body: json, type: 'application/json-patch+json' })).body).toMatchObject({ spec: { replicas: 3 } })
    expect(await message('PATCH', path, { body: {}, type: 'application/strategic-merge-patch+json' })).toBe(
      '415 the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml',
    )
    const apply = (manager: string, spec: object, force = false) =>
      call('PATCH', `${path}?fieldManager=${manager}${force ? '&force=true' : ''}`, {
        body: { ...cronTab('patched'), spec },
        type: 'application/apply-patch+yaml',
      })
    expect((await apply('a', { ports: [{ name: 'web', number: 80 }] })).body).toMatchObject({
      spec: { ports: [{ name: 'web', number: 80 }] },
    })
    const both = await apply('b', { ports: [{ name: 'tls', number: 443 }] })
    expect(both.body).toMatchObject({ spec: { ports: [{ name: 'web' }, { name: 'tls' }] } })
    expect(await apply('b', { ports: [{ name: 'web', number: 81 }] })).toMatchObject({
      status: 409,
      body: { message: 'Apply failed with 1 conflict: conflict with "a": .spec.ports[name="web"].number' },
    })
  })

  it('keep rules about changes, and forgive what was wrong before', async () => {
    await call('POST', all, { body: cronTab('changing') })
    const put = (spec: object) => message('PATCH', `${all}/changing`, { body: { spec }, type: 'application/merge-patch+json' })
    expect(await put({ image: 'other' })).toBe(
      '422 CronTab.stable.example.com "changing" is invalid: spec: Invalid value: "object": image is fixed to my-image',
    )
    expect(await put({ replicas: 3 })).toBe('200 undefined')
  })

  it('have a status and a scale of their own', async () => {
    await call('POST', all, { body: cronTab('scaled') })
    const path = `${all}/scaled`
    const merge = 'application/merge-patch+json'
    const status = { replicas: 1, labelSelector: 'a=b', conditions: [{ type: 'Ready', status: 'True' }] }
    expect((await call('PATCH', path, { body: { status }, type: merge })).body).not.toHaveProperty('status')
    expect((await call('PATCH', `${path}/status`, { body: { status, spec: { replicas: 9 } }, type: merge })).body).toMatchObject({
      metadata: { generation: 1 },
      status,
      spec: { replicas: 1 },
    })
    expect((await call('GET', `${path}/scale`)).body).toMatchObject({
      kind: 'Scale',
      spec: { replicas: 1 },
      status: { replicas: 1, selector: 'a=b' },
    })
    expect((await call('PATCH', `${path}/scale`, { body: { spec: { replicas: 4 } }, type: merge })).body).toMatchObject({
      spec: { replicas: 4 },
    })
    expect((await call('GET', path)).body).toMatchObject({ metadata: { generation: 2 }, spec: { replicas: 4 } })
  })

  it('are printed with the columns of their definition, and selected by its fields', async () => {
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io'
    const { body } = await call('GET', `${all}?fieldSelector=spec.image%3Dmy-image,metadata.name%3Dscaled`, { accept })
    const { columnDefinitions, rows } = body as unknown as { columnDefinitions: { name: string }[]; rows: { cells: unknown[] }[] }
    expect(columnDefinitions.map(({ name }) => name)).toEqual(['Name', 'Spec', 'Replicas', 'Ready', 'Age'])
    expect(rows.map(({ cells }) => cells.slice(0, 4))).toEqual([['scaled', '* * * * */5', 4, 'True']])
    expect(await message('GET', `${all}?fieldSelector=spec.mode%3Dslow`, {})).toBe('400 field label not supported: spec.mode')
  })

  it('are part of discovery and OpenAPI', async () => {
    const { body } = await call('GET', '/apis/stable.example.com/v1')
    expect(body['resources']).toMatchObject([
      { name: 'crontabs', singularName: 'crontab', kind: 'CronTab', namespaced: true, shortNames: ['ct'], categories: ['all'] },
      { name: 'crontabs/scale', group: 'autoscaling', version: 'v1', kind: 'Scale' },
      { name: 'crontabs/status', kind: 'CronTab' },
    ])
    const aggregated = await call('GET', '/apis', { accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' })
    expect(aggregated.text).toContain('"name":"stable.example.com"')
    const { paths } = (await call('GET', '/openapi/v3')).body as unknown as { paths: Record<string, { serverRelativeURL: string }> }
    const document = await call('GET', paths['apis/stable.example.com/v1']?.serverRelativeURL ?? '')
    const { components } = document.body as unknown as { components: { schemas: Record<string, object> } }
    expect(components.schemas['com.example.stable.v1.CronTab']).toMatchObject({
      description: 'Runs something at times.',
      'x-kubernetes-group-version-kind': [{ group: 'stable.example.com', kind: 'CronTab', version: 'v1' }],
      properties: { spec: { properties: { cronSpec: { description: 'When it runs.' } } } },
    })
    const swagger = await call('GET', '/openapi/v2')
    expect(swagger.text).toContain('com.example.stable.v1.CronTabList')
  })

  it('are watched, and deleted one by one, by selection and with their definition', async () => {
    expect(await call('DELETE', `${all}/first`)).toMatchObject({ status: 200, body: { kind: 'Status', status: 'Success' } })
    expect(await call('DELETE', `${all}?fieldSelector=metadata.name%3Dpatched`)).toMatchObject({ status: 200 })
    const names = (await call('GET', all)).body as unknown as { items: { metadata: { name: string } }[] }
    expect(names.items.map(({ metadata }) => metadata.name)).toEqual(['changing', 'scaled'])
    const small = {
      ...cronTabs,
      metadata: { name: 'smalls.stable.example.com' },
      spec: { ...cronTabs.spec, scope: 'Cluster', names: { plural: 'smalls', kind: 'Small' } },
    }
    await define(small)
    const path = '/apis/stable.example.com/v1/smalls'
    expect(await call('POST', path, { body: { ...cronTab('x'), kind: 'Small' } })).toMatchObject({ status: 201 })
    expect(await call('DELETE', `${definitions}/smalls.stable.example.com`)).toMatchObject({
      status: 200,
      body: { metadata: { finalizers: ['customresourcecleanup.apiextensions.k8s.io'] } },
    })
    await eventually(async () => (await call('GET', `${definitions}/smalls.stable.example.com`)).status === 404)
    expect(await call('GET', path)).toMatchObject({ status: 404 })
    await define(small)
    expect((await call('GET', path)).body['items']).toEqual([])
  }, 60_000)
})
