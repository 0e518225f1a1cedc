import { describe, expect, it } from '@jest/globals'
import {
  addQuantities,
  canonicalQuantity,
  compareQuantities,
  formatQuantity,
  milliValue,
  parseQuantity,
  quantityToNumber,
  subtractQuantities,
} from './quantity.ts'

describe('canonicalQuantity', () => {
  it.each([
    ['1024Mi', '1Gi'],
    ['0.5', '500m'],
    ['1000m', '1'],
    ['1.5Gi', '1536Mi'],
    ['0.1Mi', '104857600m'],
    ['100m', '100m'],
    ['1500m', '1500m'],
    ['1000', '1k'],
    ['2000k', '2M'],
    ['0', '0'],
    ['0Gi', '0'],
    ['512Ki', '512Ki'],
    ['1023Ki', '1023Ki'],
    ['2048', '2048'],
    ['1e3', '1e3'],
    ['1000e3', '1e6'],
    ['-0.5', '-500m'],
    ['0.0000000001', '1n'],
    ['1Ei', '1Ei'],
    ['100Ei', '9223372036854775807'],
    ['1E', '1E'],
    ['.5', '500m'],
    ['5.', '5.'],
    ['256Mi', '256Mi'],
  ])('writes %s as %s', (text, expected) => {
    expect(canonicalQuantity(text)).toBe(expected)
  })

  it.each(['lots', '', '1 Gi', '1.2.3', '5x', 'true'])('refuses %p with the regular expression', text => {
    expect(() => parseQuantity(text)).toThrow("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")
  })

  it('refuses unknown suffixes', () => {
    expect(() => parseQuantity('5kk')).toThrow("unable to parse quantity's suffix")
    expect(() => parseQuantity('5e')).toThrow("unable to parse quantity's suffix")
  })

  it('survives absurd exponents', () => {
    expect(parseQuantity('1e999999999999').nanos).toBeGreaterThan(0n)
    expect(parseQuantity('1e-999999999999').nanos).toBe(1n)
  })
})

describe('arithmetic on quantities', () => {
  it('is exact', () => {
    expect(formatQuantity(addQuantities(parseQuantity('0.1'), parseQuantity('0.2')))).toBe('300m')
    expect(formatQuantity(subtractQuantities(parseQuantity('1Gi'), parseQuantity('512Mi')))).toBe('512Mi')
    expect(formatQuantity(addQuantities(parseQuantity('0'), parseQuantity('1Gi')))).toBe('1Gi')
  })

  it('compares across suffixes', () => {
    expect(compareQuantities('1Gi', '1024Mi')).toBe(0)
    expect(compareQuantities('1G', '1Gi')).toBe(-1)
    expect(compareQuantities('1', '999m')).toBe(1)
  })

  it('rounds up to whole units', () => {
    expect(quantityToNumber('1.2Gi')).toBe(1288490189)
    expect(quantityToNumber('1m')).toBe(1)
    expect(milliValue('0.5')).toBe(500)
    expect(milliValue('100u')).toBe(1)
  })
})
