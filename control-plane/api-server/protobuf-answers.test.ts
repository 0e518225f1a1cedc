import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { ConfigMap } from '../../api/core/config-map.ts'
import { listSchemaOf } from '../../api/list-schema.ts'
import { PartialObjectMetadata, Status } from '../../api/meta.ts'
import { decodeProtobuf } from '../../api/protobuf/envelope.ts'
import { WireReader } from '../../api/protobuf/wire.ts'
import type { Schema } from '../../api/schema/schema.ts'
import { startApiServer } from './testing.ts'

const api = await startApiServer()
afterAll(() => api[Symbol.asyncDispose]())

const type = 'application/vnd.kubernetes.protobuf'
const metadataOf = (kind: string) => `${type};as=${kind};g=meta.k8s.io;v=v1`
const maps = '/api/v1/namespaces/default/configmaps'
const schemas: Readonly<Record<string, Schema>> = {
  ConfigMap: ConfigMap.schema,
  ConfigMapList: listSchemaOf(ConfigMap),
  PartialObjectMetadata,
  PartialObjectMetadataList: listSchemaOf({ kind: 'PartialObjectMetadata', schema: PartialObjectMetadata }),
  Status,
}
const decoded = (bytes: Uint8Array) => decodeProtobuf(bytes, (_, kind) => schemas[kind]) as Record<string, never>

/** An answer, which has to be protobuf. */
async function ask(
  method: string,
  path: string,
  { accept = type, headers = {}, body }: { accept?: string; headers?: object; body?: object } = {},
) {
  const answer = await api.call(method, path, { headers: { accept, ...headers }, ...(body ? { body } : {}) })
  expect(answer.headers['content-type']).toBe(type)
  const bytes = answer.headers['content-encoding'] === 'gzip' ? gunzipSync(answer.bytes) : answer.bytes
  return { status: answer.status, object: decoded(bytes) }
}

interface Event {
  readonly type: string
  readonly object: Record<string, never>
}

/** The events in the frames of a watch. */
async function* watched(path: string, accept = type): AsyncGenerator<Event> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of api.watchBytes(path, { accept })) {
    rest = Buffer.concat([rest, chunk])
    while (rest.length >= 4 && rest.length >= 4 + rest.readUInt32BE()) {
      const end = 4 + rest.readUInt32BE()
      yield eventOf(rest.subarray(4, end))
      rest = rest.subarray(end)
    }
  }
}

/** WatchEvent{type, RawExtension{raw}} */
function eventOf(frame: Buffer): Event {
  const event = new WireReader(frame)
  event.tag()
  const name = Buffer.from(event.bytes()).toString()
  event.tag()
  const extension = new WireReader(event.bytes())
  extension.tag()
  return { type: name, object: decoded(extension.bytes()) }
}

async function take(events: AsyncGenerator<Event>, count: number): Promise<Event[]> {
  const taken: Event[] = []
  for await (const event of events) {
    taken.push(event)
    if (taken.length === count) break
  }
  return taken
}

beforeAll(async () => {
  for (const name of ['a', 'b', 'c']) {
    const body = { metadata: { name, labels: { name } }, data: { k: name.repeat(200) }, binaryData: { b: 'AAEC' } }
    expect((await api.call('POST', maps, { body })).status).toBe(201)
  }
})

