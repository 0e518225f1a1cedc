import { cidrErrors, ipErrors, nonSpecialIpErrors } from './ip-validation.ts'
import { validateServiceClusterIPs } from './service-cluster-ip-validation.ts'
import { isHeadless } from './service-needs.ts'
import { validateServicePorts, validateUniqueServicePorts } from './service-port-validation.ts'
import { loadBalancerClassErrors, validateTrafficPolicies } from './service-traffic-validation.ts'
import type { Service, ServiceSpec } from './service.ts'
import { validateLabels } from '../label-selector.ts'
import { dns1123SubdomainErrors } from '../names.ts'
import { fieldForbidden, fieldInvalid, fieldNotSupported, fieldRequired, type FieldError } from '../schema/field-error.ts'

const kubeletPort = 10250
const maxAffinitySeconds = 86400
const serviceTypes = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']
const sessionAffinities = ['ClientIP', 'None']

/** Upstream's rules for services, in upstream's order. Addresses and node ports are checked as far as they are given: allocation follows. */
export const validateService = (service: Service): FieldError[] => [
  ...validateTopologyAnnotations(service),
  ...(!service.spec.ports?.length && !isHeadless(service) && service.spec.type !== 'ExternalName' ? [fieldRequired('spec.ports')] : []),
  ...validateByType(service),
  ...validateServicePorts(service.spec.ports ?? []),
  ...validateLabels(service.spec.selector, 'spec.selector'),
  ...validateSessionAffinity(service.spec),
  ...validateServiceClusterIPs(service),
  ...(service.spec.externalIPs ?? []).flatMap((ip, index) => externalIpErrors(ip, `spec.externalIPs[${index}]`)),
  ...validateType(service.spec.type),
  ...validateUniqueServicePorts(service.spec),
  ...validateSourceRanges(service.spec),
  ...validateNodePortAllocation(service.spec),
  ...loadBalancerClassErrors(service.spec),
  ...validateTrafficPolicies(service.spec),
]

const hintsAnnotation = 'service.kubernetes.io/topology-aware-hints'
const modeAnnotation = 'service.kubernetes.io/topology-mode'

function validateTopologyAnnotations({ metadata }: Service): FieldError[] {
  const hints = metadata.annotations?.[hintsAnnotation]
  const mode = metadata.annotations?.[modeAnnotation]
  if (hints === undefined || mode === undefined || hints === mode) return []
  const detail = `must match annotations[${hintsAnnotation}] when both are specified`
  return [fieldInvalid(`metadata.annotations[${modeAnnotation}]`, mode, detail)]
}

function validateByType(service: Service): FieldError[] {
  const { type, ports = [] } = service.spec
  if (type === 'ExternalName') return validateExternalName(service.spec)
  if (type !== 'LoadBalancer' && type !== 'NodePort') return []
  const headless = isHeadless(service) ? [fieldInvalid('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${type} services`)] : []
  if (type === 'NodePort') return headless
  const exposed = ports.flatMap(({ port }, index) =>
    port === kubeletPort
      ? [fieldInvalid(`spec.ports[${index}]`, port, `may not expose port ${port} externally since it is used by kubelet`)]
      : [],
  )
  return [...exposed, ...headless]
}

function validateExternalName({ clusterIPs, ipFamilies, ipFamilyPolicy, externalName = '' }: ServiceSpec): FieldError[] {
  const forbidden = (field: string) => fieldForbidden(`spec.${field}`, 'may not be set for ExternalName services')
  const name = externalName.replace(/\.$/, '')
  return [
    ...(clusterIPs?.length ? [forbidden('clusterIPs')] : []),
    ...(ipFamilies?.length ? [forbidden('ipFamilies')] : []),
    ...(ipFamilyPolicy ? [forbidden('ipFamilyPolicy')] : []),
    ...(name
      ? dns1123SubdomainErrors(name).map(error => fieldInvalid('spec.externalName', name, error))
      : [fieldRequired('spec.externalName')]),
  ]
}

function validateType(type: string | undefined): FieldError[] {
  if (!type) return [fieldRequired('spec.type')]
  return serviceTypes.includes(type) ? [] : [fieldNotSupported('spec.type', type, serviceTypes)]
}

function validateSessionAffinity({ sessionAffinity, sessionAffinityConfig }: ServiceSpec): FieldError[] {
  const path = 'spec.sessionAffinityConfig'
  if (!sessionAffinity) return [fieldRequired('spec.sessionAffinity')]
  if (!sessionAffinities.includes(sessionAffinity)) {
    return [fieldNotSupported('spec.sessionAffinity', sessionAffinity, sessionAffinities)]
  }
  if (sessionAffinity === 'None') {
    return sessionAffinityConfig ? [fieldForbidden(path, 'must not be set when session affinity is None')] : []
  }
  const missing = (field: string) => [fieldRequired(field, 'when session affinity type is ClientIP')]
  if (!sessionAffinityConfig) return missing(path)
  if (!sessionAffinityConfig.clientIP) return missing(`${path}.clientIP`)
  const { timeoutSeconds } = sessionAffinityConfig.clientIP
  if (timeoutSeconds === undefined) return missing(`${path}.clientIP.timeoutSeconds`)
  if (timeoutSeconds > 0 && timeoutSeconds <= maxAffinitySeconds) return []
  const detail = `must be greater than 0 and less than or equal to ${maxAffinitySeconds}`
  return [fieldInvalid(`${path}.clientIP.timeoutSeconds`, timeoutSeconds, detail)]
}

function externalIpErrors(ip: string, path: string): FieldError[] {
  const errors = ipErrors(ip, path)
  return errors.length > 0 ? errors : nonSpecialIpErrors(ip, path)
}

/** The capital letter in the path is upstream's. */
function validateSourceRanges({ loadBalancerSourceRanges = [], type }: ServiceSpec): FieldError[] {
  if (loadBalancerSourceRanges.length === 0) return []
  const path = 'spec.LoadBalancerSourceRanges'
  return [
    ...(type === 'LoadBalancer' ? [] : [fieldForbidden(path, "may only be used when `type` is 'LoadBalancer'")]),
    ...loadBalancerSourceRanges.flatMap((range, index) => cidrErrors(range.trim(), `${path}[${index}]`)),
  ]
}

function validateNodePortAllocation({ type, allocateLoadBalancerNodePorts }: ServiceSpec): FieldError[] {
  const given = allocateLoadBalancerNodePorts !== undefined
  if (type === 'LoadBalancer') return given ? [] : [fieldRequired('allocateLoadBalancerNodePorts')]
  return given ? [fieldForbidden('spec.allocateLoadBalancerNodePorts', "may only be used when `type` is 'LoadBalancer'")] : []
}
