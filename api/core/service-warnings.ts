import { isHeadless } from './service-needs.ts'
import type { Service } from './service.ts'

const hintsAnnotation = 'service.kubernetes.io/topology-aware-hints'

/** What of a service has no effect, in upstream's words. */
export function serviceWarnings(service: Service): string[] {
  const { type, externalIPs = [], externalName, loadBalancerIP, sessionAffinity } = service.spec
  const ignored = (field: string, when: string) => `spec.${field} is ignored when ${when}`
  const warnings: string[] = []
  if (Object.hasOwn(service.metadata.annotations ?? {}, hintsAnnotation)) {
    warnings.push(`annotation ${hintsAnnotation} is deprecated, please use service.kubernetes.io/topology-mode instead`)
  }
  if (isHeadless(service)) {
    const when = 'spec.clusterIP is "None"'
    if (loadBalancerIP) warnings.push(ignored('loadBalancerIP', when))
    if (externalIPs.length > 0) warnings.push(ignored('externalIPs', when))
    if (sessionAffinity && sessionAffinity !== 'None') warnings.push(ignored('SessionAffinity', when))
  }
  if (type === 'ExternalName' && externalIPs.length > 0) warnings.push(ignored('externalIPs', 'spec.type is "ExternalName"'))
  if (type !== 'ExternalName' && externalName) warnings.push(ignored('externalName', 'spec.type is not "ExternalName"'))
  return warnings
}
