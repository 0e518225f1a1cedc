import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Node } from '../../../api/core/node.ts'
import { Pod } from '../../../api/core/pod.ts'
import { DeleteOptions } from '../../../api/meta.ts'
import { RuntimeClass } from '../../../api/node/runtime-class.ts'
import { eventually } from '../../support/eventually.ts'
import { startHollowCluster } from '../../support/hollow-cluster.ts'
import { asProtobuf, rawApi, type RawCall } from '../../support/raw-api.ts'
import { freshNamespace } from '../../support/wire.ts'

const container = { name: 'c', image: 'example/image:1' }
const within = (gracePeriodSeconds: number) =>
  asProtobuf({ group: '', version: 'v1', kind: 'DeleteOptions', schema: DeleteOptions }, { gracePeriodSeconds })
const strategic = 'application/strategic-merge-patch+json'

describe('pods of a cluster', () => {
  let cluster: Awaited<ReturnType<typeof startHollowCluster>>
  beforeAll(async () => {
    cluster = await startHollowCluster({ nodes: ['node-1'] })
  }, 60_000)
  afterAll(() => cluster[Symbol.asyncDispose](), 60_000)

  /** Pods in a namespace of their own, by requests as they go over the wire. */
  async function podsOf() {
    const { client, plane } = cluster
    const namespace = await freshNamespace(client, 'pods')
    const api = rawApi(plane)
    const path = (name: string) => `/api/v1/namespaces/${namespace}/pods${name ? `/${name}` : ''}`
    const ask = async (method: string, name: string, call: RawCall = {}): Promise<Pod> => {
      const { status, body, text } = await api(method, path(name), call)
      if (status >= 300) throw new Error(`${method} ${name}: ${status} ${text.slice(0, 500)}`)
      return body as unknown as Pod
    }
    const get = (name: string) => ask('GET', name)
    return {
      namespace,
      ask,
      get,
      create: (name: string, spec: object = {}, metadata: object = {}) =>
        ask('POST', '', asProtobuf(Pod, { metadata: { name, ...metadata }, spec: { containers: [container], ...spec } })),
      running: (name: string) => eventually(async () => ((await get(name)).status.phase === 'Running' ? get(name) : undefined)),
      /** As a client changes what it has read, as often as somebody else was faster. */
      change: (name: string, changed: (pod: Pod) => object, subresource = '') =>
        eventually(async () => ask('PUT', `${name}${subresource}`, asProtobuf(Pod, changed(await get(`${name}${subresource}`))))),
      list: async (selector: string) => (await client.list(Pod, { namespace, labelSelector: selector })).items,
    }
  }

  it('count the changes of what they are to be, and nothing else', async () => {
    const pods = await podsOf()
    const created = await pods.create(
      'counted',
      { initContainers: [{ ...container, name: 'i' }] },
      { generation: 100, deletionGracePeriodSeconds: 1 },
    )
    expect(created.metadata.generation).toBe(1)
    expect(created.metadata.deletionGracePeriodSeconds).toBeUndefined()
    await pods.running('counted')
    const spec = (more: (spec: Pod['spec']) => object) => (pod: Pod) => ({ ...pod, spec: { ...pod.spec, ...more(pod.spec) } })
    const meta = (more: object) => (pod: Pod) => ({ ...pod, metadata: { ...pod.metadata, ...more } })
    const image = (name: string) => ({ ...container, name, image: 'example/image:2' })
    const steps: readonly [(pod: Pod) => object, number][] = [
      [pod => pod, 1],
      // Takes away those that admission adds, which adds them again.
      [spec(() => ({ tolerations: [{ key: 'k', operator: 'Equal', value: 'v', effect: 'NoSchedule' }] })), 2],
      [spec(() => ({ activeDeadlineSeconds: 5000 })), 3],
      [spec(({ containers: [first] }) => ({ containers: [{ ...first, ...image('c') }] })), 4],
      [spec(({ initContainers: [first] = [] }) => ({ initContainers: [{ ...first, ...image('i') }] })), 5],
      [meta({ annotations: { key: 'value' } }), 5],
      [meta({ generation: 1 }), 5],
    ]
    for (const [changed, generation] of steps) expect((await pods.change('counted', changed)).metadata.generation).toBe(generation)
    const deleted = await pods.ask('DELETE', 'counted?gracePeriodSeconds=60')
    expect(deleted.metadata.generation).toBe(6)
    expect(deleted.metadata.deletionTimestamp).toBeDefined()
  }, 60_000)

  it('are found by labels, before and after these change, and not once they are gone', async () => {
    const pods = await podsOf()
    const stop = new AbortController()
    const heard: string[] = []
    const watching = (async () => {
      const options = { namespace: pods.namespace, resourceVersion: '0', labelSelector: 'name=foo', signal: stop.signal }
      for await (const { type, object } of cluster.client.watch(Pod, options)) {
        if (type !== 'BOOKMARK' && heard.at(-1) !== type) heard.push(type)
        if (type !== 'DELETED') continue
        expect(object.metadata.deletionTimestamp).toBeDefined()
        expect(object.spec.terminationGracePeriodSeconds).toBeGreaterThan(0)
        return
      }
    })()
    expect(await pods.list('time=1')).toEqual([])
    await pods.create('found', {}, { labels: { name: 'foo', time: '1' } })
    expect(await pods.list('time=1')).toHaveLength(1)
    await pods.running('found')
    await pods.change('found', pod => ({ ...pod, metadata: { ...pod.metadata, labels: { name: 'foo', time: '2' } } }))
    expect(await pods.list('time=1')).toEqual([])
    expect(await pods.list('time=2')).toHaveLength(1)
    await pods.ask('DELETE', 'found', within(30))
    await watching
    stop.abort()
    expect(heard).toEqual(['ADDED', 'MODIFIED', 'DELETED'])
    expect(await pods.list('time=2')).toEqual([])
  }, 60_000)

  it('are changed by a strategic patch of labels and image, say what their status is told, and go by collection', async () => {
    const pods = await podsOf()
    for (const name of ['one', 'two', 'three'])
      await pods.create(name, { terminationGracePeriodSeconds: 1 }, { labels: { 'test-pod-static': 'true' } })
    await Promise.all(['one', 'two', 'three'].map(name => pods.running(name)))
    const body = {
      metadata: { labels: { 'test-pod': 'patched' }, creationTimestamp: null },
      spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'c', image: 'example/image:2', resources: {} }] },
      status: {},
    }
    await pods.ask('PATCH', 'one', { body, type: strategic })
    const patched = await pods.get('one')
    expect(patched.metadata.labels).toEqual({ 'test-pod-static': 'true', 'test-pod': 'patched' })
    expect(patched.spec.containers[0]?.image).toBe('example/image:2')

    const isReady = ({ type }: { type: string }) => type === 'Ready' || type === 'ContainersReady'
    const unready = (pod: Pod) => ({
      ...pod,
      status: { ...pod.status, conditions: pod.status.conditions?.map(each => (isReady(each) ? { ...each, status: 'False' } : each)) },
    })
    const told = await pods.change('one', unready, '/status')
    expect(told.status.conditions?.filter(isReady).map(({ status }) => status)).toEqual(['False', 'False'])
    const status = { message: 'Patched by a test', reason: 'Test' }
    expect((await pods.ask('PATCH', 'two/status', { body: { status }, type: strategic })).status).toMatchObject(status)
    expect((await pods.get('two')).status).toMatchObject({ ...status, phase: 'Running' })

    await pods.ask('DELETE', '?labelSelector=test-pod-static%3Dtrue', within(1))
    await eventually(async () => (await pods.list('test-pod-static=true')).length === 0)
    await expect(pods.get('one')).rejects.toThrow('404')
  }, 60_000)

  it('are Guaranteed when requests and limits are the same', async () => {
    const pods = await podsOf()
    const amounts = { cpu: '100m', memory: '100Mi' }
    await pods.create('guaranteed', { containers: [{ ...container, resources: { requests: amounts, limits: amounts } }] })
    expect((await pods.get('guaranteed')).status.qosClass).toBe('Guaranteed')
  })

  it('get further containers for debugging by their subresource, which shows the whole pod', async () => {
    const pods = await podsOf()
    await pods.create('debugged')
    await pods.running('debugged')
    const debugger_ = (name: string) => ({ name, image: 'busybox', stdin: true, tty: true })
    const patched = await pods.ask('PATCH', 'debugged/ephemeralcontainers', {
      body: { spec: { ephemeralContainers: [debugger_('one')] } },
      type: strategic,
    })
    expect(patched.metadata.generation).toBe(2)
    expect((await pods.get('debugged/ephemeralcontainers')).spec.ephemeralContainers).toHaveLength(1)
    const second = { name: 'two', image: 'busybox', imagePullPolicy: 'IfNotPresent', terminationMessagePolicy: 'File' }
    const add = (pod: Pod) => ({ ...pod, spec: { ...pod.spec, ephemeralContainers: [...(pod.spec.ephemeralContainers ?? []), second] } })
    await pods.change('debugged', add, '/ephemeralcontainers')
    const whole = await pods.get('debugged/ephemeralcontainers')
    expect(whole.spec.ephemeralContainers?.map(({ name }) => name)).toEqual(['one', 'two'])
    expect(whole).toEqual(await pods.get('debugged'))
  }, 60_000)

  it('are resized by a replacement too, and the subresource shows the whole pod', async () => {
    const pods = await podsOf()
    const sized = (cpu: string, memory: string) => ({ ...container, resources: { requests: { cpu, memory } } })
    await pods.create('sized', { containers: [sized('20m', '35Mi'), { ...sized('20m', '35Mi'), name: 'd' }] })
    await pods.running('sized')
    const next = (pod: Pod) => ({
      ...pod,
      spec: { ...pod.spec, containers: [{ ...pod.spec.containers[0], ...sized('25m', '40Mi') }, pod.spec.containers[1]] },
    })
    const resized = await pods.change('sized', next, '/resize')
    expect(resized.metadata.generation).toBe(2)
    expect((await pods.get('sized')).spec.containers[0]?.resources).toEqual({ requests: { cpu: '25m', memory: '40Mi' } })
    expect(await pods.get('sized/resize')).toEqual(await pods.get('sized'))
    const { spec } = await pods.get('sized')
    const swapped = { spec: { containers: [...spec.containers].reverse() } }
    const why = 'containers may not be renamed or reordered on resize'
    await expect(pods.ask('PATCH', 'sized/resize', { body: swapped, type: 'application/merge-patch+json' })).rejects.toThrow(
      `spec.containers[0].name: Forbidden: ${why}, spec.containers[1].name: Forbidden: ${why}`,
    )
  }, 60_000)

  it('have to be of a runtime class that is there, and get its overhead', async () => {
    const pods = await podsOf()
    const { client } = cluster
    await client.create(RuntimeClass, { metadata: { name: 'cheap' }, handler: 'test-handler' } as never)
    const overhead = { podFixed: { cpu: '10m', memory: '1Mi' } }
    await client.create(RuntimeClass, { metadata: { name: 'dear' }, handler: 'test-handler', overhead } as never)
    await client.create(RuntimeClass, { metadata: { name: 'short-lived' }, handler: 'runc' } as never)
    await client.delete(RuntimeClass, { name: 'short-lived' })
    const of = (name: string) => ({ runtimeClassName: name, automountServiceAccountToken: false })
    for (const name of ['short-lived', 'nonexistent'])
      await expect(pods.create('refused', of(name))).rejects.toThrow(
        new RegExp(`403 .*pod rejected: RuntimeClass \\\\"${name}\\\\" not found`),
      )
    await pods.create('cheap', of('cheap'))
    await pods.create('dear', of('dear'))
    const scheduled = (name: string) => eventually(async () => ((await pods.get(name)).spec.nodeName ? pods.get(name) : undefined))
    expect((await scheduled('cheap')).spec.overhead).toBeUndefined()
    expect((await scheduled('dear')).spec.overhead).toEqual(overhead.podFixed)
  }, 60_000)

  it('are refused with kernel settings whose names are none', async () => {
    const pods = await podsOf()
    const names = ['foo-', 'kernel.shmmax', 'safe-and-unsafe', 'bar..']
    const sysctls = names.map(name => ({ name, value: '1' }))
    const refusal = await pods.create('refused', { securityContext: { sysctls } }).catch((error: Error) => error.message)
    expect(refusal).toContain('Invalid value: \\"foo-\\"')
    expect(refusal).toContain('Invalid value: \\"bar..\\"')
    expect(refusal).not.toMatch(/safe-and-unsafe|kernel\.shmmax/)
  })

  it('stay on a node whose taint is gone before they have to leave', async () => {
    const pods = await podsOf()
    const taint = { key: 'evict', value: 'now', effect: 'NoExecute' }
    const taints = (taints: object[]) => cluster.client.patch(Node, { name: 'node-1' }, { type: 'merge', body: { spec: { taints } } })
    await pods.create('witness')
    await pods.create('lucky', { tolerations: [{ ...taint, tolerationSeconds: 6 }] })
    await Promise.all(['witness', 'lucky'].map(name => pods.running(name)))
    await taints([{ ...taint, timeAdded: new Date().toISOString() }])
    await eventually(async () => (await pods.list('')).map(({ metadata }) => metadata.name).join() === 'lucky')
    await taints([])
    // Longer than it was tolerated.
    await sleep(7_000)
    expect((await pods.get('lucky')).metadata.deletionTimestamp).toBeUndefined()
  }, 60_000)
})
