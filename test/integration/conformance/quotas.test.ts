import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { compareQuantities } from '../../../api/quantity.ts'
import { eventually } from '../../support/eventually.ts'
import { startHollowCluster } from '../../support/hollow-cluster.ts'
import { rawApi } from '../../support/raw-api.ts'
import { watchApi } from '../../support/watch-api.ts'

const dongle = 'example.com/dongle'
/** A bit of everything, as upstream's tests have it. */
const everything = {
  pods: '5',
  services: '10',
  'services.nodeports': '1',
  'services.loadbalancers': '1',
  replicationcontrollers: '10',
  resourcequotas: '1',
  cpu: '1',
  memory: '500Mi',
  configmaps: '10',
  secrets: '10',
  persistentvolumeclaims: '10',
  'requests.storage': '10Gi',
  'ephemeral-storage': '50Gi',
  'gold.storageclass.storage.k8s.io/persistentvolumeclaims': '10',
  'count/replicasets.apps': '5',
  [`requests.${dongle}`]: '3',
}
type Amounts = Readonly<Record<string, string>>

/** The object as somebody puts it whoever else has written to it meanwhile. */
const unversioned = (object: object): object => ({
  ...object,
  metadata: { ...(object as { metadata: object }).metadata, resourceVersion: '' },
})

const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'x' }] } }
const pod = (name: string, requests: Amounts = {}, spec: object = {}, limits: Amounts = {}) => ({
  metadata: { name },
  spec: { ...spec, containers: [{ name: 'pause', image: 'x', resources: { requests, limits } }] },
})

