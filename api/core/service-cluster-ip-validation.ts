import { isIPv6 } from 'node:net'
import { ipErrors } from './ip-validation.ts'
import { isHeadless } from './service-needs.ts'
import type { Service, ServiceSpec } from './service.ts'
import { fieldDuplicate, fieldInvalid, fieldNotSupported, fieldRequired, type FieldError } from '../schema/field-error.ts'

const ipFamilies = ['IPv4', 'IPv6']
const ipFamilyPolicies = ['PreferDualStack', 'RequireDualStack', 'SingleStack']
const path = 'spec.clusterIPs'

/** clusterIP, clusterIPs, ipFamilies and ipFamilyPolicy must tell one story; ExternalName services have none of them. */
export function validateServiceClusterIPs(service: Service): FieldError[] {
  const { spec } = service
  if (spec.type === 'ExternalName') return []
  const addresses = spec.clusterIPs ?? []
  const errors = [
    ...validateBothFields(spec.clusterIP ?? '', addresses),
    ...validateFamilies(spec),
    ...addresses.flatMap((address, index) => validateAddress(address, index, addresses)),
    ...(addresses.length > 2 ? [fieldInvalid(path, addresses, 'may only hold up to 2 values')] : []),
  ]
  // Further rules would only repeat what is wrong with a bad address.
  if (addresses.some((address, index) => validateAddress(address, index, addresses).length > 0)) return errors
  return [...errors, ...validateStacks(addresses), ...(isHeadless(service) ? [] : validateAgainstFamilies(spec))]
}

function validateBothFields(first: string, addresses: readonly string[]): FieldError[] {
  if (!first) return addresses.length > 0 ? [fieldInvalid(path, addresses, 'must be empty when `clusterIP` is not specified')] : []
  if (addresses.length === 0) return [fieldRequired(path)]
  return addresses[0] === first ? [] : [fieldInvalid(path, addresses, 'first value must match `clusterIP`')]
}

function validateFamilies({ ipFamilies: families = [], ipFamilyPolicy }: ServiceSpec): FieldError[] {
  const errors = families.flatMap((family, index) => [
    ...(ipFamilies.includes(family) ? [] : [fieldNotSupported(`spec.ipFamilies[${index}]`, family, ipFamilies)]),
    ...(families.indexOf(family) < index ? [fieldDuplicate(`spec.ipFamilies[${index}]`, family)] : []),
  ])
  return ipFamilyPolicy === undefined || ipFamilyPolicies.includes(ipFamilyPolicy)
    ? errors
    : [...errors, fieldNotSupported('spec.ipFamilyPolicy', ipFamilyPolicy, ipFamilyPolicies)]
}

function validateAddress(address: string, index: number, all: readonly string[]): FieldError[] {
  if (index > 0 || address !== 'None') return ipErrors(address, `${path}[${index}]`)
  return all.length > 1 ? [fieldInvalid(path, all, "'None' must be the first and only value")] : []
}

function validateStacks(addresses: readonly string[]): FieldError[] {
  const families = new Set(addresses.map(address => isIPv6(address)))
  return addresses.length > 1 && (families.size < 2 || addresses.length > 2)
    ? [fieldInvalid(path, addresses, 'may specify no more than one IP for each IP family')]
    : []
}

const validateAgainstFamilies = ({ clusterIPs = [], ipFamilies: families = [] }: ServiceSpec): FieldError[] =>
  clusterIPs.flatMap((address, index) => {
    const family = families[index]
    const actual = isIPv6(address) ? 'IPv6' : 'IPv4'
    if (!family || !ipFamilies.includes(family) || family === actual) return []
    return [fieldInvalid(`${path}[${index}]`, address, `expected an ${family} value as indicated by \`ipFamilies[${index}]\``)]
  })
