import { isIP } from 'node:net'
import { refuse, type Library } from './library.ts'

/** An IP address as a number; IPv4 in 32 bits, IPv6 in 128. */
class Ip {
  readonly text: string
  readonly bits: 32 | 128
  readonly value: bigint

  constructor(text: string) {
    const family = text.includes('%') ? 0 : isIP(text)
    if (family === 0)
      refuse(
        `IP Address ${JSON.stringify(text)} parse error during conversion from string: ParseAddr(${JSON.stringify(text)}): unable to parse IP`,
      )
    if (/^::ffff:\d+\.\d+\.\d+\.\d+$/i.test(text)) {
      refuse(`IPv4-mapped IPv6 address ${JSON.stringify(text)} is not allowed`)
    }
    this.bits = family === 4 ? 32 : 128
    this.text = family === 4 ? text : canonical(text)
    this.value = numberOf(text, family)
  }
  toString(): string {
    return this.text
  }
}

/** Behind the name `ip`, which is a function besides. */
class IpFunctions {}

/** A range of addresses. */
class Cidr {
  readonly ip: Ip
  readonly length: number

  constructor(text: string) {
    const [, address = '', length = ''] = /^([^/]+)\/(0|[1-9]\d{0,2})$/.exec(text) ?? []
    if (!isIP(address) || Number(length) > (isIP(address) === 4 ? 32 : 128)) {
      refuse(`network address parse error during conversion from string: netip.ParsePrefix(${JSON.stringify(text)}): no '/'`)
    }
    this.ip = new Ip(address)
    this.length = Number(length)
  }
  get mask(): bigint {
    const free = BigInt(this.ip.bits - this.length)
    return ((1n << BigInt(this.length)) - 1n) << free
  }
  contains(ip: Ip): boolean {
    return ip.bits === this.ip.bits && (ip.value & this.mask) === (this.ip.value & this.mask)
  }
  toString(): string {
    return `${this.ip.text}/${this.length}`
  }
}

const canonical = (text: string): string => new URL(`http://[${text}]`).hostname.slice(1, -1)

function numberOf(text: string, family: number): bigint {
  if (family === 4) return text.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n)
  const [head = '', tail = ''] = canonical(text).split('::')
  const left = head.split(':').filter(Boolean)
  const right = tail.split(':').filter(Boolean)
  const groups = [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right]
  return groups.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n)
}

/** The address in dotted or colon form. */
function textOf(value: bigint, bits: number): string {
  if (bits === 32) return [24n, 16n, 8n, 0n].map(shift => (value >> shift) & 255n).join('.')
  const groups = [7n, 6n, 5n, 4n, 3n, 2n, 1n, 0n].map(group => ((value >> (group * 16n)) & 65_535n).toString(16))
  return canonical(groups.join(':'))
}

const isOf = (create: (text: string) => unknown) => (text: string) => {
  try {
    return create(text) !== undefined
  } catch {
    return false
  }
}
const inRange = (ip: Ip, v4: string, v6: string): boolean => new Cidr(ip.bits === 32 ? v4 : v6).contains(ip)
const asIp = (value: Ip | string): Ip => (typeof value === 'string' ? new Ip(value) : value)
const asCidr = (value: Cidr | string): Cidr => (typeof value === 'string' ? new Cidr(value) : value)
const isLinkLocalMulticast = (ip: Ip) => inRange(ip, '224.0.0.0/24', 'ff02::/16')
const isLinkLocalUnicast = (ip: Ip) => inRange(ip, '169.254.0.0/16', 'fe80::/10')
const isLoopback = (ip: Ip) => inRange(ip, '127.0.0.0/8', '::1/128')
const isUnspecified = (ip: Ip) => ip.value === 0n
const isMulticast = (ip: Ip) => inRange(ip, '224.0.0.0/4', 'ff00::/8')
const isBroadcast = (ip: Ip) => ip.text === '255.255.255.255'

/** Kubernetes' functions for IP addresses and ranges. */
export const addresses: Library = environment => {
  environment
    .registerType('IpFunctions', IpFunctions)
    .registerConstant('ip', 'IpFunctions', new IpFunctions())
    .registerType('net.IP', Ip)
    .registerType('net.CIDR', Cidr)
    .registerFunction(
      'isIP(string): bool',
      isOf(text => new Ip(text)),
    )
    .registerFunction(
      'isCIDR(string): bool',
      isOf(text => new Cidr(text)),
    )
    .registerFunction('cidr(string): net.CIDR', (text: string) => new Cidr(text))
    .registerFunction('IpFunctions.isCanonical(string): bool', (_ip: IpFunctions, text: string) => new Ip(text).text === text)
    .registerFunction('ip(string): net.IP', (text: string) => new Ip(text))
    .registerFunction('string(net.IP): string', String)
    .registerFunction('string(net.CIDR): string', String)
    .registerFunction('net.IP.family(): int', (ip: Ip) => (ip.bits === 32 ? 4n : 6n))
    .registerFunction('net.IP.isUnspecified(): bool', isUnspecified)
    .registerFunction('net.IP.isLoopback(): bool', isLoopback)
    .registerFunction('net.IP.isLinkLocalMulticast(): bool', isLinkLocalMulticast)
    .registerFunction('net.IP.isLinkLocalUnicast(): bool', isLinkLocalUnicast)
    .registerFunction(
      'net.IP.isGlobalUnicast(): bool',
      (ip: Ip) => !isUnspecified(ip) && !isLoopback(ip) && !isMulticast(ip) && !isLinkLocalUnicast(ip) && !isBroadcast(ip),
    )
    .registerOperator('net.IP == net.IP', (a: Ip, b: Ip) => a.text === b.text)
    .registerFunction('net.CIDR.ip(): net.IP', ({ ip }: Cidr) => ip)
    .registerFunction('net.CIDR.prefixLength(): int', ({ length }: Cidr) => BigInt(length))
    .registerFunction(
      'net.CIDR.masked(): net.CIDR',
      (cidr: Cidr) => new Cidr(`${textOf(cidr.ip.value & cidr.mask, cidr.ip.bits)}/${cidr.length}`),
    )
    .registerOperator('net.CIDR == net.CIDR', (a: Cidr, b: Cidr) => String(a) === String(b))
  for (const type of ['net.IP', 'string']) {
    environment.registerFunction(`net.CIDR.containsIP(${type}): bool`, (cidr: Cidr, ip: Ip | string) => cidr.contains(asIp(ip)))
  }
  for (const type of ['net.CIDR', 'string']) {
    environment.registerFunction(`net.CIDR.containsCIDR(${type}): bool`, (cidr: Cidr, other: Cidr | string) => {
      const inner = asCidr(other)
      return inner.length >= cidr.length && cidr.contains(inner.ip)
    })
  }
}
