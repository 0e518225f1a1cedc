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
