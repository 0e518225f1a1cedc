import { afterAll, describe, expect, it } from '@jest/globals'
import { startApiServer, type WatchedEvent } from './testing.ts'

const server = await startApiServer()
afterAll(() => server[Symbol.asyncDispose]())

const maps = '/api/v1/namespaces/default/configmaps'
const pods = '/api/v1/namespaces/default/pods'
const configMap = (name: string, more: object = {}) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, ...more })
const pod = (name: string, spec: object = {}, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, ...metadata },
  spec: { containers: [{ name: 'c', image: 'busybox' }], ...spec },
})
const metadataOf = (answer: { body: unknown }) => (answer.body as { metadata: Record<string, unknown> }).metadata
const create = async (path: string, body: object) => {
  const answer = await server.call('POST', path, { body })
  expect([answer.status, answer.body['message']]).toEqual([201, undefined])
  return metadataOf(answer)
}
const next = async (events: AsyncGenerator<WatchedEvent>) => {
  const { type, object } = ((await events.next()) as IteratorYieldResult<WatchedEvent>).value
  return `${type} ${object.metadata?.name ?? ''}`.trim()
}

describe('the life of an object', () => {
  it('gives a new object identity and time', async () => {
    const metadata = await create(maps, configMap('fresh'))
    expect(metadata).toMatchObject({ name: 'fresh', namespace: 'default' })
    expect(metadata['uid']).toMatch(/^[0-9a-f-]{36}$/)
    expect(metadata['creationTimestamp']).toMatch(/Z$/)
    expect(Number(metadata['resourceVersion'])).toBeGreaterThan(0)
  })

  it('refuses a second object of the same name', async () => {
    await create(maps, configMap('twice'))
    const { status, body } = await server.call('POST', maps, { body: configMap('twice') })
    expect([status, body['message']]).toEqual([409, 'configmaps "twice" already exists'])
  })

  it('makes names from generateName', async () => {
    const metadata = await create(maps, { metadata: { generateName: 'gen-' } })
    expect(metadata['name']).toMatch(/^gen-[a-z0-9]{5}$/)
  })

  it('refuses an update of an old version', async () => {
    const { resourceVersion, uid } = await create(maps, configMap('stale'))
    const put = (data: object) => server.call('PUT', `${maps}/stale`, { body: { metadata: { name: 'stale', resourceVersion, uid }, data } })
    expect((await put({ a: '1' })).status).toBe(200)
    const { status, body } = await put({ a: '2' })
    expect([status, body['message']]).toEqual([
      409,
      'Operation cannot be fulfilled on configmaps "stale": the object has been modified; please apply your changes to the latest version and try again',
    ])
  })

  it('does not write what changes nothing', async () => {
    const { resourceVersion } = await create(maps, configMap('same', { data: { a: '1' } }))
    const answer = await server.call('PUT', `${maps}/same`, { body: configMap('same', { data: { a: '1' } }) })
    expect(metadataOf(answer)['resourceVersion']).toBe(resourceVersion)
  })

  it('changes nothing in a dry run', async () => {
    const answer = await server.call('POST', `${maps}?dryRun=All`, { body: configMap('dry') })
    expect(answer.status).toBe(201)
    expect((await server.call('GET', `${maps}/dry`)).status).toBe(404)
  })

  it('warns of unknown fields, and refuses them when told to', async () => {
    const body = configMap('odd', { colour: 'red' })
    const warned = await server.call('POST', maps, { body })
    expect(warned.headers['warning']).toBe('299 - "unknown field \\"colour\\""')
    const { status, body: refused } = await server.call('POST', `${maps}?fieldValidation=Strict`, { body })
    expect([status, refused['message']]).toEqual([
      400,
      'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "colour"',
    ])
  })

  it('patches in all three ways', async () => {
    await create(maps, configMap('patched', { data: { a: '1', b: '2' } }))
    const patch = (type: string, body: unknown) =>
      server.call('PATCH', `${maps}/patched`, { body, headers: { 'Content-Type': `application/${type}+json` } })
    expect((await patch('merge-patch', { data: { a: null } })).body['data']).toEqual({ b: '2' })
    expect((await patch('json-patch', [{ op: 'add', path: '/data/c', value: '3' }])).body['data']).toEqual({ b: '2', c: '3' })
    expect((await patch('strategic-merge-patch', { data: { b: '4' } })).body['data']).toEqual({ b: '4', c: '3' })
    expect((await patch('apply-patch', {})).status).toBe(415)
  })

  it('keeps an object until its last finalizer is gone', async () => {
    await create(maps, { metadata: { name: 'held', finalizers: ['example.com/hold'] } })
    const answer = await server.call('DELETE', `${maps}/held`)
    expect(metadataOf(answer)['deletionTimestamp']).toBeDefined()
    expect((await server.call('GET', `${maps}/held`)).status).toBe(200)
    const body = { metadata: { finalizers: null } }
    await server.call('PATCH', `${maps}/held`, { body, headers: { 'Content-Type': 'application/merge-patch+json' } })
    expect((await server.call('GET', `${maps}/held`)).status).toBe(404)
  })

  it('answers a deletion that happened with a Status', async () => {
    const { uid } = await create(maps, configMap('gone'))
    const { body } = await server.call('DELETE', `${maps}/gone`)
    expect(body).toMatchObject({ kind: 'Status', status: 'Success', details: { name: 'gone', kind: 'configmaps', uid } })
  })

  it('gives a running pod its grace, which a second deletion may only shorten', async () => {
    await create(pods, pod('graceful', { nodeName: 'n1' }))
    const first = metadataOf(await server.call('DELETE', `${pods}/graceful`))
    expect(first).toMatchObject({ deletionGracePeriodSeconds: 30 })
    const longer = metadataOf(await server.call('DELETE', `${pods}/graceful?gracePeriodSeconds=60`))
    expect(longer['deletionTimestamp']).toBe(first['deletionTimestamp'])
    const shorter = metadataOf(await server.call('DELETE', `${pods}/graceful?gracePeriodSeconds=5`))
    expect(shorter).toMatchObject({ deletionGracePeriodSeconds: 5 })
    await server.call('DELETE', `${pods}/graceful?gracePeriodSeconds=0`)
    expect((await server.call('GET', `${pods}/graceful`)).status).toBe(404)
  })

  it('deletes only the object that the preconditions mean', async () => {
    await create(maps, configMap('guarded'))
    const { status, body } = await server.call('DELETE', `${maps}/guarded`, { body: { preconditions: { uid: 'other' } } })
    expect([status, body['reason'], body['message']]).toEqual([
      409,
      'Conflict',
      expect.stringContaining('the UID in the precondition (other) does not match'),
    ])
  })
})