describe('protobuf answers', () => {
  it('are the objects that JSON shows', async () => {
    const json = await api.call('GET', `${maps}/a`)
    expect((await ask('GET', `${maps}/a`)).object).toEqual(json.body)
    const made = await ask('POST', maps, { body: { metadata: { name: 'made' } } })
    expect(made).toMatchObject({ status: 201, object: { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'made' } } })
  })

  it('are lists, whole and in pieces', async () => {
    const json = await api.call('GET', `${maps}?labelSelector=name`)
    const { object } = await ask('GET', `${maps}?labelSelector=name`)
    expect(object).toEqual(json.body)
    const piece = await ask('GET', `${maps}?limit=2`)
    expect(piece.object['metadata']).toMatchObject({ continue: expect.any(String), remainingItemCount: 2 })
  })

  it('are long lists, compressed for those who take gzip', async () => {
    for (let index = 0; index < 12; index++) {
      const body = { metadata: { name: `large-${index}`, labels: { large: 'yes' } }, data: { text: 'x'.repeat(40_000) } }
      await api.call('POST', maps, { body })
    }
    for (const headers of [{}, { 'accept-encoding': 'gzip' }]) {
      const { object } = await ask('GET', `${maps}?labelSelector=large`, { headers })
      expect((object['items'] as unknown as { data: { text: string } }[]).map(({ data }) => data.text.length)).toEqual(
        Array(12).fill(40_000),
      )
    }
  })

  it('are metadata alone, of one object and of many', async () => {
    const one = await ask('GET', `${maps}/a`, { accept: metadataOf('PartialObjectMetadata') })
    expect(one.object).toMatchObject({ kind: 'PartialObjectMetadata', metadata: { name: 'a', labels: { name: 'a' } } })
    const { object } = await ask('GET', `${maps}?labelSelector=name`, { accept: metadataOf('PartialObjectMetadataList') })
    expect(object).toMatchObject({
      kind: 'PartialObjectMetadataList',
      apiVersion: 'meta.k8s.io/v1',
      metadata: { resourceVersion: expect.any(String) },
    })
    expect((object['items'] as unknown as { metadata: { name: string } }[]).map(({ metadata }) => metadata.name)).toEqual(['a', 'b', 'c'])
  })

  it('are errors, and what a deletion says', async () => {
    expect(await ask('GET', `${maps}/none`)).toMatchObject({
      status: 404,
      object: { kind: 'Status', status: 'Failure', reason: 'NotFound', code: 404, details: { name: 'none', kind: 'configmaps' } },
    })
    await api.call('POST', maps, { body: { metadata: { name: 'going' } } })
    expect(await ask('DELETE', `${maps}/going`)).toMatchObject({ status: 200, object: { kind: 'Status', status: 'Success' } })
  })

  it('are frames of watches: what is there, where that ends, and what happens', async () => {
    const query = 'watch=true&labelSelector=name=b&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true'
    const events = watched(`${maps}?${query}`)
    const [there, end] = [(await events.next()).value as Event, (await events.next()).value as Event]
    expect(there).toEqual({ type: 'ADDED', object: (await api.call('GET', `${maps}/b`)).body })
    expect(end).toMatchObject({
      type: 'BOOKMARK',
      object: { kind: 'ConfigMap', metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } },
    })
    await api.call('PATCH', `${maps}/b`, { body: { data: { k: 'new' } }, headers: { 'Content-Type': 'application/merge-patch+json' } })
    expect((await events.next()).value).toMatchObject({ type: 'MODIFIED', object: { data: { k: 'new' } } })
    await events.return(undefined)
  })

  it('are frames of watches of metadata, and of what is wrong', async () => {
    const [first] = await take(watched(`${maps}?watch=true&labelSelector=name=a`, metadataOf('PartialObjectMetadata')), 1)
    expect(first).toMatchObject({ type: 'ADDED', object: { kind: 'PartialObjectMetadata', metadata: { name: 'a' } } })
    const [wrong] = await take(watched(`${maps}?watch=true&resourceVersion=99999999`), 1)
    expect(wrong).toMatchObject({ type: 'ERROR', object: { kind: 'Status', status: 'Failure' } })
  })

  it.each([
    ['tables', `${type};as=Table;g=meta.k8s.io;v=v1, application/json;as=Table;g=meta.k8s.io;v=v1`, maps, 'Table'],
    [
      'definitions of custom resources',
      `${type}, application/json`,
      '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
      'CustomResourceDefinitionList',
    ],
    ['those who like JSON better', `application/json, ${type}`, `${maps}/a`, 'ConfigMap'],
  ])('are JSON for %s', async (_, accept, path, kind) => {
    const answer = await api.call('GET', path, { headers: { accept } })
    expect([answer.status, answer.headers['content-type'], answer.body['kind']]).toEqual([200, 'application/json', kind])
  })
})
