import { describe, expect, it } from '@jest/globals'
import { formatFieldSelector, matchesFields, parseFieldSelector, requiredValue, unsupportedField } from './field-selector.ts'
import type { KubernetesObject } from './kind.ts'

const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', namespace: 'n' } } as KubernetesObject
const kind = { selectableFields: { 'spec.nodeName': () => 'node=1,x' } }

describe('parseFieldSelector', () => {
  it('reads operators and escapes', () => {
    const selector = parseFieldSelector('metadata.name==a,spec.nodeName!=b,x=node\\=1\\,x')
    expect(selector.requirements).toEqual([
      { field: 'metadata.name', operator: '=', value: 'a' },
      { field: 'spec.nodeName', operator: '!=', value: 'b' },
      { field: 'x', operator: '=', value: 'node=1,x' },
    ])
    expect(formatFieldSelector(selector)).toBe('metadata.name=a,spec.nodeName!=b,x=node\\=1\\,x')
  })

  it.each([
    ['metadata.name', "invalid selector: 'metadata.name'; can't understand 'metadata.name'"],
    ['a=\\x', 'invalid field selector: invalid escape sequence: \\x'],
  ])('refuses %p', (text, message) => {
    expect(() => parseFieldSelector(text)).toThrow(message)
  })
})

describe('matchesFields', () => {
  it('asks the kind for the value', () => {
    expect(matchesFields(parseFieldSelector('spec.nodeName=node\\=1\\,x,metadata.namespace=n'), object, kind)).toBe(true)
    expect(matchesFields(parseFieldSelector('metadata.name!=a'), object, kind)).toBe(false)
    expect(requiredValue(parseFieldSelector('metadata.name=a'), 'metadata.name')).toBe('a')
  })

  it('reports fields it cannot select by', () => {
    expect(unsupportedField(parseFieldSelector('spec.x=1'), kind)).toBe('field label not supported: spec.x')
    expect(unsupportedField(parseFieldSelector('spec.x=1'), {})).toBe(
      '"spec.x" is not a known field selector: only "metadata.name", "metadata.namespace"',
    )
    expect(unsupportedField(parseFieldSelector('spec.nodeName=1'), kind)).toBeUndefined()
  })
})