describe('lists and watches', () => {
  it('hands out a list in pieces that belong together', async () => {
    for (const name of ['page-1', 'page-2', 'page-3']) await create(maps, { metadata: { name, labels: { page: 'yes' } } })
    const first = await server.call('GET', `${maps}?limit=2&labelSelector=page`)
    await create(maps, { metadata: { name: 'page-0', labels: { page: 'yes' } } })
    await create(maps, { metadata: { name: 'page-4', labels: { page: 'yes' } } })
    const rest = await server.call('GET', `${maps}?limit=2&labelSelector=page&continue=${String(metadataOf(first)['continue'])}`)
    const names = [first, rest].flatMap(({ body }) =>
      (body['items'] as unknown as { metadata: { name: string } }[]).map(({ metadata }) => metadata.name),
    )
    expect(names).toEqual(['page-1', 'page-2', 'page-3'])
    expect(metadataOf(rest)['resourceVersion']).toBe(metadataOf(first)['resourceVersion'])
  })

  it('tells a client whose place in a list is forgotten how to go on', async () => {
    const token = Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: 1, start: 'default/a\u0000' })).toString('base64url')
    await server.store.compact(server.store.revision)
    const { status, body } = await server.call('GET', `${maps}?limit=2&continue=${token}`)
    expect([status, body['reason']]).toEqual([410, 'Expired'])
    const fresh = await server.call('GET', `${maps}?limit=2&continue=${String(metadataOf({ body })['continue'])}`)
    expect(fresh.status).toBe(200)
  })

  it('shows a watcher what happens to what it selects', async () => {
    const { resourceVersion } = metadataOf(await server.call('GET', maps))
    const events = server.watch(`${maps}?watch=1&labelSelector=w&resourceVersion=${String(resourceVersion)}`)
    const label = (value: string | null) =>
      server.call('PATCH', `${maps}/watched`, {
        body: { metadata: { labels: { w: value } } },
        headers: { 'Content-Type': 'application/merge-patch+json' },
      })
    await create(maps, configMap('watched'))
    await label('a')
    await label('b')
    await label(null)
    await label('c')
    await server.call('DELETE', `${maps}/watched`)
    const seen: string[] = []
    while (seen.length < 5) seen.push(await next(events))
    await events.return(undefined)
    expect(seen).toEqual(['ADDED watched', 'MODIFIED watched', 'DELETED watched', 'ADDED watched', 'DELETED watched'])
  })

  it('streams the initial list and marks its end', async () => {
    const query = 'watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true'
    const events = server.watch(`/api/v1/namespaces?${query}`)
    const seen: string[] = []
    for await (const { type, object } of events) {
      seen.push(type)
      if (type === 'BOOKMARK') {
        expect(object.metadata).toMatchObject({ annotations: { 'k8s.io/initial-events-end': 'true' } })
        break
      }
    }
    expect(seen).toEqual(['ADDED', 'ADDED', 'ADDED', 'ADDED', 'BOOKMARK'])
  })

  it('tells a watcher that its past is forgotten', async () => {
    await create(maps, configMap('late'))
    await server.store.compact(server.store.revision)
    const { value } = (await server.watch(`${maps}?watch=1&resourceVersion=2`).next()) as IteratorYieldResult<WatchedEvent>
    expect(value).toMatchObject({ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } })
  })

  it('prints tables', async () => {
    const headers = { Accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' }
    const { body } = await server.call('GET', '/api/v1/namespaces/default', { headers })
    expect(body).toMatchObject({
      kind: 'Table',
      rows: [{ cells: ['default', 'Active', expect.any(String)], object: { kind: 'PartialObjectMetadata' } }],
    })
  })
})

