import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { startConverter, success, type Tab } from '../../../control-plane/api-server/conversion/testing.ts'
import { eventually } from '../../support/eventually.ts'
import { startHollowCluster } from '../../support/hollow-cluster.ts'
import { rawApi } from '../../support/raw-api.ts'
import { watchApi } from '../../support/watch-api.ts'

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const json = 'application/json-patch+json'

interface Definition {
  readonly metadata: { readonly name: string; readonly [field: string]: unknown }
  readonly spec: { readonly group: string; readonly names: { readonly plural: string }; readonly versions: readonly { name: string }[] }
}
const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }

/** A definition of `things` in a group of its own, with one schema for all versions; the first one is stored. */
const definitionOf = (group: string, schema: object = open, { versions = ['v1'], plural = 'things', labels = {} } = {}): Definition => ({
  metadata: { name: `${plural}.${group}`, labels },
  spec: {
    group,
    scope: 'Namespaced',
    names: { plural, kind: plural.charAt(0).toUpperCase() + plural.slice(1, -1) },
    versions: versions.map((name, index) => ({ name, served: true, storage: index === 0, schema: { openAPIV3Schema: schema } })),
  } as never,
})

describe('definitions of custom resources', () => {
  let cluster: Awaited<ReturnType<typeof startHollowCluster>>
  let call: ReturnType<typeof rawApi>
  beforeAll(async () => {
    cluster = await startHollowCluster({ nodes: [], kubelets: false })
    call = rawApi(cluster.plane)
  }, 60_000)
  afterAll(() => cluster[Symbol.asyncDispose]())

  const pathOf = ({ spec: { group, names } }: Definition, version = 'v1') => `/apis/${group}/${version}/namespaces/default/${names.plural}`
  const define = async (definition: Definition) => {
    const created = await call('POST', definitions, { body: definition })
    expect(created).toMatchObject({ status: 201 })
    for (const { name } of definition.spec.versions)
      await eventually(async () => (await call('GET', pathOf(definition, name))).status === 200, { what: definition.metadata.name })
    return created.body
  }
  const object = ({ spec: { group, versions, names } }: Definition, name: string, fields: object = {}, version = versions[0]?.name) => ({
    apiVersion: `${group}/${version}`,
    kind: names.plural.charAt(0).toUpperCase() + names.plural.slice(1, -1),
    metadata: { name },
    ...fields,
  })

  it('are found in the discovery documents', async () => {
    const { groups } = (await call('GET', '/apis')).body as unknown as { groups: { name: string; versions: object[] }[] }
    const version = expect.objectContaining({ groupVersion: 'apiextensions.k8s.io/v1', version: 'v1' })
    expect(groups.find(({ name }) => name === 'apiextensions.k8s.io')?.versions).toContainEqual(version)
    expect(await call('GET', '/apis/apiextensions.k8s.io')).toMatchObject({ body: { name: 'apiextensions.k8s.io', versions: [version] } })
    const { resources } = (await call('GET', '/apis/apiextensions.k8s.io/v1')).body as unknown as { resources: { name: string }[] }
    expect(resources.map(({ name }) => name)).toContain('customresourcedefinitions')
  })

  it('are created and deleted, and listed and deleted together by their labels', async () => {
    const listed = ['a', 'b', 'c'].map(name => definitionOf(`${name}.listed.example.com`, open, { labels: { listed: 'yes' } }))
    const other = definitionOf('other.listed.example.com')
    const created = await Promise.all([...listed, other].map(define))
    const { items } = (await call('GET', `${definitions}?labelSelector=listed%3Dyes`)).body as unknown as { items: Definition[] }
    expect(items.map(({ spec }) => spec)).toEqual(created.slice(0, 3).map(({ spec }) => spec))
    expect(await call('DELETE', `${definitions}?labelSelector=listed%3Dyes`)).toMatchObject({ status: 200 })
    const gone = async (path: string) => eventually(async () => (await call('GET', path)).status === 404)
    await Promise.all(listed.map(({ metadata }) => gone(`${definitions}/${metadata.name}`)))
    expect(await call('GET', `${definitions}/${other.metadata.name}`)).toMatchObject({ status: 200 })
    await call('DELETE', `${definitions}/${other.metadata.name}`)
    await gone(`${definitions}/${other.metadata.name}`)
  }, 60_000)

  it('have a status that is read, put and patched by itself', async () => {
    const definition = definitionOf('status.example.com')
    await define(definition)
    const path = `${definitions}/${definition.metadata.name}/status`
    const whole = await call('GET', path.replace('/status', ''))
    const read = await call('GET', path)
    expect(read.body['spec']).toEqual(whole.body['spec'])
    const status = read.body['status'] as unknown as { conditions: object[] }
    // A condition without a type, as upstream's test writes it.
    const added = { type: '', status: '', lastTransitionTime: null, message: 'updated' }
    const updated = await call('PUT', path, { body: { ...read.body, status: { ...status, conditions: [...status.conditions, added] } } })
    expect(updated.status).toBe(200)
    const conditionsOf = (answer: typeof updated) => (answer.body['status'] as unknown as { conditions: object[] }).conditions
    expect(conditionsOf(updated)).toContainEqual(expect.objectContaining({ message: 'updated' }))
    const patch = [{ op: 'add', path: '/status/conditions', value: [{ message: 'patched' }] }]
    const patched = await call('PATCH', path, { body: patch, type: json })
    expect(patched.status).toBe(200)
    expect(conditionsOf(patched)).toContainEqual(expect.objectContaining({ message: 'patched' }))
  })

  it('give defaults to what comes in and to what is stored, and take none back', async () => {
    const definition = definitionOf('defaults.example.com', { ...open, properties: { a: { type: 'string' }, b: { type: 'string' } } })
    await define(definition)
    const things = pathOf(definition)
    const property = (name: string) => `/spec/versions/0/schema/openAPIV3Schema/properties/${name}/default`
    const change = (...body: object[]) => call('PATCH', `${definitions}/${definition.metadata.name}`, { body, type: json })
    await call('POST', things, { body: object(definition, 'one') })
    await change({ op: 'add', path: property('a'), value: 'A' })
    await eventually(async () => (await call('GET', `${things}/one`)).body['a'] === ('A' as never))
    expect((await call('POST', things, { body: object(definition, 'two') })).body).toMatchObject({ a: 'A' })
    await change({ op: 'remove', path: property('a') }, { op: 'add', path: property('b'), value: 'B' })
    await eventually(async () => (await call('GET', `${things}/two`)).body['b'] === ('B' as never))
    expect((await call('GET', `${things}/two`)).body).toMatchObject({ a: 'A', b: 'B' })
    expect((await call('GET', `${things}/one`)).body).not.toHaveProperty('a')
  })

  it('have objects that are watched one by one', async () => {
    const definition = definitionOf('watched.example.com')
    await define(definition)
    const things = pathOf(definition)
    const names = ['a', 'b']
    const watches = await Promise.all(names.map(name => watchApi(cluster.plane, `${things}?fieldSelector=metadata.name%3D${name}`)))
    for (const name of names) {
      await call('POST', things, { body: object(definition, name) })
      await call('PATCH', `${things}/${name}`, { body: { dummy: 'test' }, type: 'application/merge-patch+json' })
      await call('DELETE', `${things}/${name}`)
    }
    for (const [index, watch] of watches.entries())
      expect((await watch.take(3)).map(({ type, object: { metadata } }) => `${type} ${metadata.name}`)).toEqual(
        ['ADDED', 'MODIFIED', 'DELETED'].map(type => `${type} ${names[index]}`),
      )
    for (const watch of watches) watch.end()
  })

  describe('with two versions and a webhook between them', () => {
    const text = { type: 'string' }
    const version = (name: string, storage: boolean, fields: readonly string[]) => ({
      name,
      served: true,
      storage,
      schema: { openAPIV3Schema: { type: 'object', properties: Object.fromEntries(fields.map(field => [field, text])) } },
      selectableFields: fields.map(field => ({ jsonPath: `.${field}` })),
    })
    /** v1 has one field where v2 has two. */
    const convert = (thing: Tab, apiVersion: string): object => {
      const { hostPort = '', host = '', port = '', ...rest } = thing as Tab & { hostPort?: string; host?: string; port?: string }
      const [first = '', second = ''] = hostPort.split(':')
      return { ...rest, apiVersion, ...(apiVersion.endsWith('v2') ? { host: first, port: second } : { hostPort: `${host}:${port}` }) }
    }
    const definition = definitionOf('hosts.example.com', open, { versions: ['v1', 'v2'] })
    const [things, seconds] = [pathOf(definition), pathOf(definition, 'v2')]
    let converter: Awaited<ReturnType<typeof startConverter>>
    beforeAll(async () => {
      converter = await startConverter(review =>
        success(
          review,
          review.request.objects.map(each => convert(each, review.request.desiredAPIVersion)),
        ),
      )
      const webhook = { clientConfig: converter.clientConfig, conversionReviewVersions: ['v1', 'v1beta1'] }
      const versions = [version('v1', true, ['hostPort']), version('v2', false, ['host', 'port'])]
      await define({ ...definition, spec: { ...definition.spec, versions, conversion: { strategy: 'Webhook', webhook } } as never })
    }, 60_000)
    afterAll(() => converter[Symbol.asyncDispose]())

    const named = async (path: string, selector: string) => {
      const { items } = (await call('GET', `${path}?fieldSelector=${encodeURIComponent(selector)}`)).body as unknown as { items: Tab[] }
      return items.map(({ metadata }) => metadata.name).sort()
    }

    it('list and watch what their fields select, in the version that is asked for', async () => {
      const selectors = [
        [seconds, 'host=host1'],
        [seconds, 'host=host1,port=80'],
        [things, 'hostPort=host1:80'],
      ] as const
      const watches = await Promise.all(
        selectors.map(([path, selector]) => watchApi(cluster.plane, `${path}?fieldSelector=${encodeURIComponent(selector)}`)),
      )
      const objects = { a: { host: 'host1', port: '80' }, b: { host: 'host1', port: '8080' }, c: { host: 'host2' } }
      for (const [name, fields] of Object.entries(objects))
        expect(await call('POST', seconds, { body: object(definition, name, fields, 'v2') })).toMatchObject({ status: 201 })
      expect(await Promise.all(selectors.map(([path, selector]) => named(path, selector)))).toEqual([['a', 'b'], ['a'], ['a']])
      expect(await named(things, 'hostPort=host1:8080')).toEqual(['b'])
      const selected = `${seconds}?fieldSelector=${encodeURIComponent('host=host1,port=80')}`
      expect(await call('DELETE', selected, { body: { gracePeriodSeconds: 0 } })).toMatchObject({ status: 200 })
      const { body } = await call('GET', `${seconds}/b`)
      expect(await call('PUT', `${seconds}/b`, { body: { ...body, host: 'host2' } })).toMatchObject({ status: 200 })
      expect(await named(seconds, 'host=host1')).toEqual([])
      const seen = await Promise.all(watches.map((watch, index) => watch.take(index === 0 ? 4 : 2)))
      expect(seen.map(events => events.map(({ type, object: { metadata } }) => `${type} ${metadata.name}`))).toEqual([
        ['ADDED a', 'ADDED b', 'DELETED a', 'DELETED b'],
        ['ADDED a', 'DELETED a'],
        ['ADDED a', 'DELETED a'],
      ])
      for (const watch of watches) watch.end()
    }, 60_000)

    it('show what is stored in either version in both', async () => {
      await call('POST', things, { body: object(definition, 'old', { hostPort: 'h:1' }) })
      expect((await call('GET', `${seconds}/old`)).body).toMatchObject({ apiVersion: 'hosts.example.com/v2', host: 'h', port: '1' })
      const patch = [
        { op: 'replace', path: '/spec/versions/0/storage', value: false },
        { op: 'replace', path: '/spec/versions/1/storage', value: true },
      ]
      expect(await call('PATCH', `${definitions}/${definition.metadata.name}`, { body: patch, type: json })).toMatchObject({ status: 200 })
      await call('POST', seconds, { body: object(definition, 'young', { host: 'g', port: '2' }, 'v2') })
      const listed = async (path: string) => {
        const { items } = (await call('GET', path)).body as unknown as { items: Tab[] }
        return items.filter(({ metadata }) => ['old', 'young'].includes(metadata.name))
      }
      expect(await listed(things)).toMatchObject([{ hostPort: 'h:1' }, { hostPort: 'g:2' }])
      expect(await listed(seconds)).toMatchObject([
        { host: 'h', port: '1' },
        { host: 'g', port: '2' },
      ])
    })
  })

  describe('in OpenAPI', () => {
    const bars = (properties: object) => ({
      type: 'object',
      description: 'What is known of it.',
      properties: { bars: { type: 'array', description: 'Bars.', items: { type: 'object', required: ['name'], properties } } },
    })
    const foo = {
      type: 'object',
      description: 'Foo for testing',
      properties: {
        spec: bars({
          name: { type: 'string', description: 'Its name.' },
          feeling: { type: 'string', enum: ['Great', 'Down'] },
          bazs: { type: 'array', items: { type: 'string' } },
        }),
        status: bars({ name: { type: 'string' }, available: { type: 'boolean' }, kind: { type: 'string', pattern: 'in|out' } }),
      },
    }
    const waldo = {
      type: 'object',
      description: 'Waldo',
      properties: { spec: { type: 'object', properties: { dummy: { type: 'object' } } } },
    }
    const nameOf = ({ spec: { group, names } }: Definition, version: string) =>
      `${group.split('.').reverse().join('.')}.${version}.${names.plural.charAt(0).toUpperCase()}${names.plural.slice(1, -1)}`

    /** The definition without what every object has, as upstream's tests compare it. */
    async function published(definition: Definition, version: string): Promise<object | undefined> {
      const { definitions: all } = (await call('GET', '/openapi/v2')).body as unknown as {
        definitions: Record<string, { properties?: Record<string, object> }>
      }
      const found = all[nameOf(definition, version)]
      if (!found) return undefined
      const { 'x-kubernetes-group-version-kind': _, properties, ...rest } = found as Record<string, unknown> & typeof found
      const { apiVersion: _1, kind: _2, metadata: _3, ...own } = properties ?? {}
      return Object.keys(own).length > 0 ? { ...rest, properties: own } : rest
    }
    const becomes = (definition: Definition, version: string, expected: object | undefined) =>
      eventually(async () => {
        expect(await published(definition, version)).toEqual(expected)
        return true
      })

    it.each<[string, object, object]>([
      ['a schema', foo, foo],
      ['no schema', open, { type: 'object' }],
      ['unknown fields at its root', { ...waldo, 'x-kubernetes-preserve-unknown-fields': true }, { type: 'object' }],
    ])('show %s', async (_, schema, expected) => {
      const definition = definitionOf(`shown-${Object.keys(schema).length}.example.com`, schema)
      await define(definition)
      await becomes(definition, 'v1', expected)
      const any = { a: { b: [{ c: 'd' }] } }
      const strict = await call('POST', `${pathOf(definition)}?fieldValidation=Strict`, { body: object(definition, 'x', any) })
      expect(strict.status).toBe(schema === foo ? 400 : 201)
      await call('DELETE', `${definitions}/${definition.metadata.name}`)
      await becomes(definition, 'v1', undefined)
    })

    it('leave open what may be anything within an object', async () => {
      const spec = {
        type: 'object',
        description: 'Anything.',
        'x-kubernetes-preserve-unknown-fields': true,
        properties: { dummy: { type: 'object' } },
      }
      const definition = definitionOf('nested.example.com', { type: 'object', description: 'Nested.', properties: { spec } })
      await define(definition)
      await eventually(async () => (await published(definition, 'v1')) !== undefined)
      const any = { spec: { a: null, b: [{ c: 'd' }] } }
      const strict = await call('POST', `${pathOf(definition)}?fieldValidation=Strict`, { body: object(definition, 'x', any) })
      expect(strict).toMatchObject({ status: 201, body: { spec: { b: [{ c: 'd' }] } } })
    })

    it('stand side by side: of two groups, of two versions, of two kinds', async () => {
      const common = 'common.example.com'
      const all = [
        [definitionOf('one.example.com', foo), foo],
        [definitionOf('two.example.com', waldo, { versions: ['v1beta1'] }), waldo],
        [definitionOf(common, foo, { versions: ['v4', 'v6'], plural: 'foos' }), foo],
        [definitionOf(common, waldo, { versions: ['v5', 'v6'], plural: 'waldos' }), waldo],
      ] as const
      await Promise.all(all.map(([definition]) => define(definition)))
      for (const [definition, schema] of all) for (const { name } of definition.spec.versions) await becomes(definition, name, schema)
    }, 60_000)

    it('follow versions that get another name, or are not served any more', async () => {
      const definition = definitionOf('versions.example.com', foo, { versions: ['v2', 'v3'] })
      await define(definition)
      await becomes(definition, 'v3', foo)
      const path = `${definitions}/${definition.metadata.name}`
      const rename = [
        { op: 'test', path: '/spec/versions/1/name', value: 'v3' },
        { op: 'replace', path: '/spec/versions/1/name', value: 'v4' },
      ]
      expect(await call('PATCH', path, { body: rename, type: json })).toMatchObject({ status: 200 })
      await becomes(definition, 'v4', foo)
      await becomes(definition, 'v3', undefined)
      const { body } = await call('GET', path)
      const { spec } = body as unknown as { spec: { versions: object[] } }
      const versions = spec.versions.map((version, index) => ({ ...version, served: index === 0 }))
      expect(await call('PUT', path, { body: { ...body, spec: { ...spec, versions } } })).toMatchObject({ status: 200 })
      await becomes(definition, 'v4', undefined)
      await becomes(definition, 'v2', foo)
    }, 60_000)
  })
})
