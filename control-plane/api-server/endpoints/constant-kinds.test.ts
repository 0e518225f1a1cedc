import { describe, expect, it } from '@jest/globals'
import { startApiServer } from '../testing.ts'

const asTable = { Accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' }

describe('kinds that are not stored, and kinds on their way out', () => {
  it('shows the parts of the control plane, with the warning that the kind is deprecated', async () => {
    await using server = await startApiServer()
    const list = await server.call('GET', '/api/v1/componentstatuses', { headers: asTable })
    expect((list.body['rows'] as unknown as { cells: unknown[] }[]).map(({ cells }) => cells)).toEqual([
      ['controller-manager', 'Healthy', 'ok', ''],
      ['etcd-0', 'Healthy', 'ok', ''],
      ['scheduler', 'Healthy', 'ok', ''],
    ])
    expect(list.headers['warning']).toBe('299 - "v1 ComponentStatus is deprecated in v1.19+"')
    const one = await server.call('GET', '/api/v1/componentstatuses/scheduler')
    expect(one.body).toEqual({
      kind: 'ComponentStatus',
      apiVersion: 'v1',
      metadata: { name: 'scheduler' },
      conditions: [{ type: 'Healthy', status: 'True', message: 'ok' }],
    })
    expect((await server.call('GET', '/api/v1/componentstatuses/none')).status).toBe(404)
  })

  it('warns of a deprecated kind whatever is asked for', async () => {
    await using server = await startApiServer()
    const warning = '299 - "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"'
    const created = await server.call('POST', '/api/v1/namespaces/default/endpoints', { body: { metadata: { name: 'one' } } })
    const answers = [
      created,
      await server.call('GET', '/api/v1/endpoints'),
      await server.call('GET', '/api/v1/namespaces/default/endpoints/one'),
    ]
    expect(answers.map(({ headers }) => headers['warning'])).toEqual([warning, warning, warning])
  })

  it('watches by the paths that older clients use', async () => {
    await using server = await startApiServer()
    await server.call('POST', '/api/v1/namespaces/default/configmaps', { body: { metadata: { name: 'one' } } })
    for await (const { type, object } of server.watch('/api/v1/watch/namespaces/default/configmaps')) {
      expect([type, object.metadata.name]).toEqual(['ADDED', 'one'])
      break
    }
  })
})
