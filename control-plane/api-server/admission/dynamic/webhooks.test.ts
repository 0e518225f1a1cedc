import { describe, expect, it } from '@jest/globals'
import { startAdmittingServer, startWebhook } from './testing.ts'

const root = '/apis/admissionregistration.k8s.io/v1'
const maps = '/api/v1/namespaces/default/configmaps'
const rules = [{ apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'], operations: ['CREATE', 'UPDATE'] }]

type Server = Awaited<ReturnType<typeof startAdmittingServer>>
async function configure(server: Server, type: 'mutating' | 'validating', ...webhooks: object[]) {
  const complete = webhooks.map((webhook, index) => ({
    name: `hook-${index}.example.com`,
    rules,
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
    ...webhook,
  }))
  const { status, text } = await server.call('POST', `${root}/${type}webhookconfigurations`, {
    body: { metadata: { name: `hooks-${type}` }, webhooks: complete },
  })
  if (status !== 201) throw new Error(text)
}
const create = (server: Server, name: string, metadata: object = {}, query = '') =>
  server.call('POST', maps + query, { body: { metadata: { name, ...metadata } } })
const patch = (...operations: object[]) => ({
  allowed: true,
  patchType: 'JSONPatch',
  patch: Buffer.from(JSON.stringify(operations)).toString('base64'),
})

describe('a validating webhook', () => {
  it('is asked as upstream asks, refuses in its own words, and warns', async () => {
    await using server = await startAdmittingServer()
    await using webhook = await startWebhook(({ request }) => ({
      allowed: request.object['data'] !== undefined,
      warnings: ['watch out'],
      status: { message: 'no data', code: 403, reason: 'Forbidden' },
    }))
    await configure(server, 'validating', { clientConfig: webhook.clientConfig })
    const refused = await create(server, 'empty')
    expect(refused).toMatchObject({
      status: 403,
      body: { reason: 'Forbidden', message: 'admission webhook "hook-0.example.com" denied the request: no data' },
      headers: { warning: '299 - "watch out"' },
    })
    expect(webhook.asked[0]?.request).toMatchObject({
      kind: { group: '', version: 'v1', kind: 'ConfigMap' },
      resource: { group: '', version: 'v1', resource: 'configmaps' },
      requestKind: { group: '', version: 'v1', kind: 'ConfigMap' },
      name: 'empty',
      namespace: 'default',
      operation: 'CREATE',
      userInfo: { username: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] },
      object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'empty' } },
      oldObject: null,
      dryRun: false,
      options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1' },
    })
    const allowed = await server.call('POST', maps, { body: { metadata: { name: 'full' }, data: { a: 'b' } } })
    expect(allowed.status).toBe(201)
  })

  it('that explains nothing refuses with 400', async () => {
    await using server = await startAdmittingServer()
    await using webhook = await startWebhook(() => ({ allowed: false }))
    await configure(server, 'validating', { clientConfig: webhook.clientConfig })
    expect(await create(server, 'm')).toMatchObject({
      status: 400,
      body: { message: 'admission webhook "hook-0.example.com" denied the request without explanation' },
    })
  })

  it('is asked only about what it wants', async () => {
    await using server = await startAdmittingServer()
    await using webhook = await startWebhook(() => ({ allowed: false }))
    const { clientConfig } = webhook
    await configure(
      server,
      'validating',
      { clientConfig, objectSelector: { matchLabels: { check: 'yes' } } },
      { clientConfig, namespaceSelector: { matchLabels: { team: 'a' } } },
      {
        clientConfig,
        matchConditions: [{ name: 'named', expression: 'object.metadata.name == "chosen" && request.operation == "CREATE"' }],
      },
      { clientConfig, rules: [{ ...rules[0], scope: 'Cluster' }] },
      { clientConfig, rules: [{ ...rules[0], resources: ['*'], operations: ['DELETE'] }] },
    )
    expect((await create(server, 'other')).status).toBe(201)
    expect((await create(server, 'labelled', { labels: { check: 'yes' } })).body['message']).toContain('hook-0')
    expect((await create(server, 'chosen')).body['message']).toContain('hook-2')
    await server.call('POST', '/api/v1/namespaces', { body: { metadata: { name: 'a', labels: { team: 'a' } } } })
    const inTeam = await server.call('POST', '/api/v1/namespaces/a/configmaps', { body: { metadata: { name: 'm' } } })
    expect(inTeam.body['message']).toContain('hook-1')
    expect((await server.call('DELETE', `${maps}/other`)).body['message']).toContain('hook-4')
  })

  it('that cannot be reached refuses, or does not matter', async () => {
    await using server = await startAdmittingServer()
    await using webhook = await startWebhook(() => ({ allowed: true }))
    await configure(
      server,
      'validating',
      { clientConfig: { url: 'https://localhost:1/hook' }, objectSelector: { matchLabels: { a: 'a' } } },
      {
        clientConfig: { url: webhook.clientConfig.url },
        objectSelector: { matchLabels: { b: 'b' } },
      },
      { clientConfig: { service: { namespace: 'default', name: 'nowhere' } }, objectSelector: { matchLabels: { c: 'c' } } },
      {
        clientConfig: { url: 'https://localhost:1/hook' },
        failurePolicy: 'Ignore',
      },
    )
    expect((await create(server, 'd')).status).toBe(201)
    expect(await create(server, 'a', { labels: { a: 'a' } })).toMatchObject({ status: 500, body: { reason: 'InternalError' } })
    const messages = await Promise.all(
      ['a', 'b', 'c'].map(async name => (await create(server, name, { labels: { [name]: name } })).body['message']),
    )
    const failed = (index: number, url: string, why: string) =>
      expect.stringMatching(
        new RegExp(
          `^Internal error occurred: failed calling webhook "hook-${index}.example.com": failed to call webhook: Post "${url}\\?timeout=10s": ${why}$`,
        ),
      )
    expect(messages).toEqual([
      failed(0, 'https://localhost:1/hook', 'dial tcp .*:1: connect: connection refused'),
      failed(1, webhook.clientConfig.url, 'tls: failed to verify certificate: x509: certificate signed by unknown authority'),
      failed(2, 'https://nowhere.default.svc(:443)?/', 'service "nowhere" not found'),
    ])
  })

  it('with side effects is not asked in a dry run', async () => {
    await using server = await startAdmittingServer()
    await using webhook = await startWebhook(() => ({ allowed: true }))
    await configure(server, 'validating', { clientConfig: webhook.clientConfig, sideEffects: 'NoneOnDryRun' })
    expect((await create(server, 'm', {}, '?dryRun=All')).status).toBe(201)
    expect(webhook.asked[0]?.request).toMatchObject({ dryRun: true, options: { dryRun: ['All'] } })
  })

  it('can be a service', async () => {
    await using server = await startAdmittingServer()
    await using webhook = await startWebhook(() => ({ allowed: false, status: { message: 'by a service' } }))
    await server.call('POST', '/api/v1/namespaces/default/services', {
      body: { metadata: { name: 'hook' }, spec: { ports: [{ port: 443 }] } },
    })
    const slice = {
      metadata: { name: 'hook-1', labels: { 'kubernetes.io/service-name': 'hook' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['10.244.1.7'], conditions: { ready: true } }],
      ports: [{ port: webhook.port }],
    }
    const made = await server.call('POST', '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices', { body: slice })
    expect(made.status).toBe(201)
    await configure(server, 'validating', {
      clientConfig: { service: { namespace: 'default', name: 'hook', path: '/hook' }, caBundle: webhook.caBundle },
    })
    const { message } = (await create(server, 'm')).body as unknown as { message: string }
    expect(message).toContain('denied the request: by a service')
  })
})

