import { describe, expect, it } from '@jest/globals'
import { percentOf, scaledValue } from './int-or-string.ts'

describe('scaledValue', () => {
  it('resolves percentages against the total', () => {
    expect(scaledValue('25%', 10, 'up')).toBe(3)
    expect(scaledValue('25%', 10, 'down')).toBe(2)
    expect(scaledValue(7, 10, 'up')).toBe(7)
  })

  it('refuses other texts', () => {
    expect(() => scaledValue('many', 10, 'up')).toThrow('invalid value for IntOrString')
    expect(percentOf('25.5%')).toBeUndefined()
  })
})
