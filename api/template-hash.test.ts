import { describe, expect, it } from '@jest/globals'
import { podTemplateHash } from './template-hash.ts'

describe('podTemplateHash', () => {
  it('is safe in names, stable, and different after a collision', () => {
    const template = { spec: { containers: [{ name: 'c', image: 'x' }] } }
    expect(podTemplateHash(template)).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{1,10}$/)
    expect(podTemplateHash(template)).toBe(podTemplateHash({ ...template }))
    expect(podTemplateHash(template, 1)).not.toBe(podTemplateHash(template))
  })
})
