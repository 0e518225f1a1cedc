import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Endpoints } from '../../../api/core/endpoints.ts'
import { Namespace } from '../../../api/core/namespace.ts'
import { Pod } from '../../../api/core/pod.ts'
import { Service } from '../../../api/core/service.ts'
import { EndpointSlice } from '../../../api/discovery/endpoint-slice.ts'
import { isNotFound } from '../../../api/errors.ts'
import type { Client } from '../../../client/client.ts'
import { eventually } from '../../support/eventually.ts'
import { startHollowCluster } from '../../support/hollow-cluster.ts'

const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by'
const LATENCY_SERVICES = 200
/** The longest that upstream's suite waits for one of them. */
const LATENCY_SECONDS = 50

interface Port {
  readonly name?: string
  readonly containerPort: number
}

/** Services and pods of one namespace, and what the controllers make of them. */
function workbench(client: Client, namespace: string) {
  const list = async (name: string) =>
    (await client.list(EndpointSlice, { namespace, labelSelector: `kubernetes.io/service-name=${name}` })).items
  const endpoints = async (name: string): Promise<Endpoints | undefined> => {
    try {
      return await client.get(Endpoints, { namespace, name })
    } catch (error) {
      if (isNotFound(error)) return undefined
      throw error
    }
  }
  /** By pod, the ports of its Endpoints and of its slices. */
  const byPod = async (name: string) => {
    const rows = ((await endpoints(name))?.subsets ?? []).flatMap(({ addresses = [], notReadyAddresses = [], ports = [] }) =>
      [...addresses, ...notReadyAddresses].map(({ targetRef }) => [targetRef?.name ?? '', ports.map(({ port }) => port)] as const),
    )
    const inSlices = (await list(name)).flatMap(({ endpoints = [], ports = [] }) =>
      endpoints.map(({ targetRef }) => [targetRef?.name ?? '', ports.map(({ port }) => port)] as const),
    )
    return [rows, inSlices].map(each => Object.fromEntries(each.map(([pod, ports]) => [pod, ports])))
  }
  return {
    list,
    endpoints,
    service: (name: string, spec: object) => client.create(Service, { metadata: { namespace, name }, spec } as never),
    pod: (name: string, labels: Record<string, string>, ports: readonly Port[] = []) =>
      client.create(Pod, { metadata: { namespace, name, labels }, spec: { containers: [{ name: 'c', image: 'x', ports }] } } as never),
    deletePod: (name: string) => client.delete(Pod, { namespace, name }, { gracePeriodSeconds: 0 }),
    /** Until Endpoints and slices both lead to these ports of these pods. */
    leadsTo: (name: string, expected: Readonly<Record<string, readonly number[]>>) =>
      eventually(
        async () => {
          const sorted = (map: object) => JSON.stringify(Object.entries(map).sort())
          const found = await byPod(name)
          if (found.every(each => sorted(each) === sorted(expected))) return true
          throw new Error(JSON.stringify(found))
        },
        { seconds: 60, what: `endpoints of ${name}: ${JSON.stringify(expected)}` },
      ),
  }
}

