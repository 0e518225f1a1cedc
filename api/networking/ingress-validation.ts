import { isIP } from 'node:net'
import type { HTTPIngressPath, Ingress, IngressBackend, IngressRule, IngressTLS } from './ingress.ts'
import { validateLocalReference } from './reference-validation.ts'
import { eachAt, invalidAll, ipErrors, portNumberErrors } from '../core/pod-field-checks.ts'
import { dns1123LabelErrors, dns1123SubdomainErrors, portNameErrors, wildcardSubdomainErrors } from '../names.ts'
import { fieldInvalid, fieldNotSupported, fieldRequired, type FieldError } from '../schema/field-error.ts'

const classAnnotation = 'kubernetes.io/ingress.class'

export function validateIngress({ spec }: Ingress): FieldError[] {
  const { rules = [], defaultBackend, tls = [], ingressClassName } = spec
  return [
    ...(rules.length === 0 && !defaultBackend
      ? [fieldInvalid('spec', spec.rules ?? null, 'either `defaultBackend` or `rules` must be specified')]
      : []),
    ...(defaultBackend ? validateBackend(defaultBackend, 'spec.defaultBackend') : []),
    ...eachAt(rules, 'spec.rules', validateRule),
    ...eachAt(tls, 'spec.tls', validateTls),
    ...(ingressClassName === undefined
      ? []
      : invalidAll('spec.ingressClassName', ingressClassName, dns1123SubdomainErrors(ingressClassName))),
  ]
}

/** The old annotation and the field must not contradict each other. */
export function validateNewIngress(ingress: Ingress): FieldError[] {
  const annotated = ingress.metadata.annotations?.[classAnnotation]
  const { ingressClassName } = ingress.spec
  const errors = validateIngress(ingress)
  if (annotated === undefined || ingressClassName === undefined || annotated === ingressClassName) return errors
  const why = 'must match `ingressClassName` when both are specified'
  return [...errors, fieldInvalid(`annotations.${classAnnotation}`, annotated, why)]
}

const hostErrors = (host: string): string[] => (host.includes('*') ? wildcardSubdomainErrors(host) : dns1123SubdomainErrors(host))

function validateRule({ host, http }: IngressRule, path: string): FieldError[] {
  return [
    ...(host && isIP(host) ? [fieldInvalid(`${path}.host`, host, 'must be a DNS name, not an IP address')] : []),
    ...(host ? invalidAll(`${path}.host`, host, hostErrors(host)) : []),
    ...(http && (http.paths ?? []).length === 0 ? [fieldRequired(`${path}.http.paths`)] : []),
    ...eachAt(http?.paths ?? [], `${path}.http.paths`, validatePath),
  ]
}

const badSequences = ['//', '/./', '/../', '%2f', '%2F']
const badSuffixes = ['/..', '/.']

function validatePath({ path: text = '', pathType, backend }: HTTPIngressPath, path: string): FieldError[] {
  const at = `${path}.path`
  const relative = text.startsWith('/') ? [] : [fieldInvalid(at, text, 'must be an absolute path')]
  if (!pathType) return [fieldRequired(`${path}.pathType`, 'pathType must be specified')]
  const errors: FieldError[] = []
  if (pathType === 'Exact' || pathType === 'Prefix')
    errors.push(
      ...relative,
      ...badSequences.filter(bad => text.includes(bad)).map(bad => fieldInvalid(at, text, `must not contain '${bad}'`)),
      ...badSuffixes.filter(bad => text.endsWith(bad)).map(bad => fieldInvalid(at, text, `cannot end with '${bad}'`)),
    )
  else if (pathType === 'ImplementationSpecific') errors.push(...(text ? relative : []))
  else errors.push(fieldNotSupported(`${path}.pathType`, pathType, ['Exact', 'ImplementationSpecific', 'Prefix']))
  return [...errors, ...validateBackend(backend, `${path}.backend`)]
}

function validateBackend({ service, resource }: IngressBackend, path: string): FieldError[] {
  if (service && resource) return [fieldInvalid(path, '', 'cannot set both resource and service backends')]
  if (resource) return validateLocalReference(resource, `${path}.resource`)
  if (!service) return [fieldInvalid(path, '', 'resource or service backend is required')]
  const { name, port } = service
  const namePath = `${path}.service.name`
  return [...(name ? invalidAll(namePath, name, dns1123LabelErrors(name)) : [fieldRequired(namePath)]), ...validatePort(port, path)]
}

function validatePort({ name, number }: NonNullable<IngressBackend['service']>['port'], path: string): FieldError[] {
  if (name && number) return [fieldInvalid(path, '', 'cannot set both port name & port number')]
  if (name) return invalidAll(`${path}.service.port.name`, name, portNameErrors(name))
  if (number) return invalidAll(`${path}.service.port.number`, number, portNumberErrors(number))
  return [fieldRequired(path, 'port name or number is required')]
}

const validateTls = ({ hosts = [], secretName }: IngressTLS, path: string): FieldError[] => [
  ...eachAt(hosts, `${path}.hosts`, (host, at) => invalidAll(at, host, hostErrors(host))),
  ...(secretName ? invalidAll(`${path}.secretName`, secretName, dns1123SubdomainErrors(secretName)) : []),
]

export const validateIngressStatus = ({ status }: Ingress): FieldError[] =>
  eachAt(status.loadBalancer.ingress ?? [], 'status.loadBalancer.ingress', ({ ip, hostname }, path) => [
    ...(ip ? invalidAll(`${path}.ip`, ip, ipErrors(ip)) : []),
    ...(hostname ? invalidAll(`${path}.hostname`, hostname, dns1123SubdomainErrors(hostname)) : []),
    ...(hostname && isIP(hostname) ? [fieldInvalid(`${path}.hostname`, hostname, 'must be a DNS name, not an IP address')] : []),
  ])
