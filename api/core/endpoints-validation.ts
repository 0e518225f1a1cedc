import type { EndpointAddress, EndpointPort, Endpoints, EndpointSubset } from './endpoints.ts'
import { ipErrors, nonSpecialIpErrors } from './ip-validation.ts'
import { appProtocolErrors, portNumberErrors, protocolErrors } from './port-validation.ts'
import { dns1123LabelErrors, dns1123SubdomainErrors } from '../names.ts'
import { fieldInvalid, fieldRequired, type FieldError } from '../schema/field-error.ts'

export const validateEndpoints = ({ subsets = [] }: Endpoints): FieldError[] =>
  subsets.flatMap((subset, index) => validateSubset(subset, `subsets[${index}]`))

function validateSubset({ addresses = [], notReadyAddresses = [], ports = [] }: EndpointSubset, path: string): FieldError[] {
  const empty = addresses.length === 0 && notReadyAddresses.length === 0
  return [
    ...(empty ? [fieldRequired(path, 'must specify `addresses` or `notReadyAddresses`')] : []),
    ...addresses.flatMap((address, index) => validateAddress(address, `${path}.addresses[${index}]`)),
    ...notReadyAddresses.flatMap((address, index) => validateAddress(address, `${path}.notReadyAddresses[${index}]`)),
    ...ports.flatMap((port, index) => validatePort(port, ports.length > 1, `${path}.ports[${index}]`)),
  ]
}

const validateAddress = ({ ip, hostname, nodeName }: EndpointAddress, path: string): FieldError[] => [
  ...ipErrors(ip, `${path}.ip`),
  ...(hostname ? dns1123LabelErrors(hostname).map(error => fieldInvalid(`${path}.hostname`, hostname, error)) : []),
  ...(nodeName === undefined ? [] : dns1123SubdomainErrors(nodeName).map(error => fieldInvalid(`${path}.nodeName`, nodeName, error))),
  ...nonSpecialIpErrors(ip, `${path}.ip`),
]

function validatePort({ name, port, protocol, appProtocol }: EndpointPort, nameRequired: boolean, path: string): FieldError[] {
  return [
    ...(name ? dns1123LabelErrors(name).map(error => fieldInvalid(`${path}.name`, name, error)) : []),
    ...(!name && nameRequired ? [fieldRequired(`${path}.name`)] : []),
    ...portNumberErrors(port, `${path}.port`),
    ...protocolErrors(protocol, `${path}.protocol`),
    ...appProtocolErrors(appProtocol, `${path}.appProtocol`),
  ]
}
