import type { Service } from '../../../api/core/service.ts'
import type { EndpointSlice, Endpoint } from '../../../api/discovery/endpoint-slice.ts'
import type { ProxyFacts } from './base-rules.ts'
import { endpointsOf } from './proxy-endpoint.ts'
import { mergeRules, type RulePart, type RuleSet } from './rule-set.ts'
import { servicePortsOf } from './service-port.ts'
import { serviceRules } from './service-rules.ts'

/** A service, its slice and a node for tests of the service proxy. */

export const facts: ProxyFacts = {
  nodeAddresses: ['172.30.0.2', '10.244.1.1'],
  nodeCidr: '172.30.0.0/24',
  podCidr: '10.244.1.0/24',
  clusterCidr: '10.244.0.0/16',
  serviceCidr: '10.96.0.0/16',
  clusterDns: '10.96.0.10',
}
export const nodeName = 'node-1'

const metadata = (name: string) => ({
  name,
  namespace: 'default',
  uid: name,
  resourceVersion: '1',
  creationTimestamp: '2026-01-01T00:00:00Z',
})

export const serviceOf = (spec: Partial<Service['spec']> = {}, status: Service['status'] = { loadBalancer: {} }): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: metadata('web'),
  spec: {
    type: 'ClusterIP',
    clusterIP: '10.96.0.20',
    clusterIPs: ['10.96.0.20'],
    sessionAffinity: 'None',
    ports: [{ port: 80, protocol: 'TCP', targetPort: 8080 }],
    ...spec,
  },
  status,
})

export const sliceOf = (
  endpoints: readonly Endpoint[],
  ports: EndpointSlice['ports'] = [{ name: '', port: 8080, protocol: 'TCP' }],
): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { ...metadata('web-abc'), labels: { 'kubernetes.io/service-name': 'web' } },
  addressType: 'IPv4',
  ports: [...(ports ?? [])],
  endpoints: [...endpoints],
})

/** A ready endpoint; `more` says what is different. */
export const at = (address: string, more: Partial<Endpoint> = {}): Endpoint => ({
  addresses: [address],
  conditions: { ready: true, serving: true, terminating: false },
  ...more,
})
export const onThisNode = { nodeName }
export const onAnotherNode = { nodeName: 'node-2' }
export const draining = { conditions: { ready: false, serving: true, terminating: true } }
export const unready = { conditions: { ready: false, serving: false, terminating: false } }

export function rulesOf(service: Service, slices: readonly EndpointSlice[], zone = ''): RulePart {
  const ports = servicePortsOf(service).map(port => [port, endpointsOf(slices, port.portName, nodeName)] as const)
  return serviceRules(ports, { nodeName, zone }, facts)
}
export const tableOf = (...parts: readonly RulePart[]): RuleSet => mergeRules(parts)
