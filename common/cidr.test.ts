import { describe, expect, it } from '@jest/globals'
import { cidrContains, formatAddress, parseAddress, parseCidr } from './cidr.ts'

describe('parseCidr', () => {
  it('gives the first and last address of the range', () => {
    const { first, last } = parseCidr('10.244.3.7/24')
    expect([formatAddress(first), formatAddress(last)]).toEqual(['10.244.3.0', '10.244.3.255'])
  })

  it('takes the whole and the smallest range', () => {
    expect(parseCidr('0.0.0.0/0')).toMatchObject({ first: 0, last: 2 ** 32 - 1 })
    expect(parseCidr('255.255.255.255/32')).toMatchObject({ first: 2 ** 32 - 1, last: 2 ** 32 - 1 })
  })

  it.each(['', '10.0.0.0', '10.0.0/8', '10.0.0.256/8', '10.0.0.0/33', '::/0', '10.0.0.0/x'])('refuses %j', text => {
    expect(() => parseCidr(text)).toThrow('is not an IPv4 range')
  })
})

describe('cidrContains', () => {
  it('tells inside from outside', () => {
    const range = parseCidr('172.30.0.0/24')
    expect(cidrContains(range, '172.30.0.255')).toBe(true)
    expect(cidrContains(range, '172.30.1.0')).toBe(false)
    expect(cidrContains(range, 'nonsense')).toBe(false)
  })

  it('reads addresses strictly', () => {
    expect(parseAddress('1.2.3.4')).toBe(0x01020304)
    expect(parseAddress('1.2.3')).toBeUndefined()
  })
})
