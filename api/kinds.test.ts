import { describe, expect, it } from '@jest/globals'
import { builtInKinds, findKind, findKindByName, subresourceKinds } from './kinds.ts'
import type { Schema } from './schema/schema.ts'

const childrenOf = ({ properties = {}, items, additionalProperties }: Schema): Schema[] =>
  [...Object.values(properties), items, additionalProperties].filter(child => child !== undefined)

function reach(schema: Schema, seen: Map<string, Schema>): void {
  if (schema.message) {
    if (seen.has(schema.message.name)) return
    seen.set(schema.message.name, schema)
  }
  for (const child of childrenOf(schema)) reach(child, seen)
}

function messages(): readonly Schema[] {
  const seen = new Map<string, Schema>()
  for (const { schema } of [...builtInKinds, ...subresourceKinds]) reach(schema, seen)
  return [...seen.values()]
}

const undescribed = ({ message, properties = {} }: Schema): string[] => [
  ...(message?.description ? [] : [message?.name ?? '']),
  ...Object.entries(properties).flatMap(([name, field]) => (field.description ? [] : [`${message?.name ?? ''}.${name}`])),
]

describe('kinds', () => {
  it('are found by resource and by kind', () => {
    expect(findKind('apps', 'v1', 'deployments')?.kind).toBe('Deployment')
    expect(findKind('', 'v1', 'deployments')).toBeUndefined()
    expect(findKindByName('', 'v1', 'Service')?.plural).toBe('services')
    expect(findKindByName('autoscaling', 'v1', 'Scale')).toBeDefined()
    expect(findKind('autoscaling', 'v1', 'scales')).toBeUndefined()
  })

  it('have paths of their own', () => {
    const paths = builtInKinds.map(({ group, version, plural }) => `${group}/${version}/${plural}`)
    expect(new Set(paths).size).toBe(paths.length)
  })

  it('describe every message and every field, for kubectl explain', () => {
    expect(messages().length).toBeGreaterThan(150)
    expect(messages().flatMap(undescribed)).toEqual([])
  })
})
