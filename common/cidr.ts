import { BlockList, isIP } from 'node:net'

/** IPv4 ranges as numbers. */
export interface Cidr {
  readonly first: number
  readonly last: number
  readonly prefix: number
}

export const parseAddress = (text: string): number | undefined => {
  const parts = text.split('.')
  if (parts.length !== 4 || parts.some(part => !/^\d{1,3}$/.test(part) || Number(part) > 255)) return undefined
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0)
}
export const formatAddress = (address: number): string => [24, 16, 8, 0].map(shift => Math.floor(address / 2 ** shift) % 256).join('.')

/** Throws on anything but `a.b.c.d/n`. */
export function parseCidr(text: string): Cidr {
  const [address = '', length = ''] = text.split('/')
  const number = parseAddress(address)
  const prefix = Number(length)
  if (number === undefined || !/^\d{1,2}$/.test(length) || prefix > 32)
    throw new Error(`${JSON.stringify(text)} is not an IPv4 range like 10.244.0.0/16`)
  const size = 2 ** (32 - prefix)
  const first = Math.floor(number / size) * size
  return { first, last: first + size - 1, prefix }
}

export const cidrContains = (cidr: Cidr, address: string): boolean => {
  const number = parseAddress(address)
  return number !== undefined && number >= cidr.first && number <= cidr.last
}

/** Whether the text is a range of either family. */
export function isCidr(text: string): boolean {
  const [address = '', length, more] = text.split('/')
  const bits = isIP(address) === 4 ? 32 : isIP(address) === 6 ? 128 : -1
  return more === undefined && length !== undefined && /^\d{1,3}$/.test(length) && Number(length) <= bits
}

/** Whether the first range lies within the second and is smaller; both are valid. */
export function isStrictSubset(inner: string, outer: string): boolean {
  const [innerAddress = '', innerLength] = inner.split('/')
  const [outerAddress = '', outerLength] = outer.split('/')
  const family = isIP(outerAddress) === 6 ? 'ipv6' : 'ipv4'
  const range = new BlockList()
  range.addSubnet(outerAddress, Number(outerLength), family)
  return isIP(innerAddress) === isIP(outerAddress) && Number(innerLength) > Number(outerLength) && range.check(innerAddress, family)
}