describe('subresources', () => {
  it('binds a pod once', async () => {
    await create(pods, pod('bound'))
    const bind = (name: string) =>
      server.call('POST', `${pods}/bound/binding`, { body: { metadata: { name: 'bound' }, target: { kind: 'Node', name } } })
    expect((await bind('n1')).status).toBe(201)
    const { body } = await server.call('GET', `${pods}/bound`)
    expect(body).toMatchObject({ spec: { nodeName: 'n1' }, status: { conditions: [{ type: 'PodScheduled', status: 'True' }] } })
    const again = await bind('n2')
    expect([again.status, again.body['message']]).toEqual([
      409,
      'Operation cannot be fulfilled on pods/binding "bound": pod bound is already assigned to node "n1"',
    ])
  })

  it('keeps spec and status apart', async () => {
    await create(pods, pod('split'))
    const merge = { 'Content-Type': 'application/merge-patch+json' }
    const status = await server.call('PATCH', `${pods}/split/status`, {
      body: { spec: { nodeName: 'sneaky' }, status: { phase: 'Running' } },
      headers: merge,
    })
    expect(status.body).toMatchObject({ status: { phase: 'Running' } })
    expect(status.body['spec']).not.toHaveProperty('nodeName')
    const whole = await server.call('PATCH', `${pods}/split`, { body: { status: { phase: 'Failed' } }, headers: merge })
    expect(whole.body).toMatchObject({ status: { phase: 'Running' } })
  })

  it('scales', async () => {
    const template = { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'c', image: 'busybox' }] } }
    const deployments = '/apis/apps/v1/namespaces/default/deployments'
    await create(deployments, { metadata: { name: 'scaled' }, spec: { selector: { matchLabels: { app: 'x' } }, template } })
    const { body } = await server.call('PATCH', `${deployments}/scaled/scale`, {
      body: { spec: { replicas: 4 } },
      headers: { 'Content-Type': 'application/merge-patch+json' },
    })
    expect(body).toMatchObject({ kind: 'Scale', spec: { replicas: 4 }, status: { selector: 'app=x' } })
    expect((await server.call('GET', `${deployments}/scaled`)).body).toMatchObject({ metadata: { generation: 2 }, spec: { replicas: 4 } })
  })

  it('gives every service an address of its own, and the same one back after an update', async () => {
    const services = '/api/v1/namespaces/default/services'
    const service = (name: string, spec: object = {}) => ({
      metadata: { name },
      spec: { type: 'NodePort', ports: [{ port: 80 }], ...spec },
    })
    await create(services, service('one'))
    const { body } = await server.call('PUT', `${services}/one`, { body: service('one', { selector: { a: 'b' } }) })
    const spec = body['spec'] as unknown as { clusterIP: string; ports: { nodePort: number }[] }
    expect(spec.clusterIP).toMatch(/^10\.96\./)
    expect(spec.ports[0]?.nodePort).toBeGreaterThanOrEqual(30_000)
    const taken = await server.call('POST', services, { body: service('two', { clusterIP: spec.clusterIP }) })
    expect(taken.body['message']).toBe(
      `Service "two" is invalid: spec.clusterIPs: Invalid value: ["${spec.clusterIP}"]: failed to allocate IP ${spec.clusterIP}: provided IP is already allocated`,
    )
    await server.call('DELETE', `${services}/one`)
    await create(services, service('two', { clusterIP: spec.clusterIP }))
  })

  it('holds a namespace back until it is finalized', async () => {
    await create('/api/v1/namespaces', { metadata: { name: 'leaving' } })
    const { body } = await server.call('DELETE', '/api/v1/namespaces/leaving')
    expect(body).toMatchObject({ kind: 'Namespace', status: { phase: 'Terminating' } })
    const finalized = { ...body, spec: { finalizers: [] } }
    expect((await server.call('PUT', '/api/v1/namespaces/leaving/finalize', { body: finalized })).status).toBe(200)
    expect((await server.call('GET', '/api/v1/namespaces/leaving')).status).toBe(404)
  })
})

