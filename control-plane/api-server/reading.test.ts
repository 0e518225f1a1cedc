import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { gunzipSync } from 'node:zlib'
import { Agent, get } from 'node:https'
import { connect } from 'node:tls'
import { startApiServer } from './testing.ts'

const api = await startApiServer()
afterAll(() => api[Symbol.asyncDispose]())

const maps = '/api/v1/namespaces/reading/configmaps'
/** Together more than one piece of an answer, and more than is sent without being compressed. */
const COUNT = 40
const name = (index: number) => `map-${String(index).padStart(2, '0')}`

beforeAll(async () => {
  await api.call('POST', '/api/v1/namespaces', { body: { metadata: { name: 'reading' } } })
  for (let index = 0; index < COUNT; index++) {
    const body = { metadata: { name: name(index) }, data: { text: `ä${'x'.repeat(10_000)}` } }
    expect((await api.call('POST', maps, { body })).status).toBe(201)
  }
})

const names = (items: unknown) => (items as { metadata: { name: string } }[]).map(({ metadata }) => metadata.name)
const all = Array.from({ length: COUNT }, (_, index) => name(index))

describe('long lists', () => {
  it('come whole, as objects, metadata and tables', async () => {
    const whole = await api.call('GET', maps)
    const { items } = whole.body as unknown as { items: object[] }
    expect(names(items)).toEqual(all)
    expect(items[0]).not.toHaveProperty('kind')
    expect(items[0]).not.toHaveProperty('apiVersion')
    const accept = (as: string) => ({ headers: { accept: `application/json;as=${as};g=meta.k8s.io;v=v1` } })
    const metadata = await api.call('GET', maps, accept('PartialObjectMetadataList'))
    expect(metadata.body).toMatchObject({ kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1' })
    const metadataOf = (items: unknown) => (items as { metadata: object }[]).map(({ metadata }) => metadata)
    expect(metadataOf(metadata.body['items'])).toEqual(metadataOf(whole.body['items']))
    expect(names(metadata.body['items'])).toEqual(all)
    const table = await api.call('GET', `${maps}?includeObject=Object`, accept('Table'))
    const rows = table.body['rows'] as unknown as { cells: unknown[]; object: { data: object } }[]
    expect(table.body).toMatchObject({
      kind: 'Table',
      columnDefinitions: expect.arrayContaining([expect.objectContaining({ name: 'Name' })]),
    })
    expect(rows.map(({ cells }) => cells[0])).toEqual(all)
    expect(rows[0]?.object.data).toHaveProperty('text')
  })

  it('are compressed for those who take gzip', async () => {
    const { headers, body } = await new Promise<{ headers: object; body: Buffer }>((resolve, reject) =>
      get({ port: api.port, path: maps, ca: api.ca.cert, host: '127.0.0.1', headers: { 'accept-encoding': 'gzip' } }, response => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => resolve({ headers: response.headers, body: Buffer.concat(chunks) }))
      }).on('error', reject),
    )
    expect(headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'Accept-Encoding' })
    expect(names((JSON.parse(gunzipSync(body).toString()) as { items: unknown }).items)).toEqual(all)
  })

  it('go on where a piece ended, in the state of its beginning', async () => {
    const first = await api.call('GET', `${maps}?limit=30`)
    const { continue: token, resourceVersion } = first.body['metadata'] as unknown as Record<string, string>
    expect(first.body['metadata']).toMatchObject({ remainingItemCount: 10 })
    await api.call('POST', maps, { body: { metadata: { name: 'map-late' } } })
    const second = await api.call('GET', `${maps}?limit=30&continue=${token}`)
    await api.call('DELETE', `${maps}/map-late`)
    expect([...names(first.body['items']), ...names(second.body['items'])]).toEqual(all)
    expect(second.body['metadata']).toEqual({ resourceVersion })
  })
})

describe('lists of some', () => {
  it('have what labels and fields select, by name too, with and without pieces', async () => {
    const labels = { colour: 'red', 'example.org/size': 'XL' }
    await api.call('PATCH', `${maps}/${name(7)}`, {
      body: { metadata: { labels } },
      headers: { 'content-type': 'application/merge-patch+json' },
    })
    const select = async (query: string) => names((await api.call('GET', `${maps}?${query}`)).body['items'])
    const selected = (query: string) => Promise.all([select(query), select(`${query}&limit=5`), select(`${query}&resourceVersion=0`)])
    const only = (...wanted: string[]) => [wanted, wanted, wanted]
    expect(await selected('labelSelector=colour=red')).toEqual(only(name(7)))
    expect(await selected('labelSelector=example.org/size')).toEqual(only(name(7)))
    expect(await selected('labelSelector=colour=re')).toEqual(only())
    expect(await selected('labelSelector=!colour').then(([whole]) => whole)).toHaveLength(COUNT - 1)
    expect(await selected(`fieldSelector=metadata.name=${name(12)}`)).toEqual(only(name(12)))
    expect(await selected('fieldSelector=metadata.name=p-12')).toEqual(only())
  })
})