describe('a mutating webhook', () => {
  it('changes objects, which get their defaults afterwards', async () => {
    await using server = await startAdmittingServer()
    await using webhook = await startWebhook(() => patch({ op: 'add', path: '/metadata/labels', value: { by: 'webhook' } }))
    await configure(server, 'mutating', { clientConfig: webhook.clientConfig })
    expect((await create(server, 'm')).body['metadata']).toMatchObject({ labels: { by: 'webhook' } })
    expect((await server.call('GET', `${maps}/m`)).body['metadata']).toMatchObject({ labels: { by: 'webhook' } })
  })

  it('is asked again when others changed the object, if it wishes to be', async () => {
    await using server = await startAdmittingServer()
    const labels = ({ request }: { request: { object: { metadata: { labels?: object } } } }) =>
      Object.keys(request.object.metadata.labels ?? {}).length
    await using first = await startWebhook(review => patch({ op: 'add', path: `/metadata/labels/first-${labels(review)}`, value: 'x' }))
    await using second = await startWebhook(() => patch({ op: 'add', path: '/metadata/labels/second', value: 'x' }))
    await configure(
      server,
      'mutating',
      { clientConfig: first.clientConfig, reinvocationPolicy: 'IfNeeded' },
      { clientConfig: second.clientConfig },
    )
    const { body } = await create(server, 'm', { labels: { own: 'x' } })
    expect(body['metadata']).toMatchObject({ labels: { own: 'x', 'first-1': 'x', second: 'x', 'first-3': 'x' } })
    expect([first.asked.length, second.asked.length]).toEqual([2, 1])
  })

  it('that answers nonsense has failed', async () => {
    await using server = await startAdmittingServer()
    await using webhook = await startWebhook(() => ({ allowed: true, patch: 'W10=' }))
    await configure(server, 'mutating', { clientConfig: webhook.clientConfig })
    expect((await create(server, 'm')).body['message']).toBe(
      'Internal error occurred: failed calling webhook "hook-0.example.com": received invalid webhook response: webhook returned response.patch but not response.patchType',
    )
  })
})
