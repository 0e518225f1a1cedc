import type { Service, ServicePort, ServiceSpec } from './service.ts'
import { isExternallyAccessible } from './service-needs.ts'

const affinitySeconds = 10800

const withTargetPort = (port: ServicePort): ServicePort => ({
  ...port,
  protocol: port.protocol || 'TCP',
  targetPort: port.targetPort || port.port,
})

/** Affinity by client needs a time limit; no affinity allows none. */
function withAffinityConfig(spec: ServiceSpec): ServiceSpec {
  if (spec.sessionAffinity === 'None') {
    const { sessionAffinityConfig: _, ...rest } = spec
    return rest
  }
  const timeoutSeconds = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds
  if (spec.sessionAffinity !== 'ClientIP' || timeoutSeconds !== undefined) return spec
  return { ...spec, sessionAffinityConfig: { clientIP: { timeoutSeconds: affinitySeconds } } }
}

/** Addresses and node ports are not defaults: the API server allocates them. */
export function applyServiceDefaults(service: Service): Service {
  const spec = withAffinityConfig({
    ...service.spec,
    type: service.spec.type || 'ClusterIP',
    sessionAffinity: service.spec.sessionAffinity || 'None',
    ...(service.spec.ports ? { ports: service.spec.ports.map(withTargetPort) } : {}),
  })
  return {
    ...service,
    spec: {
      ...spec,
      ...(isExternallyAccessible(spec) && !spec.externalTrafficPolicy ? { externalTrafficPolicy: 'Cluster' as const } : {}),
      ...(['ClusterIP', 'NodePort', 'LoadBalancer'].includes(spec.type ?? '') && !spec.internalTrafficPolicy
        ? { internalTrafficPolicy: 'Cluster' as const }
        : {}),
      ...(spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts === undefined ? { allocateLoadBalancerNodePorts: true } : {}),
    },
    ...(spec.type === 'LoadBalancer' ? { status: withIpModes(service.status) } : {}),
  }
}

function withIpModes(status: Service['status'] | undefined): Service['status'] {
  const ingress = status?.loadBalancer?.ingress?.map(each => (each.ip && !each.ipMode ? { ...each, ipMode: 'VIP' as const } : each))
  return { ...status, loadBalancer: { ...status?.loadBalancer, ...(ingress ? { ingress } : {}) } }
}