describe('whatever clients send', () => {
  const cases: [method: string, path: string, body: unknown, status: number][] = [
    ['POST', maps, '{"kind":', 400],
    ['POST', maps, '[]', 400],
    ['POST', maps, 'null', 400],
    ['POST', maps, { kind: 7 }, 400],
    ['POST', maps, { metadata: 'x' }, 400],
    ['POST', maps, { metadata: { name: 'a/b' } }, 422],
    ['POST', maps, { metadata: {} }, 422],
    ['POST', maps, configMap('huge', { data: { a: 'x'.repeat(4_000_000) } }), 413],
    ['POST', `${maps}/x`, configMap('x'), 405],
    ['POST', '/api/v1/configmaps', configMap('x'), 405],
    ['GET', '/api/v1/namespaces/%zz/pods', undefined, 400],
    ['GET', `${maps}?limit=abc`, undefined, 400],
    ['GET', `${maps}?continue=%00%ff`, undefined, 400],
    ['GET', `${maps}?fieldSelector=a%3Db%3Dc`, undefined, 400],
    ['GET', `${maps}?resourceVersion=99999999`, undefined, 504],
    ['GET', '/api/v1/nothings', undefined, 404],
    ['GET', '/api/v1/namespaces/default/pods/x/nothing', undefined, 404],
    ['GET', '/', undefined, 200],
    ['GET', '//', undefined, 404],
    ['DELETE', `${maps}/fresh`, '{"gracePeriodSeconds":"x"}', 400],
    ['PATCH', `${maps}/fresh`, {}, 415],
  ]
  it.each(cases)('is answered, not crashed upon: %s %s', async (...each) => {
    const [method, path, body, status] = each
    const answer = await server.call(method, path, body === undefined ? {} : { body })
    expect([answer.status, answer.body['message']]).toEqual([status, answer.body['message']])
  })

  it('reads YAML too', async () => {
    const headers = { 'Content-Type': 'application/yaml', Accept: 'application/yaml' }
    const answer = await server.call('POST', maps, { body: 'metadata:\n  name: from-yaml\ndata:\n  a: "1"\n', headers })
    expect([answer.status, answer.headers['content-type']]).toEqual([201, 'application/yaml'])
    expect(answer.text).toContain('name: from-yaml')
  })
})
