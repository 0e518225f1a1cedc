import { describe, expect, it } from '@jest/globals'
import { decode } from '../schema/decode.ts'
import { customColumns } from './custom-columns.ts'
import { customKinds } from './custom-kind.ts'
import { CustomResourceDefinition } from './custom-resource-definition.ts'
import type { JSONSchemaProps } from './json-schema-props.ts'
import { mergeSchema } from './merge-schema.ts'
import { publishedSchema } from './published-schema.ts'
import { compareVersions } from './version-order.ts'

describe('compareVersions', () => {
  it('orders versions as Kubernetes does', () => {
    const versions = ['foo10', 'v1alpha1', 'v1', 'v10', 'v2beta1', 'v2', 'v1beta2', 'bar']
    expect(versions.sort(compareVersions)).toEqual(['v10', 'v2', 'v1', 'v2beta1', 'v1beta2', 'v1alpha1', 'bar', 'foo10'])
  })
})

describe('customColumns', () => {
  const now = new Date('2026-01-01T01:00:00Z')
  const object = {
    metadata: { name: 'a', creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: { n: 2.5, s: 'x', l: ['a', 'b'], o: { a: 1 }, b: false },
  }
  it.each<[string, string, unknown]>([
    ['integer', '.spec.n', 2],
    ['integer', '.spec.s', null],
    ['number', '.spec.n', 2.5],
    ['boolean', '.spec.b', false],
    ['string', '.spec.s', 'x'],
    ['string', '.spec.o', '{"a":1}'],
    ['string', '.spec.l[*]', 'a b'],
    ['string', '.spec.missing', null],
    ['date', '.metadata.creationTimestamp', '60m'],
    ['date', '.spec.s', '<invalid>'],
  ])('show a value as %s at %s', (type, jsonPath, expected) => {
    const [, column] = customColumns([{ name: 'X', type, jsonPath }])
    expect(column?.cell(object as never, now)).toBe(expected)
  })

  it('are name and age where nothing is said', () => {
    expect(customColumns([]).map(({ name }) => name)).toEqual(['Name', 'Age'])
  })
})

describe('mergeSchema', () => {
  it('says how lists and maps are merged, and what the keys of items default to', () => {
    const items: JSONSchemaProps = {
      type: 'object',
      properties: { port: { type: 'integer' }, protocol: { type: 'string', default: 'TCP' }, x: { default: 1 } },
    }
    const list: JSONSchemaProps = {
      type: 'array',
      items,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['port', 'protocol'],
    }
    const schema = mergeSchema({ type: 'object', properties: { list, set: { type: 'array', items: { type: 'string' } } } })
    expect(schema.properties?.['list']).toMatchObject({
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['port', 'protocol'],
      items: { properties: { protocol: { default: 'TCP' } } },
    })
    expect(schema.properties?.['list']?.items?.properties?.['x']).not.toHaveProperty('default')
    expect(schema.properties?.['set']).toMatchObject({ 'x-kubernetes-list-type': 'atomic' })
  })
})

describe('publishedSchema', () => {
  const schema: JSONSchemaProps = {
    type: 'object',
    properties: {
      type: { type: 'string', nullable: true },
      open: {
        type: 'object',
        description: 'Anything.',
        'x-kubernetes-preserve-unknown-fields': true,
        properties: { a: { type: 'string' } },
      },
      port: { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] },
    },
  }
  it('shows everything in OpenAPI 3', () => {
    expect(publishedSchema(schema, 'v3')['properties']).toMatchObject({ ...schema.properties, apiVersion: { type: 'string' } })
  })
  it('leaves open what Swagger 2 cannot say, whatever fields are called', () => {
    const { properties } = publishedSchema(schema, 'v2') as { properties: Record<string, object> }
    expect(properties['type']).toEqual({})
    expect(properties['open']).toEqual({ description: 'Anything.', 'x-kubernetes-preserve-unknown-fields': true })
    expect(properties['port']).toEqual({ 'x-kubernetes-int-or-string': true })
  })
})

describe('customKinds', () => {
  const definition = (status: object, conversion = 'None') =>
    decode(CustomResourceDefinition.schema, {
      metadata: { name: 'tabs.example.com' },
      spec: {
        group: 'example.com',
        scope: 'Cluster',
        names: { plural: 'tabs', kind: 'Tab' },
        conversion: { strategy: conversion },
        versions: ['v1beta1', 'v1', 'v0'].map(name => ({
          name,
          served: name !== 'v0',
          storage: name === 'v1beta1',
          schema: { openAPIV3Schema: { type: 'object' } },
        })),
      },
      status: { acceptedNames: { plural: 'tabs', singular: 'tab', kind: 'Tab' }, storedVersions: ['v1beta1'], ...status },
    }).value
  const established = { conditions: [{ type: 'Established', status: 'True' }] }
  const object = { apiVersion: 'example.com/v1', kind: 'Tab', metadata: { name: 'a' } } as never

  it('are there once the definition is established, the best version first', () => {
    expect(customKinds(definition({}))).toEqual([])
    const kinds = customKinds(definition(established))
    expect(kinds.map(({ version, namespaced, singular }) => [version, namespaced, singular])).toEqual([
      ['v1', false, 'tab'],
      ['v1beta1', false, 'tab'],
    ])
    expect(kinds[0]?.otherVersion?.('v0')?.version).toBe('v0')
  })

  it('take in nothing new while the definition goes', () => {
    const [kind] = customKinds(definition({ conditions: [...established.conditions, { type: 'Terminating', status: 'True' }] }))
    expect(kind?.verbs).toEqual(['delete', 'deletecollection', 'get', 'list', 'watch'])
  })

  it('are stored in one version and shown in each', () => {
    const [kind] = customKinds(definition(established))
    expect(kind?.storedAs?.toStored(object).apiVersion).toBe('example.com/v1beta1')
    expect(kind?.storedAs?.fromStored({ ...(object as object), apiVersion: 'example.com/v1beta1' } as never).apiVersion).toBe(
      'example.com/v1',
    )
  })

  it('are converted by nobody but the webhook where there is one', () => {
    const [kind] = customKinds(definition(established, 'Webhook'))
    expect(() => kind?.storedAs?.toStored(object)).toThrow(
      'conversion webhook for example.com/v1, Kind=Tab has not been asked for example.com/v1beta1',
    )
  })
})