describe('resourceVersionMatch', () => {
  it.each([
    ['resourceVersionMatch=Exact', 'resourceVersionMatch is forbidden unless resourceVersion is provided'],
    ['resourceVersionMatch=Exact&resourceVersion=0', 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'],
    ['resourceVersionMatch=Newest&resourceVersion=1', 'supported values: "Exact", "NotOlderThan"'],
  ])('refuses %s', async (query, message) => {
    const { status, body } = await api.call('GET', `${maps}?${query}`)
    expect(status).toBe(422)
    expect(body['message']).toContain(message)
  })

  it.each(['resourceVersion=0', 'resourceVersion=0&resourceVersionMatch=NotOlderThan', 'resourceVersion=1'])(
    'is content with the newest state for %s',
    async query => expect(names((await api.call('GET', `${maps}?${query}`)).body['items'])).toEqual(all),
  )

  it('shows the exact state that was asked for', async () => {
    const { resourceVersion } = (await api.call('GET', `${maps}?limit=1`)).body['metadata'] as unknown as Record<string, string>
    await api.call('POST', maps, { body: { metadata: { name: 'map-later' } } })
    const then = await api.call('GET', `${maps}?resourceVersion=${resourceVersion}&resourceVersionMatch=Exact`)
    await api.call('DELETE', `${maps}/map-later`)
    expect(names(then.body['items'])).toEqual(all)
    expect(then.body['metadata']).toEqual({ resourceVersion })
  })

  it('does not promise what has not happened', async () => {
    const { status, body, headers } = await api.call('GET', `${maps}?resourceVersion=99999999`)
    expect(status).toBe(504)
    expect(headers['retry-after']).toBe('1')
    expect(body).toMatchObject({
      reason: 'Timeout',
      message: expect.stringMatching(/^Too large resource version: 99999999, current: \d+$/) as unknown as string,
      details: { causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }], retryAfterSeconds: 1 },
    })
  })
})

describe('watches of long lists', () => {
  it('begin with everything, and go on with what happens meanwhile', async () => {
    const query = 'watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true'
    const seen: string[] = []
    for await (const { type, object } of api.watch(`${maps}?${query}`)) {
      if (seen.length === 0) void api.call('POST', maps, { body: { metadata: { name: 'map-meanwhile' } } })
      if (type === 'BOOKMARK') {
        expect(object.metadata).toMatchObject({ annotations: { 'k8s.io/initial-events-end': 'true' } })
        seen.push('end')
      } else seen.push(object.metadata.name)
      if (seen.includes('map-meanwhile') && seen.includes('end')) break
    }
    await api.call('DELETE', `${maps}/map-meanwhile`)
    // Each object once: the late one is part of the list, or an event behind it.
    expect(seen.filter(one => one !== 'end' && one !== 'map-meanwhile')).toEqual(all)
    expect(seen.filter(one => one === 'map-meanwhile')).toHaveLength(1)
  })

  it('show every version of a kind to those who watch that version', async () => {
    const scalers = (version: string) => `/apis/autoscaling/${version}/namespaces/reading/horizontalpodautoscalers`
    const first = async (version: string) => {
      for await (const { object } of api.watch(`${scalers(version)}?watch=1`)) return object['apiVersion']
      return undefined
    }
    const spec = { maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } }
    expect((await api.call('POST', scalers('v2'), { body: { metadata: { name: 'web' }, spec } })).status).toBe(201)
    expect([await first('v1'), await first('v2')]).toEqual(['autoscaling/v1', 'autoscaling/v2'])
  })
})

describe('the end of a watch', () => {
  const watchPath = `${maps}?watch=1&timeoutSeconds=1&labelSelector=never=there&allowWatchBookmarks=true`

  it('is the end of its answer, and its connection serves the next request', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const ask = (path: string) =>
      new Promise<{ text: string; reused: boolean }>((resolve, reject) => {
        const outgoing = get({ port: api.port, path, ca: api.ca.cert, host: '127.0.0.1', agent }, response => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('error', reject)
          response.on('end', () => resolve({ text: Buffer.concat(chunks).toString(), reused: outgoing.reusedSocket }))
        }).on('error', reject)
      })
    const { text } = await ask(watchPath)
    expect(text).toMatch(/^({"type":"BOOKMARK",.*}\n)+$/)
    const next = await ask(`${maps}/${name(1)}`)
    expect(next.reused).toBe(true)
    expect(next.text).toContain(name(1))
    agent.destroy()
  })

  it('is the end of the connection for a client that knows no chunks', async () => {
    const socket = connect({ port: api.port, host: '127.0.0.1', ca: api.ca.cert })
    socket.write(`GET ${watchPath} HTTP/1.0\r\nHost: localhost\r\n\r\n`)
    const chunks: Buffer[] = []
    for await (const chunk of socket) chunks.push(chunk as Buffer)
    const [head, body] = Buffer.concat(chunks).toString().split('\r\n\r\n')
    expect(head?.toLowerCase()).not.toContain('chunked')
    expect(body).toMatch(/^({"type":"BOOKMARK",.*}\n)+$/)
  })
})
