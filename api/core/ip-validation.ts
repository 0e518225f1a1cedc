import { isIP, isIPv4, isIPv6, SocketAddress } from 'node:net'
import { fieldInvalid, type FieldError } from '../schema/field-error.ts'

export const ipErrors = (value: string, path: string): FieldError[] =>
  isIP(value) ? [] : [fieldInvalid(path, value, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')]

export const ipv4Errors = (value: string, path: string): FieldError[] =>
  isIPv4(value) ? [] : [fieldInvalid(path, value, 'must be a valid IPv4 address')]

export const ipv6Errors = (value: string, path: string): FieldError[] =>
  isIPv6(value) ? [] : [fieldInvalid(path, value, 'must be a valid IPv6 address')]

export function cidrErrors(value: string, path: string): FieldError[] {
  const [, address = '', bits = ''] = /^([^/]+)\/(0|[1-9][0-9]{0,2})$/.exec(value) ?? []
  const limit = isIPv4(address) ? 32 : isIPv6(address) ? 128 : -1
  return bits !== '' && Number(bits) <= limit
    ? []
    : [fieldInvalid(path, value, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)')]
}

/** The address of an interface with the length of its prefix, in the one form that counts (upstream's IsValidInterfaceAddress). */
export function interfaceAddressErrors(value: string, path: string): FieldError[] {
  if (cidrErrors(value, path).length > 0) {
    return [fieldInvalid(path, value, 'must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)')]
  }
  const [address = '', bits = ''] = value.split('/')
  const canonical = `${new SocketAddress({ address, family: isIPv6(address) ? 'ipv6' : 'ipv4' }).address}/${bits}`
  return value === canonical ? [] : [fieldInvalid(path, value, `must be in canonical form (${JSON.stringify(canonical)})`)]
}

/** Addresses that mean "this machine" or "this link" lead nowhere else, so nobody may publish them. */
export function nonSpecialIpErrors(value: string, path: string): FieldError[] {
  const invalid = (detail: string) => [fieldInvalid(path, value, detail)]
  if (!isIP(value)) return invalid('must be a valid IP address')
  const address = value.toLowerCase()
  if (address === '0.0.0.0' || /^[0:]+$/.test(address)) return invalid(`may not be unspecified (${value})`)
  if (address.startsWith('127.') || /^[0:]+:0*1$/.test(address)) return invalid('may not be in the loopback range (127.0.0.0/8, ::1/128)')
  if (address.startsWith('169.254.') || /^fe[89ab][0-9a-f]:/.test(address)) {
    return invalid('may not be in the link-local range (169.254.0.0/16, fe80::/10)')
  }
  if (address.startsWith('224.0.0.') || /^ff02:/.test(address)) {
    return invalid('may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)')
  }
  return []
}
