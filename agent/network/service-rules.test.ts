import { describe, expect, it } from '@jest/globals'
import type { EndpointSlice } from '../../api/discovery/endpoint-slice.ts'
import type { Service } from '../../api/core/service.ts'
import { serviceRules } from './service-rules.ts'

const facts = {
  nodeAddress: '172.30.0.2',
  podCidr: '10.244.1.0/24',
  clusterCidr: '10.244.0.0/16',
  serviceCidr: '10.96.0.0/16',
  clusterDns: '10.96.0.10',
}
const meta = (name: string) => ({ name, namespace: 'default', uid: name, resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' })

const service = (spec: Partial<Service['spec']>) =>
  ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: meta('web'),
    spec: {
      type: 'ClusterIP',
      clusterIP: '10.96.0.20',
      clusterIPs: ['10.96.0.20'],
      ports: [{ port: 80, protocol: 'TCP', targetPort: 8080 }],
      ...spec,
    },
    status: {},
  }) as unknown as Service

const slice = (endpoints: object[]) =>
  ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { ...meta('web-abc'), labels: { 'kubernetes.io/service-name': 'web' } },
    addressType: 'IPv4',
    ports: [{ port: 8080, protocol: 'TCP' }],
    endpoints,
  }) as unknown as EndpointSlice
const ready = (address: string) => ({ addresses: [address], conditions: { ready: true, serving: true } })

describe('serviceRules', () => {
  it('leads the cluster address to one chain that picks among the ready endpoints', () => {
    const rules = serviceRules([service({})], [slice([ready('10.244.1.5'), ready('10.244.2.6')])], facts)
    expect(rules).toMatch(/10\.96\.0\.20 \. tcp \. 80 : goto svc-\w+/)
    expect(rules).toContain('numgen random mod 2 vmap')
    expect(rules).toContain('dnat to 10.244.1.5:8080')
    expect(rules).toContain('dnat to 10.244.2.6:8080')
  })

  it('sends nothing to endpoints that are not ready', () => {
    const rules = serviceRules(
      [service({})],
      [slice([ready('10.244.1.5'), { addresses: ['10.244.2.6'], conditions: { ready: false } }])],
      facts,
    )
    expect(rules).not.toContain('10.244.2.6')
  })

  it('lets questions about names through to the node, which the Service of the cluster DNS has no endpoints for', () => {
    const dns = service({ clusterIP: '10.96.0.10', clusterIPs: ['10.96.0.10'], ports: [{ port: 53, protocol: 'UDP', targetPort: 53 }] })
    const rules = serviceRules([dns], [], facts)
    expect(rules).toMatch(
      /reject-to-node \{[^}]*\n\s+ip daddr 10\.96\.0\.10 meta l4proto \{ tcp, udp \} th dport 53 accept\n\s+ip saddr 10\.96\.0\.10 [^\n]* th sport 53 accept\n\s+ip daddr \. meta/,
    )
  })

  it('falls back to endpoints that shut down but still serve when there are no others', () => {
    const rules = serviceRules(
      [service({})],
      [slice([{ addresses: ['10.244.2.6'], conditions: { ready: false, serving: true, terminating: true } }])],
      facts,
    )
    expect(rules).toContain('dnat to 10.244.2.6:8080')
  })

  it('rejects a service without endpoints', () => {
    const rules = serviceRules([service({})], [], facts)
    expect(rules).toContain('ip daddr 10.96.0.0/16 meta l4proto tcp reject with tcp reset')
    expect(rules).toMatch(/set no-endpoints \{[^}]*elements = \{\s+10\.96\.0\.20 \. tcp \. 80/)
  })

  it('opens node ports on the node only for services that have them, and masquerades what comes in there', () => {
    const ports = [{ port: 80, protocol: 'TCP' as const, targetPort: 8080, nodePort: 30080 }]
    expect(serviceRules([service({ type: 'NodePort', ports })], [slice([ready('10.244.1.5')])], facts)).toMatch(
      /172\.30\.0\.2 \. tcp \. 30080 : goto ext-\w+/,
    )
    expect(serviceRules([service({ ports })], [slice([ready('10.244.1.5')])], facts)).not.toContain('30080')
  })

  it('leaves headless services and external names to DNS', () => {
    const rules = serviceRules(
      [service({ clusterIP: 'None', clusterIPs: ['None'] }), service({ type: 'ExternalName', clusterIPs: [] })],
      [slice([ready('10.244.1.5')])],
      facts,
    )
    expect(rules).not.toContain('dnat')
  })

  it('says the same for the same input, whatever its order', () => {
    const endpoints = [ready('10.244.1.5'), ready('10.244.2.6')]
    expect(serviceRules([service({})], [slice(endpoints)], facts)).toBe(
      serviceRules([service({})], [slice([...endpoints].reverse())], facts),
    )
  })
})
