import { describe, expect, it } from '@jest/globals'
import { startApiServer } from '../testing.ts'
import { startConverter, success, type Review, type Tab } from './testing.ts'

/** v1 has `spec.host` and `spec.port`, v2 has `spec.address`. */
function converted(tab: Tab, apiVersion: string): Tab {
  const { host, port, address } = tab.spec as { host?: string; port?: string; address?: string }
  const [left = '', right = ''] = (address ?? '').split(':')
  const spec = apiVersion.endsWith('v2') ? { address: `${host}:${port}` } : { host: left, port: right }
  return { ...tab, apiVersion, spec }
}
const convertAll = (review: Review) =>
  success(
    review,
    review.request.objects.map(each => converted(each, review.request.desiredAPIVersion)),
  )

const text = { type: 'string' }
const version = (name: string, storage: boolean, properties: object) => ({
  name,
  served: true,
  storage,
  schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties } } } },
  subresources: {},
})
const definition = (clientConfig: object, versions = ['v1']) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'tabs.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'tabs', singular: 'tab', kind: 'Tab', listKind: 'TabList' },
    versions: [version('v1', true, { host: text, port: { ...text, default: '80' } }), version('v2', false, { address: text })],
    conversion: { strategy: 'Webhook', webhook: { clientConfig, conversionReviewVersions: versions } },
  },
})

const path = (version: string, name = '') => `/apis/example.com/${version}/namespaces/default/tabs${name && `/${name}`}`
const tab = (name: string, spec: object, version = 'v1') => ({
  apiVersion: `example.com/${version}`,
  kind: 'Tab',
  metadata: { name },
  spec,
})

async function startServer(respond: (review: Review) => unknown, versions?: string[]) {
  const converter = await startConverter(respond)
  const server = await startApiServer()
  await server.call('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
    body: definition(converter.clientConfig, versions),
  })
  // No controllers run here: what they would say of the definition.
  const status = {
    acceptedNames: { plural: 'tabs', singular: 'tab', kind: 'Tab', listKind: 'TabList' },
    storedVersions: ['v1'],
    conditions: [{ type: 'Established', status: 'True' }],
  }
  const established = await server.call('PATCH', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/tabs.example.com/status', {
    body: { status },
    headers: { 'Content-Type': 'application/merge-patch+json' },
  })
  expect(established.status).toBe(200)
  return {
    ...server,
    converter,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await converter[Symbol.asyncDispose]()
    },
  }
}

