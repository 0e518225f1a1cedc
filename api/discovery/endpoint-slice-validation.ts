import type { Endpoint, EndpointHints, EndpointPort, EndpointSlice } from './endpoint-slice.ts'
import { ipv4Errors, ipv6Errors, nonSpecialIpErrors } from '../core/ip-validation.ts'
import { appProtocolErrors, portNumberErrors, protocolErrors } from '../core/port-validation.ts'
import { dns1123LabelErrors, dns1123SubdomainErrors } from '../names.ts'
import { fieldDuplicate, fieldInvalid, fieldNotSupported, fieldRequired, type FieldError } from '../schema/field-error.ts'

const addressTypes = ['FQDN', 'IPv4', 'IPv6']
const maximum = { addresses: 100, ports: 20000, endpoints: 1000, hints: 8 }

export function validateEndpointSlice(slice: EndpointSlice): FieldError[] {
  return [
    ...validateAddressType(slice.addressType),
    ...validateEndpoints(slice.endpoints ?? [], slice.addressType),
    ...validatePorts(slice.ports ?? []),
  ]
}

export function validateEndpointSliceUpdate(next: EndpointSlice, current: EndpointSlice): FieldError[] {
  const changed = next.addressType === current.addressType ? [] : [fieldInvalid('addressType', next.addressType, 'field is immutable')]
  return [...validateEndpointSlice(next), ...changed]
}

const tooMany = (field: string, actual: number, limit: number): FieldError => ({
  reason: 'FieldValueTooMany',
  field,
  message: `Too many: ${actual}: must have at most ${limit} items`,
})

function validateAddressType(type: string): FieldError[] {
  if (!type) return [fieldRequired('addressType')]
  return addressTypes.includes(type) ? [] : [fieldNotSupported('addressType', type, addressTypes)]
}

function validateEndpoints(endpoints: readonly Endpoint[], type: string): FieldError[] {
  if (endpoints.length > maximum.endpoints) return [tooMany('endpoints', endpoints.length, maximum.endpoints)]
  return endpoints.flatMap((endpoint, index) => validateEndpoint(endpoint, type, `endpoints[${index}]`))
}

function validateEndpoint({ addresses, nodeName, hostname, hints }: Endpoint, type: string, path: string): FieldError[] {
  const addressPath = `${path}.addresses`
  return [
    ...(addresses.length === 0 ? [fieldRequired(addressPath, 'must contain at least 1 address')] : []),
    ...(addresses.length > maximum.addresses ? [tooMany(addressPath, addresses.length, maximum.addresses)] : []),
    ...addresses.flatMap((address, index) => addressErrors(address, type, `${addressPath}[${index}]`)),
    ...(nodeName === undefined ? [] : dns1123SubdomainErrors(nodeName).map(error => fieldInvalid(`${path}.nodeName`, nodeName, error))),
    ...(hostname === undefined ? [] : dns1123LabelErrors(hostname).map(error => fieldInvalid(`${path}.hostname`, hostname, error))),
    ...(hints ? validateHints(hints, `${path}.hints`) : []),
  ]
}

function addressErrors(address: string, type: string, path: string): FieldError[] {
  if (type === 'IPv4') return [...ipv4Errors(address, path), ...nonSpecialIpErrors(address, path)]
  if (type === 'IPv6') return [...ipv6Errors(address, path), ...nonSpecialIpErrors(address, path)]
  return type === 'FQDN' ? domainNameErrors(address, path) : []
}

function domainNameErrors(value: string, path: string): FieldError[] {
  const name = value.replace(/\.$/, '')
  if (!name) return [fieldRequired(path)]
  const errors = dns1123SubdomainErrors(name).map(error => fieldInvalid(path, name, error))
  if (errors.length > 0 || name.includes('.')) return errors
  return [fieldInvalid(path, name, 'should be a domain with at least two segments separated by dots')]
}

const validateHints = ({ forZones = [], forNodes = [] }: EndpointHints, path: string): FieldError[] => [
  ...validateHintNames(forZones, `${path}.forZones`),
  ...validateHintNames(forNodes, `${path}.forNodes`),
]

function validateHintNames(hints: readonly { readonly name: string }[], path: string): FieldError[] {
  if (hints.length > maximum.hints) return [tooMany(path, hints.length, maximum.hints)]
  const names = hints.map(({ name }) => name)
  return names.flatMap((name, index) => [
    ...(names.indexOf(name) < index ? [fieldDuplicate(`${path}[${index}].name`, name)] : []),
    ...dns1123SubdomainErrors(name).map(error => fieldInvalid(`${path}[${index}].name`, name, error)),
  ])
}

function validatePorts(ports: readonly EndpointPort[]): FieldError[] {
  if (ports.length > maximum.ports) return [tooMany('ports', ports.length, maximum.ports)]
  const names = ports.map(({ name }) => name ?? '')
  return ports.flatMap(({ name = '', port, protocol, appProtocol }, index) => {
    const path = `ports[${index}]`
    return [
      ...(name ? dns1123LabelErrors(name).map(error => fieldInvalid(`${path}.name`, name, error)) : []),
      ...(names.indexOf(name) < index ? [fieldDuplicate(`${path}.name`, name)] : []),
      ...protocolErrors(protocol, `${path}.protocol`),
      ...(port === undefined ? [] : portNumberErrors(port, `${path}.port`)),
      ...appProtocolErrors(appProtocol, `${path}.appProtocol`),
    ]
  })
}