describe('a resource quota', () => {
  let cluster: Awaited<ReturnType<typeof startHollowCluster>>
  let call: ReturnType<typeof rawApi>
  beforeAll(async () => {
    cluster = await startHollowCluster({ nodes: [], kubelets: false })
    call = rawApi(cluster.plane)
  }, 60_000)
  afterAll(() => cluster[Symbol.asyncDispose]())

  /** A namespace with what every namespace gets. */
  async function namespace(name: string): Promise<string> {
    const path = `/api/v1/namespaces/${name}`
    await call('POST', '/api/v1/namespaces', { body: { metadata: { name } } })
    await eventually(async () => (await call('GET', `${path}/serviceaccounts/default`)).status === 200)
    await eventually(async () => (await call('GET', `${path}/configmaps/kube-root-ca.crt`)).status === 200)
    return path
  }
  const create = async (path: string, name: string, hard: object, spec: object = {}) => {
    const body = { metadata: { name }, spec: { hard, ...spec } }
    expect(await call('POST', `${path}/resourcequotas`, { body })).toMatchObject({ status: 201 })
  }
  const uses = (path: string, name: string, expected: Amounts) =>
    eventually(
      async () => {
        const { status } = (await call('GET', `${path}/resourcequotas/${name}`)).body as unknown as { status: { used?: Amounts } }
        const used = status.used ?? {}
        const differing = Object.keys(expected).filter(
          key => used[key] === undefined || compareQuantities(used[key], expected[key] ?? '') !== 0,
        )
        if (differing.length > 0) throw new Error(`${differing.join()} of ${JSON.stringify(used)}`)
        return true
      },
      { what: JSON.stringify(expected) },
    )

  it('counts what is there when it comes, itself included', async () => {
    const path = await namespace('counted')
    await create(path, 'q', everything)
    await uses(path, 'q', { resourcequotas: '1', pods: '0', cpu: '0', configmaps: '1', secrets: '0', [`requests.${dongle}`]: '0' })
  })

  it.each<[string, string, string, object]>([
    ['a config map', 'configmaps', 'configmaps', { data: { a: 'b' } }],
    ['a secret', 'secrets', 'secrets', { data: { a: 'eA==' } }],
    [
      'a replication controller',
      'replicationcontrollers',
      'replicationcontrollers',
      { spec: { replicas: 0, selector: { a: 'b' }, template } },
    ],
    [
      'a replica set',
      '/apis/apps/v1/replicasets',
      'count/replicasets.apps',
      { spec: { replicas: 0, selector: { matchLabels: { a: 'b' } }, template } },
    ],
  ])('follows the life of %s', async (_, resource, counted, fields) => {
    const path = await namespace(`life-of-${resource.replaceAll('/', '').slice(-10)}`)
    const objects = resource.startsWith('/')
      ? `${resource.replace(/\/[a-z]+$/, path.slice('/api/v1'.length) + resource.replace(/.*\//, '/'))}`
      : `${path}/${resource}`
    await create(path, 'q', everything)
    const before = counted === 'configmaps' ? 1 : 0
    await uses(path, 'q', { [counted]: String(before) })
    expect(await call('POST', objects, { body: { metadata: { name: 'x' }, ...fields } })).toMatchObject({ status: 201 })
    await uses(path, 'q', { [counted]: String(before + 1) })
    expect(await call('DELETE', `${objects}/x`)).toMatchObject({ status: 200 })
    await uses(path, 'q', { [counted]: String(before) })
  })

  it('follows the life of services, and lets in no node port or load balancer too many', async () => {
    const path = await namespace('services')
    await create(path, 'q', everything)
    await uses(path, 'q', { services: '0' })
    const post = (name: string, type: string, more: object = {}) =>
      call('POST', `${path}/services`, { body: { metadata: { name }, spec: { type, ports: [{ port: 80 }], ...more } } })
    expect(await post('cluster-ip', 'ClusterIP')).toMatchObject({ status: 201 })
    expect(await post('node-port', 'NodePort')).toMatchObject({ status: 201 })
    expect(await post('too-many', 'LoadBalancer')).toMatchObject({ status: 403 })
    await uses(path, 'q', { services: '2', 'services.nodeports': '1', 'services.loadbalancers': '0' })
    await call('DELETE', `${path}/services/node-port`)
    await uses(path, 'q', { services: '1', 'services.nodeports': '0' })
    expect(await post('balanced', 'LoadBalancer', { allocateLoadBalancerNodePorts: false })).toMatchObject({ status: 201 })
    await uses(path, 'q', { services: '2', 'services.nodeports': '0', 'services.loadbalancers': '1' })
    for (const name of ['cluster-ip', 'balanced']) await call('DELETE', `${path}/services/${name}`)
    await uses(path, 'q', { services: '0', 'services.loadbalancers': '0' })
  })

  it('follows the life of a pod, lets in none that asks too much, and no change of what one asks', async () => {
    const path = await namespace('pods')
    await create(path, 'q', everything)
    await uses(path, 'q', { pods: '0' })
    const requests = { cpu: '500m', memory: '252Mi', 'ephemeral-storage': '30Gi', [dongle]: '2' }
    const used = { pods: '1', cpu: '500m', memory: '252Mi', 'ephemeral-storage': '30Gi', [`requests.${dongle}`]: '2' }
    const made = await call('POST', `${path}/pods`, { body: pod('p', requests, {}, { [dongle]: '2' }) })
    expect(made.status).toBe(201)
    await uses(path, 'q', used)
    const refused = { status: 403, body: { message: expect.stringContaining('exceeded quota: q') } }
    expect(
      await call('POST', `${path}/pods`, { body: pod('big', { cpu: '600m', memory: '100Mi', 'ephemeral-storage': '1Gi' }) }),
    ).toMatchObject(refused)
    const extended = { cpu: '500m', memory: '100Mi', 'ephemeral-storage': '10Gi', [dongle]: '2' }
    expect(await call('POST', `${path}/pods`, { body: pod('wide', extended, {}, { [dongle]: '2' }) })).toMatchObject(refused)
    const { spec } = made.body as unknown as { spec: { containers: object[] } }
    const containers = spec.containers.map(container => ({ ...container, resources: { requests: { cpu: '100m', memory: '100Mi' } } }))
    const change = unversioned({ ...made.body, spec: { ...spec, containers } })
    expect(await call('PUT', `${path}/pods/p`, { body: change })).toMatchObject({ status: 422 })
    await uses(path, 'q', used)
    expect(await call('DELETE', `${path}/pods/p`, { body: { gracePeriodSeconds: 0 } })).toMatchObject({ status: 200 })
    await uses(path, 'q', { pods: '0', cpu: '0', memory: '0', 'ephemeral-storage': '0', [`requests.${dongle}`]: '0' })
  })

  it.each<[string, readonly [string, string], object, object, object]>([
    [
      'how long pods may run',
      ['Terminating', 'NotTerminating'],
      { 'requests.cpu': '1', 'requests.memory': '500Mi', 'limits.cpu': '2', 'limits.memory': '1Gi', pods: '5' },
      { activeDeadlineSeconds: 3600 },
      {},
    ],
    ['the quality of service of pods', ['BestEffort', 'NotBestEffort'], { pods: '5' }, {}, {}],
  ])('counts by scopes of %s', async (_, [first, second], hard, ofFirst, ofSecond) => {
    const path = await namespace(`scope-${first.toLowerCase()}`)
    await create(path, 'first', hard, { scopes: [first] })
    await create(path, 'second', hard, { scopes: [second] })
    await uses(path, 'first', { pods: '0' })
    await uses(path, 'second', { pods: '0' })
    const requests = { cpu: '500m', memory: '200Mi' }
    const limits = { cpu: '1', memory: '400Mi' }
    const bestEffort = first === 'BestEffort'
    for (const [name, spec, mine, other] of [
      ['of-first', ofFirst, 'first', 'second'],
      ['of-second', ofSecond, 'second', 'first'],
    ] as const) {
      const asks = bestEffort && mine === 'first' ? pod(name, {}, spec) : pod(name, requests, spec, limits)
      expect(await call('POST', `${path}/pods`, { body: asks })).toMatchObject({ status: 201 })
      await uses(path, mine, { pods: '1', ...(bestEffort ? {} : { 'requests.cpu': '500m', 'limits.memory': '400Mi' }) })
      await uses(path, other, { pods: '0' })
      await call('DELETE', `${path}/pods/${name}`, { body: { gracePeriodSeconds: 0 } })
      await uses(path, mine, { pods: '0' })
    }
  })

  it('is updated, patched, listed by labels and deleted', async () => {
    const path = await namespace('lifecycle')
    const quotas = `${path}/resourcequotas`
    const hard = { cpu: '1', memory: '500Mi' }
    await create(path, 'q', hard)
    const { body } = await call('GET', `${quotas}/q`)
    expect(body['spec']).toEqual({ hard })
    const wider = { cpu: '2', memory: '1Gi' }
    expect((await call('PUT', `${quotas}/q`, { body: unversioned({ ...body, spec: { hard: wider } }) })).body['spec']).toEqual({
      hard: wider,
    })
    await uses(path, 'q', { cpu: '0' })
    const labelled = { metadata: { labels: { lifecycle: 'q' } }, spec: { hard: { memory: '750Mi' } } }
    const patched = await call('PATCH', `${quotas}/q`, { body: labelled, type: 'application/strategic-merge-patch+json' })
    expect(patched.body['spec']).toEqual({ hard: { cpu: '2', memory: '750Mi' } })
    const listed = async () =>
      (await call('GET', '/api/v1/resourcequotas?labelSelector=lifecycle%3Dq')).body['items'] as unknown as object[]
    expect(await listed()).toHaveLength(1)
    expect(await call('DELETE', `${quotas}?labelSelector=lifecycle%3Dq`)).toMatchObject({ status: 200 })
    expect(await listed()).toEqual([])
    await create(path, 'again', hard)
    await call('DELETE', `${quotas}/again`)
    expect(await call('GET', `${quotas}/again`)).toMatchObject({ status: 404 })
  })

  it('has a status that is put and patched by itself, and that becomes what the spec says again', async () => {
    const path = await namespace('of-status')
    const one = `${path}/resourcequotas/q`
    await create(path, 'q', { cpu: '500m', memory: '500Mi' })
    await uses(path, 'q', { cpu: '0' })
    const { body } = await call('GET', one)
    const updated = await call('PUT', `${one}/status`, {
      body: unversioned({ ...body, status: { hard: { cpu: '500m', memory: '500Mi' } } }),
    })
    expect(updated).toMatchObject({ status: 200, body: { status: { hard: { cpu: '500m', memory: '500Mi' } } } })
    const strategic = 'application/strategic-merge-patch+json'
    await call('PATCH', one, { body: { spec: { hard: { cpu: '1', memory: '1Gi' } } }, type: strategic })
    await eventually(async () => {
      const { status } = (await call('GET', `${one}/status`)).body as unknown as { status: { hard: Amounts } }
      return status.hard['cpu'] === '1' && status.hard['memory'] === '1Gi'
    })
    const watch = await watchApi(cluster.plane, `${path}/resourcequotas?fieldSelector=metadata.name%3Dq`)
    await watch.take(1)
    const hard = { cpu: '2', memory: '2Gi' }
    expect((await call('PATCH', `${one}/status`, { body: { status: { hard } }, type: strategic })).body['status']).toMatchObject({ hard })
    const seen = await watch.take(2)
    watch.end()
    expect(seen.map(({ object }) => (object['status'] as { hard: Amounts }).hard)).toEqual([hard, { cpu: '1', memory: '1Gi' }])
    expect((await call('GET', one)).body['spec']).toEqual({ hard: { cpu: '1', memory: '1Gi' } })
  })
})
