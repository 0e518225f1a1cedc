import { portNumberErrors } from './port-validation.ts'
import { isExternallyAccessible, needsHealthCheckNodePort } from './service-needs.ts'
import type { ServiceSpec } from './service.ts'
import { qualifiedNameErrors } from '../names.ts'
import { fieldForbidden, fieldInvalid, fieldNotSupported, fieldRequired, type FieldError } from '../schema/field-error.ts'

const trafficPolicies = ['Cluster', 'Local']
const trafficDistributions = ['PreferClose', 'PreferSameNode', 'PreferSameZone']

export const validateTrafficPolicies = (spec: ServiceSpec): FieldError[] => [
  ...validateExternalPolicy(spec),
  ...validateHealthCheckNodePort(spec),
  ...validateInternalPolicy(spec),
  ...(spec.trafficDistribution === undefined || trafficDistributions.includes(spec.trafficDistribution)
    ? []
    : [fieldNotSupported('spec.trafficDistribution', spec.trafficDistribution, trafficDistributions)]),
]

function validateExternalPolicy(spec: ServiceSpec): FieldError[] {
  const path = 'spec.externalTrafficPolicy'
  const policy = spec.externalTrafficPolicy
  if (!isExternallyAccessible(spec)) {
    return policy ? [fieldInvalid(path, policy, 'may only be set for externally-accessible services')] : []
  }
  if (!policy) return [fieldRequired(path)]
  return trafficPolicies.includes(policy) ? [] : [fieldNotSupported(path, policy, trafficPolicies)]
}

/** A service that needs the port and names none gets one allocated. */
function validateHealthCheckNodePort(spec: ServiceSpec): FieldError[] {
  const path = 'spec.healthCheckNodePort'
  const port = spec.healthCheckNodePort ?? 0
  if (port === 0) return []
  if (needsHealthCheckNodePort(spec)) return portNumberErrors(port, path)
  return [fieldInvalid(path, port, "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'")]
}

function validateInternalPolicy({ type, internalTrafficPolicy }: ServiceSpec): FieldError[] {
  const path = 'spec.internalTrafficPolicy'
  if (internalTrafficPolicy === undefined) {
    return type !== undefined && ['NodePort', 'LoadBalancer', 'ClusterIP'].includes(type) ? [fieldRequired(path)] : []
  }
  return trafficPolicies.includes(internalTrafficPolicy) ? [] : [fieldNotSupported(path, internalTrafficPolicy, trafficPolicies)]
}

export function loadBalancerClassErrors({ type, loadBalancerClass }: ServiceSpec): FieldError[] {
  const path = 'spec.loadBalancerClass'
  if (loadBalancerClass === undefined) return []
  if (type !== 'LoadBalancer') return [fieldForbidden(path, "may only be used when `type` is 'LoadBalancer'")]
  return qualifiedNameErrors(loadBalancerClass).map(error => fieldInvalid(path, loadBalancerClass, error))
}
