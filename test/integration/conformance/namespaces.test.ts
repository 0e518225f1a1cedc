import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '../../support/eventually.ts'
import { startHollowCluster } from '../../support/hollow-cluster.ts'
import { rawApi } from '../../support/raw-api.ts'

const namespaces = '/api/v1/namespaces'
const strategic = 'application/strategic-merge-patch+json'

interface Namespace {
  readonly metadata: { readonly labels?: Record<string, string>; readonly annotations?: Record<string, string> }
  readonly spec: { readonly finalizers: readonly string[] }
  readonly status: { readonly phase: string; readonly conditions?: readonly { readonly type: string; readonly message: string }[] }
}

describe('a namespace', () => {
  let cluster: Awaited<ReturnType<typeof startHollowCluster>>
  let call: ReturnType<typeof rawApi>
  beforeAll(async () => {
    cluster = await startHollowCluster({ nodes: ['node-1'] })
    call = rawApi(cluster.plane)
  }, 60_000)
  afterAll(() => cluster[Symbol.asyncDispose]())

  const make = async (name: string) => {
    expect(await call('POST', namespaces, { body: { metadata: { name } } })).toMatchObject({ status: 201 })
    await eventually(async () => (await call('GET', `${namespaces}/${name}/serviceaccounts/default`)).status === 200)
    return `${namespaces}/${name}`
  }
  const read = async (path: string) => (await call('GET', path)).body as unknown as Namespace
  const gone = (path: string) => eventually(async () => (await call('GET', path)).status === 404, { what: `the end of ${path}` })
  const pod = (name: string, metadata: object = {}) => ({
    metadata: { name, ...metadata },
    spec: { containers: [{ name: 'c', image: 'x' }] },
  })
  const runs = (path: string) =>
    eventually(async () => ((await call('GET', path)).body['status'] as unknown as { phase: string }).phase === 'Running')

  it('is patched and updated', async () => {
    const path = await make('changed')
    await call('PATCH', path, { body: { metadata: { labels: { testLabel: 'testValue' } } }, type: strategic })
    const patched = await read(path)
    expect(patched.metadata.labels).toMatchObject({ testLabel: 'testValue' })
    const labels = { ...patched.metadata.labels, changed: 'updated' }
    expect(await call('PUT', path, { body: { ...patched, metadata: { ...patched.metadata, labels } } })).toMatchObject({
      status: 200,
      body: { metadata: { labels } },
    })
  })

  it('has a status that is read, patched and put by itself', async () => {
    const path = await make('status')
    expect((await read(`${path}/status`)).status.phase).toBe('Active')
    const condition = (type: string, message: string) => ({ type, status: 'True', reason: 'E2E', message })
    const body = {
      metadata: { annotations: { 'e2e-patched-ns-status': 'status' } },
      status: { conditions: [condition('StatusPatch', 'Patched by an e2e test')] },
    }
    const patched = await call('PATCH', `${path}/status`, { body, type: 'application/merge-patch+json' })
    expect(patched).toMatchObject({ status: 200, body })
    const current = await read(`${path}/status`)
    const conditions = [...(current.status.conditions ?? []), condition('StatusUpdate', 'Updated by an e2e test')]
    const updated = await call('PUT', `${path}/status`, { body: { ...current, status: { ...current.status, conditions } } })
    expect((updated.body as unknown as Namespace).status.conditions?.at(-1)).toMatchObject({
      type: 'StatusUpdate',
      message: 'Updated by an e2e test',
    })
  })

  it('has finalizers that only its finalize path changes', async () => {
    const path = await make('finalized')
    const fake = 'e2e.example.com/fakeFinalizer'
    const finalize = async (change: (finalizers: readonly string[]) => readonly string[]) => {
      const current = await read(path)
      const finalizers = change(current.spec.finalizers)
      const answer = await call('PUT', `${path}/finalize`, { body: { ...current, spec: { finalizers } } })
      return (answer.body as unknown as Namespace).spec.finalizers
    }
    expect(await finalize(all => [...all, fake])).toEqual(['kubernetes', fake])
    expect(await finalize(all => all.filter(each => each !== fake))).toEqual(['kubernetes'])
  })

  it('takes its pods and services along', async () => {
    const path = await make('emptied')
    await call('POST', `${path}/pods`, { body: pod('p') })
    await call('POST', `${path}/services`, { body: { metadata: { name: 's' }, spec: { selector: { a: 'b' }, ports: [{ port: 80 }] } } })
    await runs(`${path}/pods/p`)
    expect(await call('DELETE', path)).toMatchObject({ status: 200 })
    await gone(path)
    await make('emptied')
    for (const resource of ['pods', 'services']) expect((await call('GET', `${path}/${resource}`)).body['items']).toEqual([])
  }, 60_000)

  it('ends its pods before anything else goes', async () => {
    const path = await make('ordered')
    await call('POST', `${path}/pods`, { body: pod('p', { finalizers: ['e2e.example.com/finalizer'] }) })
    await runs(`${path}/pods/p`)
    await call('POST', `${path}/configmaps`, { body: { metadata: { name: 'm' }, data: { key: 'value' } } })
    await call('DELETE', path)
    await eventually(async () => {
      const { phase, conditions = [] } = (await read(path)).status
      return phase === 'Terminating' && conditions.some(({ type }) => type === 'NamespaceDeletionContentFailure')
    })
    expect((await call('GET', `${path}/configmaps/m`)).body['metadata']).not.toHaveProperty('deletionTimestamp')
    await eventually(async () => 'deletionTimestamp' in ((await call('GET', `${path}/pods/p`)).body['metadata'] as unknown as object))
    const { body } = await call('GET', `${path}/pods/p`)
    expect((await call('GET', `${path}/configmaps/m`)).status).toBe(200)
    const put = { ...body, metadata: { ...(body['metadata'] as unknown as object), finalizers: [], resourceVersion: '' } }
    expect(await call('PUT', `${path}/pods/p`, { body: put })).toMatchObject({ status: 200 })
    await gone(`${path}/pods/p`)
    await gone(path)
  }, 60_000)
})
