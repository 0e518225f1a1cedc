import { describe, expect, it } from '@jest/globals'
import { systemClock } from '../../../common/clock.ts'
import { unauthorized } from '../../../api/errors.ts'
import { silentLogger } from '../../../common/log.ts'
import { startApiServer } from '../testing.ts'
import type { ApiServerOptions } from '../server.ts'
import { PolicyAuditor } from './auditor.ts'
import type { PolicyRule } from './policy.ts'

interface Event {
  readonly [field: string]: unknown
  readonly auditID: string
  readonly stage: string
  readonly user: { readonly username?: string }
  readonly objectRef?: Readonly<Record<string, string>>
  readonly responseStatus?: Readonly<Record<string, unknown>>
  readonly requestObject?: { readonly [field: string]: unknown }
  readonly responseObject?: { readonly [field: string]: unknown }
  readonly annotations?: Readonly<Record<string, string>>
}

async function startAuditedServer(rules: readonly PolicyRule[], options: Partial<ApiServerOptions> = {}) {
  const events: Event[] = []
  const sink = { write: (line: string) => void events.push(JSON.parse(line) as Event), lost: 0, close: async () => undefined }
  const policy = { apiVersion: 'audit.k8s.io/v1', kind: 'Policy', rules: [...rules] }
  const auditor = new PolicyAuditor({ policy, sink, clock: systemClock })
  const server = await startApiServer({ auditor, ...options })
  /** What was written down of the request that this was the answer to, as soon as it has ended. */
  const eventsOf = async (id: unknown, last = 'ResponseComplete'): Promise<Event[]> => {
    for (let attempt = 0; attempt < 2000; attempt++) {
      const found = events.filter(({ auditID }) => auditID === id)
      if (found.some(({ stage }) => stage === last)) return found
      await new Promise(resolve => setTimeout(resolve, 5))
    }
    throw new Error(`no ${last} of ${String(id)}`)
  }
  return { ...server, events, auditor, eventsOf, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { key: 'value' } }
const configMaps = '/api/v1/namespaces/default/configmaps'

describe('an audited server', () => {
  it('writes down when a request comes and how it ended, as much as the level says', async () => {
    await using server = await startAuditedServer([{ level: 'Metadata' }])
    const answer = await server.call('POST', configMaps, { body: configMap, headers: { 'User-Agent': 'test/1' } })
    const [received, complete] = await server.eventsOf(answer.headers['audit-id'])
    expect(received).toEqual({
      kind: 'Event',
      apiVersion: 'audit.k8s.io/v1',
      level: 'Metadata',
      auditID: answer.headers['audit-id'],
      stage: 'RequestReceived',
      requestURI: configMaps,
      verb: 'create',
      user: { username: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] },
      sourceIPs: ['127.0.0.1'],
      userAgent: 'test/1',
      objectRef: { resource: 'configmaps', namespace: 'default', apiVersion: 'v1' },
      requestReceivedTimestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
      stageTimestamp: received?.['requestReceivedTimestamp'],
    })
    expect(complete).toMatchObject({
      stage: 'ResponseComplete',
      objectRef: { resource: 'configmaps', namespace: 'default', name: 'a', apiVersion: 'v1' },
      responseStatus: { metadata: {}, code: 201 },
      annotations: { 'authorization.k8s.io/decision': 'allow', 'authorization.k8s.io/reason': '' },
    })
    expect(complete).not.toHaveProperty('requestObject')
    expect(complete).not.toHaveProperty('responseObject')
  })

  it('writes down what was sent and what was answered where that is asked for', async () => {
    await using server = await startAuditedServer([
      { level: 'Request', verbs: ['patch'] },
      { level: 'RequestResponse', omitStages: ['RequestReceived'], omitManagedFields: true },
    ])
    const created = await server.call('POST', configMaps, { body: configMap })
    const [event] = await server.eventsOf(created.headers['audit-id'])
    expect(event?.requestObject).toMatchObject(configMap)
    expect(event?.responseObject).toMatchObject({ data: { key: 'value' }, metadata: { uid: created.body['metadata']?.['uid'] } })
    expect(event?.responseObject?.['metadata']).not.toHaveProperty('managedFields')

    const patched = await server.call('PATCH', `${configMaps}/a`, {
      body: { data: { key: 'other' } },
      headers: { 'Content-Type': 'application/merge-patch+json' },
    })
    const last = (await server.eventsOf(patched.headers['audit-id'])).at(-1)
    expect(last?.requestObject).toEqual({ data: { key: 'other' } })
    expect(last).not.toHaveProperty('responseObject')

    const listed = await server.call('GET', configMaps)
    const [list] = await server.eventsOf(listed.headers['audit-id'])
    expect(list?.responseObject).toMatchObject({ kind: 'ConfigMapList', items: [{ metadata: { name: 'a' } }] })
    expect(JSON.stringify(list)).not.toContain('managedFields')

    const deleted = await server.call('DELETE', `${configMaps}/a`, { body: { apiVersion: 'v1', kind: 'DeleteOptions' } })
    const [gone] = await server.eventsOf(deleted.headers['audit-id'])
    expect(gone).toMatchObject({
      requestObject: { kind: 'DeleteOptions' },
      responseStatus: { status: 'Success', details: { name: 'a', kind: 'configmaps' }, code: 200 },
      responseObject: { kind: 'Status', status: 'Success' },
    })
  })

  it('writes nothing down of requests at level None', async () => {
    await using server = await startAuditedServer([
      { level: 'None', resources: [{ group: '', resources: ['configmaps'] }] },
      { level: 'Metadata' },
    ])
    const silent = await server.call('GET', configMaps)
    const noted = await server.call('GET', '/version')
    expect((await server.eventsOf(noted.headers['audit-id'])).at(-1)).toMatchObject({ verb: 'get', requestURI: '/version' })
    expect(server.events.filter(({ auditID }) => auditID === silent.headers['audit-id'])).toEqual([])
    expect(server.auditor.requests.get('None')).toBeGreaterThanOrEqual(1)
  })

  it('says why requests were refused', async () => {
    await using server = await startAuditedServer([{ level: 'Metadata', omitStages: ['RequestReceived'] }], {
      authorizer: {
        authorize: (_, { verb }) => (verb === 'delete' ? { allowed: false, reason: 'not today' } : { allowed: true, reason: '' }),
      },
    })
    const forbidden = await server.call('DELETE', `${configMaps}/a`)
    const [denied] = await server.eventsOf(forbidden.headers['audit-id'])
    expect(denied?.annotations).toEqual({ 'authorization.k8s.io/decision': 'forbid', 'authorization.k8s.io/reason': 'not today' })
    expect(denied?.responseStatus).toMatchObject({ metadata: {}, status: 'Failure', reason: 'Forbidden', code: 403 })
    const missing = await server.call('GET', `${configMaps}/a`)
    const [notFound] = await server.eventsOf(missing.headers['audit-id'])
    expect(notFound?.responseStatus).toMatchObject({
      status: 'Failure',
      message: 'configmaps "a" not found',
      reason: 'NotFound',
      details: { name: 'a', kind: 'configmaps' },
      code: 404,
    })
  })

  it('writes down who was not let in, once', async () => {
    await using server = await startAuditedServer([{ level: 'Metadata' }], {
      authenticator: { authenticate: () => Promise.reject(unauthorized()) },
    })
    const answer = await server.call('GET', configMaps)
    expect(answer.status).toBe(401)
    expect(await server.eventsOf(answer.headers['audit-id'], 'ResponseStarted')).toMatchObject([
      { stage: 'ResponseStarted', user: {}, responseStatus: { status: 'Failure', reason: 'Unauthorized', code: 401 } },
    ])
  })

  it('writes down as whom a request was served', async () => {
    await using server = await startAuditedServer([{ level: 'Metadata' }])
    const answer = await server.call('GET', configMaps, { headers: { 'Impersonate-User': 'jane' } })
    expect((await server.eventsOf(answer.headers['audit-id'])).at(-1)).toMatchObject({
      user: { username: 'kubernetes-admin' },
      impersonatedUser: { username: 'jane', groups: ['system:authenticated'] },
    })
  })

  it('writes down the beginning and the end of watches', async () => {
    await using server = await startAuditedServer([{ level: 'Metadata', verbs: ['watch'] }])
    const watched = await server.call('GET', `${configMaps}?watch=true&timeoutSeconds=1`, { headers: { 'Audit-ID': 'mine' } })
    expect(watched.headers['audit-id']).toBe('mine')
    const events = await server.eventsOf('mine')
    expect(events.map(({ stage, responseStatus }) => [stage, responseStatus?.['code']])).toEqual([
      ['RequestReceived', undefined],
      ['ResponseStarted', 200],
      ['ResponseComplete', 200],
    ])
  })

  it('tells what nobody expected apart', async () => {
    await using server = await startAuditedServer([{ level: 'Metadata' }], {
      admission: {
        mutate: async ({ object }) => object ?? {},
        validate: ({ kind }) => (kind.plural === 'secrets' ? Promise.reject(new Error('broken')) : Promise.resolve()),
      },
      log: silentLogger,
    })
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } }
    const answer = await server.call('POST', '/api/v1/namespaces/default/secrets', { body: secret })
    expect(answer.status).toBe(500)
    expect((await server.eventsOf(answer.headers['audit-id'], 'Panic')).at(-1)).toMatchObject({
      stage: 'Panic',
      responseStatus: { status: 'Failure', reason: 'InternalError', message: "APIServer panic'd: broken", code: 500 },
    })
  })
})
