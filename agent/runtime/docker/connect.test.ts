import { describe, expect, it } from '@jest/globals'
import { negotiate } from './connect.ts'

describe('negotiate', () => {
  it('takes what both sides speak', () => {
    expect(negotiate({ ApiVersion: '1.41', MinAPIVersion: '1.12' })).toBe('1.41')
    expect(negotiate({ ApiVersion: '1.52', MinAPIVersion: '1.44' })).toBe('1.47')
    expect(negotiate({ ApiVersion: '1.60', MinAPIVersion: '1.50' })).toBe('1.50')
  })
})
