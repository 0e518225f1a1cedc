import type { Service } from '../core/service.ts'
import type { QuotaEvaluator } from './evaluator.ts'

const names = ['count/services', 'services', 'services.nodeports', 'services.loadbalancers']

/** How services count; upstream's serviceEvaluator. */
export const serviceUsage: QuotaEvaluator<Service> = {
  handles: ({ subresource }) => !subresource,
  resources: wanted => wanted.filter(name => names.includes(name)),
  inScope: () => false,
  usage: ({ spec }) => ({
    'count/services': '1',
    services: '1',
    'services.nodeports': String(nodePortsOf(spec)),
    'services.loadbalancers': spec.type === 'LoadBalancer' ? '1' : '0',
  }),
}

/** What it will have: none has been given out yet when a service is created. */
function nodePortsOf({ type, ports = [], allocateLoadBalancerNodePorts }: Service['spec']): number {
  if (type !== 'NodePort' && type !== 'LoadBalancer') return 0
  return type === 'LoadBalancer' && allocateLoadBalancerNodePorts === false ? ports.filter(({ nodePort }) => nodePort).length : ports.length
}