describe('endpoints of Services', () => {
  let cluster: Awaited<ReturnType<typeof startHollowCluster>>
  let count = 0
  const bench = async () => {
    const namespace = `bench-${++count}`
    await cluster.client.create(Namespace, { metadata: { name: namespace } } as never)
    return { namespace, ...workbench(cluster.client, namespace) }
  }
  beforeAll(async () => {
    cluster = await startHollowCluster()
  }, 60_000)
  afterAll(async () => {
    await cluster[Symbol.asyncDispose]()
  })

  it('are there without pods, and go with the Service', async () => {
    const { namespace, service, endpoints, list } = await bench()
    await service('empty', { selector: { 'does-not-match': 'anything' }, ports: [{ name: 'example', port: 80 }] })
    await eventually(async () => endpoints('empty'), { what: 'Endpoints' })
    const [slice] = await eventually(async () => (await list('empty')).length === 1 && list('empty'), { what: 'a slice' })
    expect(slice?.metadata.labels?.[MANAGED_BY]).toBe('endpointslice-controller.k8s.io')
    expect([slice?.endpoints ?? [], slice?.ports ?? []]).toEqual([[], []])
    await cluster.client.delete(Service, { namespace, name: 'empty' })
    await eventually(async () => !(await endpoints('empty')) && (await list('empty')).length === 0, { what: 'the end of both' })
  }, 120_000)

  it('lead to the pods that a Service selects, by numbers and names of ports, and come back when slices are deleted', async () => {
    const { namespace, service, pod, list, endpoints, leadsTo } = await bench()
    await pod('pod1', { pod1: 'on', shared12: 'on' }, [{ name: 'example-name', containerPort: 3000 }])
    await pod('pod2', { pod2: 'on', shared12: 'on' }, [
      { name: 'example-name', containerPort: 3001 },
      { name: 'other-port', containerPort: 3002 },
    ])
    const publishNotReadyAddresses = true
    const port = (targetPort: number | string) => ({ publishNotReadyAddresses, ports: [{ name: 'http', port: 80, targetPort }] })
    await service('int-port', { selector: { pod1: 'on' }, ...port(3000) })
    await service('named-port', { selector: { shared12: 'on' }, ...port('example-name') })
    await leadsTo('int-port', { pod1: [3000] })
    await leadsTo('named-port', { pod1: [3000], pod2: [3001] })
    const { subsets = [] } = (await endpoints('named-port')) ?? {}
    const slices = await list('named-port')
    expect([subsets.length, slices.length]).toEqual([2, 2])
    expect([...subsets, ...slices].flatMap(({ ports = [] }) => ports.map(({ name }) => name))).toEqual(Array(4).fill('http'))
    const pods = (await cluster.client.list(Pod, { namespace })).items
    const refs = pods.map(({ metadata }) => ({ kind: 'Pod', namespace, name: metadata.name, uid: metadata.uid }))
    const targets = slices.flatMap(slice => (slice.endpoints ?? []).map(({ targetRef }) => targetRef))
    expect(targets).toHaveLength(2)
    expect(targets).toEqual(expect.arrayContaining(refs))

    for (const { metadata } of slices) await cluster.client.delete(EndpointSlice, { namespace, name: metadata.name })
    await leadsTo('named-port', { pod1: [3000], pod2: [3001] })
  }, 120_000)

  it('follow pods as they come and go, each with the ports that it has', async () => {
    const { service, pod, deletePod, leadsTo } = await bench()
    const selector = { app: 'web' }
    await service('basic', { selector, ports: [{ port: 80, targetPort: 80 }] })
    const ports = [
      { name: 'portname1', port: 80, targetPort: 'port1' },
      { name: 'portname2', port: 81, targetPort: 'port2' },
    ]
    await service('multi', { selector, ports })
    await Promise.all([leadsTo('basic', {}), leadsTo('multi', {})])
    await pod('pod1', selector, [{ name: 'port1', containerPort: 100 }])
    await Promise.all([leadsTo('basic', { pod1: [80] }), leadsTo('multi', { pod1: [100] })])
    await pod('pod2', selector, [{ name: 'port2', containerPort: 101 }])
    await Promise.all([leadsTo('basic', { pod1: [80], pod2: [80] }), leadsTo('multi', { pod1: [100], pod2: [101] })])
    await deletePod('pod1')
    await Promise.all([leadsTo('basic', { pod2: [80] }), leadsTo('multi', { pod2: [101] })])
    await deletePod('pod2')
    await Promise.all([leadsTo('basic', {}), leadsTo('multi', {})])
  }, 120_000)

  it('mirror Endpoints that somebody writes for a Service without a selector, and follow them to their end', async () => {
    const { namespace, service, list } = await bench()
    const { client } = cluster
    await service('custom', { ports: [{ name: 'example', port: 80 }] })
    const addresses = async () =>
      (await list('custom')).flatMap(({ endpoints = [], ports = [] }) =>
        endpoints.flatMap(each => each.addresses.map(ip => `${ip}:${ports.map(({ name, port }) => `${name}=${port}`).join()}`)),
      )
    const subsets = (ip: string) => [{ addresses: [{ ip }], ports: [{ name: 'example', port: 80, protocol: 'TCP' as const }] }]
    const created = await client.create(Endpoints, { metadata: { namespace, name: 'custom' }, subsets: subsets('10.1.2.3') } as never)
    await eventually(async () => (await addresses()).join() === '10.1.2.3:example=80', { what: 'a mirror' })
    expect((await list('custom')).map(({ metadata }) => metadata.labels?.[MANAGED_BY])).toEqual([
      'endpointslicemirroring-controller.k8s.io',
    ])
    await client.update(Endpoints, { ...created, subsets: subsets('10.2.3.4') })
    await eventually(async () => (await addresses()).join() === '10.2.3.4:example=80', { what: 'the new address' })
    await client.delete(Endpoints, { namespace, name: 'custom' })
    await eventually(async () => (await list('custom')).length === 0, { what: 'the end of the mirror' })
  }, 120_000)

  it(`are made soon for ${LATENCY_SERVICES} Services at once`, async () => {
    const { namespace, service, pod, leadsTo } = await bench()
    await pod('web', { app: 'web' })
    await service('before', { selector: { app: 'web' }, ports: [{ port: 80 }] })
    await leadsTo('before', { web: [80] })
    const names = Array.from({ length: LATENCY_SERVICES }, (_, index) => `latency-${index}`)
    await Promise.all(names.map(name => service(name, { selector: { app: 'web' }, ports: [{ port: 80 }] })))
    const complete = async () => {
      const { items } = await cluster.client.list(Endpoints, { namespace })
      return items.filter(({ subsets = [] }) => subsets.some(({ addresses = [] }) => addresses.length === 1)).length === names.length + 1
    }
    await eventually(complete, { seconds: LATENCY_SECONDS, what: 'endpoints of all Services' })
  }, 120_000)
})
