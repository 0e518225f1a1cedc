import { ipErrors } from './ip-validation.ts'
import { loadBalancerClassErrors } from './service-traffic-validation.ts'
import { isHeadless } from './service-needs.ts'
import { validateService } from './service-validation.ts'
import type { Service, ServiceSpec } from './service.ts'
import { dns1123SubdomainErrors } from '../names.ts'
import { fieldForbidden, fieldInvalid, fieldNotSupported, type FieldError } from '../schema/field-error.ts'

/** Addresses are given for life: a second one may come and go, the first may not change. Then everything that holds for new services. */
export const validateServiceUpdate = (next: Service, current: Service): FieldError[] => [
  ...(keepsAddresses(next, current)
    ? [
        ...validateChange(next.spec, current.spec, { field: 'clusterIPs', one: 'clusterIP' }),
        ...validateChange(next.spec, current.spec, { field: 'ipFamilies', one: 'ipFamily' }),
      ]
    : []),
  ...validateLoadBalancerClassChange(next.spec, current.spec),
  ...validateService(next),
]

function keepsAddresses(next: Service, current: Service): boolean {
  if (next.spec.type === 'ExternalName' || current.spec.type === 'ExternalName') return false
  return !(isHeadless(next) && isHeadless(current))
}

type ListField = { readonly field: 'clusterIPs' | 'ipFamilies'; readonly one: string }

function validateChange(next: ServiceSpec, current: ServiceSpec, { field, one }: ListField): FieldError[] {
  const wanted: readonly string[] = next[field] ?? []
  const had: readonly string[] = current[field] ?? []
  const invalid = (index: number, detail: string) => fieldInvalid(`spec.${field}[${index}]`, wanted, detail)
  const changed = (index: number) => (wanted[index] === had[index] ? [] : [invalid(index, 'may not change once set')])
  if (wanted.length === had.length) return had.flatMap((_, index) => changed(index))
  if (wanted.length > had.length) return had.length > 0 ? changed(0) : []
  if (wanted.length === 0) return [invalid(0, `primary ${one} can not be unset`)]
  const released =
    wanted.length === 1 && next.ipFamilyPolicy !== 'SingleStack'
      ? [
          fieldInvalid(
            'spec.ipFamilyPolicy',
            next.ipFamilyPolicy ?? null,
            `must be set to 'SingleStack' when releasing the secondary ${one}`,
          ),
        ]
      : []
  return [...changed(0), ...released]
}

/** Format errors appear here and again among those of the whole service, as upstream has them. */
function validateLoadBalancerClassChange(next: ServiceSpec, current: ServiceSpec): FieldError[] {
  const both = next.type === 'LoadBalancer' && current.type === 'LoadBalancer'
  const changed = both && next.loadBalancerClass !== current.loadBalancerClass
  return [
    ...(changed ? [fieldInvalid('spec.loadBalancerClass', next.loadBalancerClass ?? null, 'may not change once set')] : []),
    ...loadBalancerClassErrors(next),
  ]
}

/** What a load balancer may say about itself. */
export function validateServiceStatus(next: Service): FieldError[] {
  const ingress = next.status.loadBalancer.ingress ?? []
  const path = 'status.loadBalancer.ingress'
  const misplaced = next.spec.type !== 'LoadBalancer' && ingress.length > 0
  return [
    ...(misplaced ? [fieldForbidden(path, "may only be used when `spec.type` is 'LoadBalancer'")] : []),
    ...ingress.flatMap((each, index) => validateIngress(each, `${path}[${index}]`)),
  ]
}

type Ingress = NonNullable<Service['status']['loadBalancer']['ingress']>[number]
const ipModes = ['Proxy', 'VIP']

function validateIngress({ ip, hostname, ipMode }: Ingress, path: string): FieldError[] {
  return [
    ...(ip ? ipErrors(ip, `${path}.ip`) : []),
    ...(ipMode && !ip ? [fieldForbidden(`${path}.ipMode`, 'may not be specified when `ip` is not set')] : []),
    ...(ipMode && ip && !ipModes.includes(ipMode) ? [fieldNotSupported(`${path}.ipMode`, ipMode, ipModes)] : []),
    ...(hostname ? dns1123SubdomainErrors(hostname).map(error => fieldInvalid(`${path}.hostname`, hostname, error)) : []),
  ]
}