describe('conversion by a webhook', () => {
  it('shows objects in every version, and asks only where it has to', async () => {
    await using server = await startServer(convertAll)
    await server.call('POST', path('v1'), { body: tab('a', { host: 'here' }) })
    expect(server.converter.asked).toEqual([])
    const read = await server.call('GET', path('v2', 'a'))
    expect(read.body).toMatchObject({ apiVersion: 'example.com/v2', kind: 'Tab', spec: { address: 'here:80' } })
    expect(server.converter.asked).toHaveLength(1)
    expect(server.converter.asked[0]).toMatchObject({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'ConversionReview',
      request: { desiredAPIVersion: 'example.com/v2', objects: [{ apiVersion: 'example.com/v1', spec: { host: 'here', port: '80' } }] },
    })
  })

  it('stores what is written in another version in the one that is stored', async () => {
    await using server = await startServer(convertAll)
    const created = await server.call('POST', path('v2'), { body: tab('a', { address: 'there:81' }, 'v2') })
    expect([created.status, created.body['spec']]).toEqual([201, { address: 'there:81' }])
    expect((await server.call('GET', path('v1', 'a'))).body).toMatchObject({ spec: { host: 'there', port: '81' } })
    const patched = await server.call('PATCH', path('v2', 'a'), {
      body: { spec: { address: 'there:82' } },
      headers: { 'Content-Type': 'application/merge-patch+json' },
    })
    expect([patched.status, patched.body['spec']]).toEqual([200, { address: 'there:82' }])
    expect((await server.call('GET', path('v1', 'a'))).body).toMatchObject({ spec: { host: 'there', port: '82' } })
    expect((await server.call('DELETE', path('v2', 'a'))).status).toBe(200)
  })

  it('converts a list in one question, and selects what it shows', async () => {
    await using server = await startServer(review =>
      success(
        review,
        review.request.objects.map(each => ({
          ...converted(each, review.request.desiredAPIVersion),
          metadata: { ...each.metadata, labels: { shown: each.metadata.name } },
        })),
      ),
    )
    for (const name of ['a', 'b', 'c']) await server.call('POST', path('v1'), { body: tab(name, { host: name }) })
    const list = await server.call('GET', path('v2'))
    expect((list.body['items'] as unknown as Tab[]).map(({ spec }) => spec['address'])).toEqual(['a:80', 'b:80', 'c:80'])
    expect(server.converter.asked.map(({ request }) => request.objects.length)).toEqual([3])
    const selected = await server.call('GET', `${path('v2')}?labelSelector=shown=b`)
    expect((selected.body['items'] as unknown as Tab[]).map(({ metadata }) => metadata.name)).toEqual(['b'])
  })

  it('shows watches every change in their version, in order', async () => {
    await using server = await startServer(convertAll)
    await server.call('POST', path('v1'), { body: tab('a', { host: 'a' }) })
    const watch = server.watch(`${path('v2')}?watch=true`)
    const next = async () => {
      const { type, object } = ((await watch.next()) as { value: { type: string; object: Record<string, unknown> } }).value
      return [type, (object['spec'] as Record<string, string>)['address']]
    }
    expect(await next()).toEqual(['ADDED', 'a:80'])
    for (const name of ['b', 'c', 'd']) await server.call('POST', path('v1'), { body: tab(name, { host: name }) })
    await server.call('DELETE', path('v1', 'b'))
    for (const expected of [
      ['ADDED', 'b:80'],
      ['ADDED', 'c:80'],
      ['ADDED', 'd:80'],
      ['DELETED', 'b:80'],
    ])
      expect(await next()).toEqual(expected)
    await watch.return(undefined)
  })

  it('keeps metadata but labels and annotations as they were, and drops what the version does not know', async () => {
    await using server = await startServer(review =>
      success(
        review,
        review.request.objects.map(each => ({
          ...converted(each, review.request.desiredAPIVersion),
          metadata: { ...each.metadata, finalizers: ['made.up/one'], labels: { new: 'label' } },
          unknown: 'field',
        })),
      ),
    )
    const created = await server.call('POST', path('v1'), { body: tab('a', { host: 'a' }) })
    const { body } = await server.call('GET', path('v2', 'a'))
    expect(body['metadata']).toMatchObject({ labels: { new: 'label' }, uid: created.body['metadata']?.['uid'] })
    expect(body['metadata']).not.toHaveProperty('finalizers')
    expect(body).not.toHaveProperty('unknown')
  })

  const subject = 'conversion webhook for example.com/v1, Kind=Tab'
  const rows: [string, (review: Review) => unknown, string | RegExp][] = [
    ['no response', ({ apiVersion, kind }) => ({ apiVersion, kind }), `${subject} failed: no response provided`],
    [
      'another kind',
      () => ({ apiVersion: 'v1', kind: 'Status' }),
      `${subject} failed: expected webhook response of apiextensions.k8s.io/v1, Kind=ConversionReview, got v1, Kind=Status`,
    ],
    [
      'another question',
      ({ apiVersion, kind }) => ({ apiVersion, kind, response: { uid: 'x' } }),
      /failed: expected response.uid="[0-9a-f-]{36}", got "x"$/,
    ],
    [
      'a refusal',
      ({ apiVersion, kind, request }) => ({
        apiVersion,
        kind,
        response: { uid: request.uid, result: { status: 'Failed', message: 'no idea' } },
      }),
      `${subject} failed: no idea`,
    ],
    [
      'a refusal without a word',
      ({ apiVersion, kind, request }) => ({ apiVersion, kind, response: { uid: request.uid, result: {} } }),
      `${subject} failed: response.result.status was '', not 'Success'`,
    ],
    ['no object', review => success(review, []), `${subject} returned 0 objects, expected 1`],
    [
      'the version that there was',
      review => success(review, review.request.objects),
      `${subject} returned invalid object at index 0: invalid groupVersion (expected example.com/v2, received example.com/v1)`,
    ],
    [
      'another kind of object',
      review =>
        success(
          review,
          review.request.objects.map(each => ({ ...each, apiVersion: 'example.com/v2', kind: 'Window' })),
        ),
      `${subject} returned invalid object at index 0: invalid kind (expected Tab, received Window)`,
    ],
    [
      'another object',
      review =>
        success(
          review,
          review.request.objects.map(each => ({ ...each, apiVersion: 'example.com/v2', metadata: { ...each.metadata, name: 'b' } })),
        ),
      `${subject} returned invalid object: must have the same name: a != b`,
    ],
    [
      'labels that are none',
      review =>
        success(
          review,
          review.request.objects.map(each => ({ ...each, apiVersion: 'example.com/v2', metadata: { ...each.metadata, labels: { a: 1 } } })),
        ),
      `${subject} returned invalid metadata: metadata.labels[a] must be a string, but is int64 in converted object`,
    ],
  ]
  it.each(rows)('says what is wrong with an answer that has %s', async (_, respond, message) => {
    await using server = await startServer(respond)
    await server.call('POST', path('v1'), { body: tab('a', { host: 'a' }) })
    const answer = await server.call('GET', path('v2', 'a'))
    expect(answer.status).toBe(500)
    expect(answer.body['message']).toEqual(message instanceof RegExp ? expect.stringMatching(message) : message)
    expect(answer.body).not.toHaveProperty('reason')
  })

  it('says that the webhook cannot be reached, and ends watches with that', async () => {
    await using server = await startServer(convertAll)
    await server.call('POST', path('v1'), { body: tab('a', { host: 'a' }) })
    const watch = server.watch(`${path('v2')}?watch=true`)
    await watch.next()
    await server.converter[Symbol.asyncDispose]()
    await server.call('POST', path('v1'), { body: tab('b', { host: 'b' }) })
    const message = `${subject} failed: Post "https://localhost:${server.converter.port}/convert?timeout=30s": dial tcp`
    expect(await watch.next()).toMatchObject({ value: { type: 'ERROR', object: { message: expect.stringContaining(message) } } })
    expect((await server.call('GET', path('v2', 'b'))).body['message']).toContain(message)
    expect((await server.call('GET', path('v1', 'b'))).status).toBe(200)
  })

  it('speaks the older version where the webhook knows no other', async () => {
    await using server = await startServer(
      ({ kind, request }) => {
        const objects = request.objects.map(each => converted(each, request.desiredAPIVersion))
        return { kind, apiVersion: 'other', response: { result: { status: 'Success' }, convertedObjects: objects } }
      },
      ['v9', 'v1beta1'],
    )
    await server.call('POST', path('v1'), { body: tab('a', { host: 'a' }) })
    expect((await server.call('GET', path('v2', 'a'))).body).toMatchObject({ spec: { address: 'a:80' } })
    expect(server.converter.asked[0]?.apiVersion).toBe('apiextensions.k8s.io/v1beta1')
  })
})
