import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { builtInKinds, subresourceKinds } from './kinds.ts'
import type { Schema } from './schema/schema.ts'

interface Fact {
  readonly type: string
  readonly required?: boolean
  readonly proto?: number
  readonly listType?: string
  readonly mapKeys?: readonly string[]
  readonly mapType?: string
  readonly patchMergeKey?: string
  readonly patchStrategy?: string
}
type Definitions = Record<string, { readonly fields?: Record<string, Fact> }>

const file = new URL('../../shared/kubernetes-api/definitions.json', import.meta.url)
const definitions = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Definitions) : undefined

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1.'
const formats: Readonly<Record<string, string>> = {
  'date-time': `${meta}Time`,
  'micro-time': `${meta}MicroTime`,
  quantity: 'io.k8s.apimachinery.pkg.api.resource.Quantity',
  'int-or-string': 'io.k8s.apimachinery.pkg.util.intstr.IntOrString',
  json: `${meta}FieldsV1`,
  'raw-extension': 'io.k8s.apimachinery.pkg.runtime.RawExtension',
  byte: 'string:byte',
}

function typeOf(schema: Schema): string {
  if (schema.message) return schema.message.name
  if (schema.definition) return schema.definition
  if (schema.items) return `[${typeOf(schema.items)}]`
  if (schema.additionalProperties) return `{${typeOf(schema.additionalProperties)}}`
  if (schema.format && formats[schema.format]) return formats[schema.format] ?? ''
  return schema.format ? `${schema.type}:${schema.format}` : (schema.type ?? '')
}

function factsOf({ properties = {}, required = [], message }: Schema): Record<string, Fact> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, field]) => [
      name,
      {
        type: typeOf(field),
        required: required.includes(name) || undefined,
        proto: message?.numbers[name] || undefined,
        listType: field['x-kubernetes-list-type'],
        mapKeys: field['x-kubernetes-list-map-keys'],
        mapType: field['x-kubernetes-map-type'],
        patchMergeKey: field['x-kubernetes-patch-merge-key'],
        patchStrategy: field['x-kubernetes-patch-strategy'],
      } as Fact,
    ]),
  )
}

function reach(schema: Schema, seen: Map<string, Schema>): Map<string, Schema> {
  if (schema.message && seen.has(schema.message.name)) return seen
  if (schema.message) seen.set(schema.message.name, schema)
  for (const child of [...Object.values(schema.properties ?? {}), schema.items, schema.additionalProperties]) if (child) reach(child, seen)
  return seen
}

describe('messages', () => {
  const messages = new Map<string, Schema>()
  for (const { schema } of [...builtInKinds, ...subresourceKinds]) reach(schema, messages)
  if (!definitions) return it.skip('have the facts of upstream, which are not here', () => undefined)
  for (const [name, schema] of messages) {
    // Upstream defines metrics in another server.
    if (name.startsWith('io.k8s.metrics.')) continue
    it(`have the facts of ${name}`, () => {
      const ours = factsOf(schema)
      const facts = definitions[name]?.fields ?? {}
      expect(ours).toEqual(facts)
    })
  }
})
