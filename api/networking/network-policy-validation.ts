import type { IPBlock, NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from './network-policy.ts'
import { eachAt, invalidAll, portNumberErrors } from '../core/pod-field-checks.ts'
import { validateLabelSelector } from '../label-selector.ts'
import { portNameErrors } from '../names.ts'
import { fieldForbidden, fieldInvalid, fieldNotSupported, fieldRequired, type FieldError } from '../schema/field-error.ts'
import { isCidr, isStrictSubset } from '../../common/cidr.ts'

export function validateNetworkPolicy({ spec }: NetworkPolicy): FieldError[] {
  const { podSelector, ingress = [], egress = [], policyTypes = [] } = spec
  const types = ['Ingress', 'Egress']
  const errors = [
    ...validateLabelSelector(podSelector, 'spec.podSelector'),
    ...eachAt(ingress, 'spec.ingress', ({ ports = [], from = [] }, path) => [
      ...eachAt(ports, `${path}.ports`, validatePort),
      ...eachAt(from, `${path}.from`, validatePeer),
    ]),
    ...eachAt(egress, 'spec.egress', ({ ports = [], to = [] }, path) => [
      ...eachAt(ports, `${path}.ports`, validatePort),
      ...eachAt(to, `${path}.to`, validatePeer),
    ]),
  ]
  if (policyTypes.length > types.length)
    return [...errors, fieldInvalid('spec.policyTypes', policyTypes, 'may not specify more than two policyTypes')]
  return [
    ...errors,
    ...eachAt(policyTypes, 'spec.policyTypes', (type, path) => (types.includes(type) ? [] : [fieldNotSupported(path, type, types)])),
  ]
}

function validatePort({ protocol, port, endPort }: NetworkPolicyPort, path: string): FieldError[] {
  const protocols = ['TCP', 'UDP', 'SCTP'] as const
  const errors: FieldError[] = []
  const wrongEnd = (why: string) => (endPort === undefined ? [] : [fieldInvalid(`${path}.endPort`, endPort, why)])
  if (protocol !== undefined && !protocols.includes(protocol)) errors.push(fieldNotSupported(`${path}.protocol`, protocol, protocols))
  if (port === undefined) return [...errors, ...wrongEnd('may not be specified when `port` is not specified')]
  if (typeof port === 'string')
    return [
      ...errors,
      ...wrongEnd('may not be specified when `port` is non-numeric'),
      ...invalidAll(`${path}.port`, port, portNameErrors(port)),
    ]
  return [
    ...errors,
    ...invalidAll(`${path}.port`, port, portNumberErrors(port)),
    ...(endPort !== undefined && endPort < port ? wrongEnd('must be greater than or equal to `port`') : []),
    ...(endPort === undefined ? [] : invalidAll(`${path}.endPort`, endPort, portNumberErrors(endPort))),
  ]
}

function validatePeer({ podSelector, namespaceSelector, ipBlock }: NetworkPolicyPeer, path: string): FieldError[] {
  const errors = [
    ...validateLabelSelector(podSelector, `${path}.podSelector`),
    ...validateLabelSelector(namespaceSelector, `${path}.namespaceSelector`),
    ...(ipBlock ? validateBlock(ipBlock, `${path}.ipBlock`) : []),
  ]
  if (!podSelector && !namespaceSelector && !ipBlock) return [...errors, fieldRequired(path, 'must specify a peer')]
  return ipBlock && (podSelector || namespaceSelector)
    ? [...errors, fieldForbidden(path, 'may not specify both ipBlock and another peer')]
    : errors
}

export const cidrErrors = (cidr: string, path: string): FieldError[] =>
  isCidr(cidr) ? [] : [fieldInvalid(path, cidr, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)')]

function validateBlock({ cidr, except = [] }: IPBlock, path: string): FieldError[] {
  if (!cidr) return [fieldRequired(`${path}.cidr`)]
  if (!isCidr(cidr)) return cidrErrors(cidr, `${path}.cidr`)
  return eachAt(except, `${path}.except`, (inner, at) => {
    if (!isCidr(inner)) return cidrErrors(inner, at)
    return isStrictSubset(inner, cidr) ? [] : [fieldInvalid(at, inner, 'must be a strict subset of `cidr`')]
  })
}
