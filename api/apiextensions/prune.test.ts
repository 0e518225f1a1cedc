import { describe, expect, it } from '@jest/globals'
import { fillDefaults } from './fill-defaults.ts'
import type { JSONSchemaProps } from './json-schema-props.ts'
import { prune } from './prune.ts'

const text: JSONSchemaProps = { type: 'string' }

describe('prune', () => {
  it.each<[string, JSONSchemaProps, unknown, unknown, string[]]>([
    ['unknown fields', { type: 'object', properties: { a: text } }, { a: '', b: 1 }, { a: '' }, ['b']],
    [
      'unknown fields of items',
      { type: 'object', properties: { l: { type: 'array', items: { type: 'object', properties: { a: text } } } } },
      { l: [{ a: 'x' }, { b: 1 }] },
      { l: [{ a: 'x' }, {}] },
      ['l[1].b'],
    ],
    ['no keys of maps', { type: 'object', additionalProperties: text }, { constructor: 'x' }, { constructor: 'x' }, []],
    ['nothing that is preserved', { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }, { a: { b: 0 } }, { a: { b: 0 } }, []],
    [
      'what is known inside what is preserved',
      { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, properties: { a: { type: 'object', properties: {} } } },
      { a: { b: 1 }, c: 1 },
      { a: {}, c: 1 },
      ['a.b'],
    ],
    [
      'no type information of embedded objects',
      { type: 'object', 'x-kubernetes-embedded-resource': true, properties: { spec: { type: 'object' } } },
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: { b: 1 }, more: 1 },
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: {} },
      ['spec.b', 'more'],
    ],
    [
      'zeros, empty and null values neither',
      { type: 'object', properties: { a: text, b: text } },
      { a: '', b: null },
      { a: '', b: null },
      [],
    ],
  ])('drops %s', (_what, schema, value, expected, unknown) => {
    expect(prune(schema, value)).toEqual({ value: expected, unknown })
  })
})

describe('fillDefaults', () => {
  const inner: JSONSchemaProps = { type: 'object', properties: { b: { type: 'integer', default: 7 } } }
  it.each<[string, JSONSchemaProps, unknown, unknown]>([
    ['absent fields', { properties: { a: { default: 'x' } } }, {}, { a: 'x' }],
    ['no zero values', { properties: { a: { default: 5 }, b: { default: true } } }, { a: 0, b: false }, { a: 0, b: false }],
    ['no fields of absent objects', { properties: { a: inner } }, {}, {}],
    ['fields of objects that are there', { properties: { a: inner } }, { a: {} }, { a: { b: 7 } }],
    ['fields of defaults', { properties: { a: { ...inner, default: {} } } }, {}, { a: { b: 7 } }],
    [
      'fields of items and map values',
      { properties: { l: { items: inner }, m: { additionalProperties: inner } } },
      { l: [{}], m: { k: {} } },
      { l: [{ b: 7 }], m: { k: { b: 7 } } },
    ],
    ['nulls that are not allowed', { properties: { a: { default: 'x' } } }, { a: null }, { a: 'x' }],
    ['no nulls that are', { properties: { a: { default: 'x', nullable: true } } }, { a: null }, { a: null }],
    ['nothing, but drops nulls that are not allowed', { properties: { a: text } }, { a: null }, {}],
  ])('fills %s', (_what, schema, value, expected) => {
    expect(fillDefaults(schema, value)).toEqual(expected)
  })

  it('gives back what needs no default', () => {
    const value = { a: { b: 1 } }
    expect(fillDefaults({ properties: { a: inner } }, value)).toBe(value)
  })
})
