import { describe, expect, it } from '@jest/globals'
import type { Service } from '../../api/core/service.ts'
import { leadScript } from './lead-script.ts'
import { loadBalancerStatus } from './load-balancer-status.ts'
import { balancingNode, nodesToLeadTo } from './nodes.ts'
import { planPublications } from './plan-publications.ts'

const service = (name: string, spec: Partial<Service['spec']>, age = name): Service =>
  ({
    metadata: { name, namespace: 'default', uid: name, resourceVersion: '1', creationTimestamp: `2026-01-01T00:00:00Z${age}` },
    spec: { clusterIP: '10.96.0.20', ports: [{ port: 80, protocol: 'TCP', nodePort: 30080 }], ...spec },
    status: { loadBalancer: {} },
  }) as unknown as Service
const balanced = { type: 'LoadBalancer' } as const
const open = (...services: readonly Service[]) =>
  Object.fromEntries(
    [...planPublications(services)].map(([key, { ports }]) => [key, ports.map(({ port, protocol }) => `${port}/${protocol}`)]),
  )

describe('what is open on the machine', () => {
  it.each<[string, Partial<Service['spec']>, string[] | undefined]>([
    ['the port and the node port of load balancers', balanced, ['80/tcp', '30080/tcp']],
    ['node ports', { type: 'NodePort' }, ['30080/tcp']],
    ['nothing of services for the cluster alone', { type: 'ClusterIP' }, undefined],
    ['nothing of load balancers that somebody else sees to', { ...balanced, loadBalancerClass: 'example.com/other' }, undefined],
    ['nothing where the machine is not let in', { ...balanced, loadBalancerSourceRanges: ['192.0.2.0/24'] }, undefined],
    ['the ports where the machine is let in', { ...balanced, loadBalancerSourceRanges: ['127.0.0.0/8'] }, ['80/tcp', '30080/tcp']],
    [
      'every port by its protocol',
      {
        ...balanced,
        ports: [
          { port: 53, protocol: 'UDP', targetPort: 53 },
          { port: 53, protocol: 'TCP', targetPort: 53 },
        ],
      },
      ['53/udp', '53/tcp'],
    ],
  ])('is %s', (_, spec, expected) => {
    expect(open(service('web', spec))['default/web']).toEqual(expected)
  })

  it('belongs to the older of two services that want the same', () => {
    const [young, old] = [
      service('a', balanced, '2'),
      service('b', { ...balanced, ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }] }, '1'),
    ]
    expect(open(young, old)).toEqual({ 'default/b': ['80/tcp'], 'default/a': ['30080/tcp'] })
    expect(planPublications([young, old]).get('default/a')?.clashes).toEqual([{ port: 80, protocol: 'tcp', owner: 'default/b' }])
  })
})

describe('packets that come in', () => {
  const port = { port: 80, protocol: 'tcp' as const, nodePort: 30080, servicePort: 80 }
  it('go to the node port of a node, or of one among several', () => {
    expect(leadScript([port], { nodes: ['172.30.0.3'], clusterIP: '10.96.0.20' })).toContain('tcp dport 80 dnat to 172.30.0.3:30080')
    expect(leadScript([port], { nodes: ['172.30.0.3', '172.30.0.4'], clusterIP: '' })).toContain(
      'tcp dport 80 dnat to numgen random mod 2 map { 0 : 172.30.0.3, 1 : 172.30.0.4 }:30080',
    )
  })
  it("go to the service's address by way of a node where there is no node port", () => {
    const script = leadScript([{ ...port, nodePort: undefined }], { nodes: ['172.30.0.3'], clusterIP: '10.96.0.20' })
    expect(script).toContain('ip route replace 10.96.0.20/32 via 172.30.0.3')
    expect(script).toContain('tcp dport 80 dnat to 10.96.0.20:80')
  })
  it('are refused while there is no node', () => {
    expect(leadScript([port], { nodes: [], clusterIP: '10.96.0.20' })).not.toContain('dnat')
  })
})

describe('the nodes', () => {
  const node = (name: string, created: string, ready = 'True') =>
    ({
      metadata: { name, creationTimestamp: created },
      status: { conditions: [{ type: 'Ready', status: ready }], addresses: [{ type: 'InternalIP', address: `address of ${name}` }] },
    }) as unknown as Parameters<typeof balancingNode>[0][number]
  const nodes = [node('a', '3'), node('b', '1', 'Unknown'), node('c', '2')]
  const slices = [
    {
      metadata: { labels: { 'kubernetes.io/service-name': 'web' } },
      endpoints: [{ addresses: [], nodeName: 'a', conditions: { ready: true } }],
    },
  ] as unknown as Parameters<typeof nodesToLeadTo>[1]['slices']

  it('have their oldest ready one open ports', () => {
    expect(balancingNode(nodes)?.metadata.name).toBe('c')
    expect(balancingNode([])).toBeUndefined()
  })
  it('are led to as the traffic policy says', () => {
    const around = { nodes, slices, self: 'c' }
    expect(nodesToLeadTo(service('web', balanced), around)).toEqual(['address of c'])
    expect(nodesToLeadTo(service('web', { ...balanced, externalTrafficPolicy: 'Local' }), around)).toEqual(['address of a'])
    expect(nodesToLeadTo(service('other', { ...balanced, externalTrafficPolicy: 'Local' }), around)).toEqual(['address of c'])
  })
})

describe('the status of a load balancer', () => {
  it('names the address, and the ports that could not be opened', () => {
    expect(loadBalancerStatus(service('web', balanced), { address: '127.0.0.1', missing: new Set(['80/tcp']) })).toEqual({
      ingress: [{ ip: '127.0.0.1', ipMode: 'Proxy', ports: [{ port: 80, protocol: 'TCP', error: 'kubeling.io/PortInUse' }] }],
    })
  })
  it('is empty when nothing is open, and for other services', () => {
    expect(loadBalancerStatus(service('web', balanced), undefined)).toEqual({})
    expect(loadBalancerStatus(service('web', { type: 'NodePort' }), { address: '127.0.0.1', missing: new Set() })).toEqual({})
  })
})
