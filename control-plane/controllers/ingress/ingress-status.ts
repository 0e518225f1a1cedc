import type { Service } from '../../../api/core/service.ts'
import type { IngressLoadBalancerIngress } from '../../../api/networking/ingress.ts'

/** Where ingresses are reached: where the Service in front of the proxy is, as ingress-nginx with a publish service says it. */
export function publishedAddresses(service: Service | undefined): IngressLoadBalancerIngress[] {
  if (!service) return []
  const { type, clusterIP, externalIPs = [] } = service.spec
  const own = externalIPs.map(ip => ({ ip }))
  if (type !== 'LoadBalancer') return [...(own.length > 0 || !clusterIP ? own : [{ ip: clusterIP }])]
  const balanced = (service.status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => (ip ? { ip } : { hostname: hostname ?? '' }))
  return [...balanced, ...own]
}
