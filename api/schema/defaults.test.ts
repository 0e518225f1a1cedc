import { describe, expect, it } from '@jest/globals'
import { withDefaults } from './defaults.ts'
import { embedded, int32, list, message, oneOf, optional, string, type Schema } from './schema.ts'

const Port = message('io.example.v1.Port', '', { protocol: optional(1, oneOf(['TCP', 'UDP'], { default: 'TCP' }), '') })
const Spec = message('io.example.v1.Spec', '', {
  replicas: optional(1, int32({ default: 1, presence: 'pointer' }), ''),
  ports: optional(2, list(Port), ''),
  name: optional(3, string(), ''),
})
const Thing = message('io.example.v1.Thing', '', { spec: embedded(1, Spec, '') })

describe('withDefaults', () => {
  it('fills in what is absent, everywhere', () => {
    expect(withDefaults(Thing, { spec: { ports: [{}, { protocol: 'UDP' }] } })).toEqual({
      spec: { replicas: 1, ports: [{ protocol: 'TCP' }, { protocol: 'UDP' }] },
    })
  })

  it('keeps a zero that means zero', () => {
    expect(withDefaults(Thing, { spec: { replicas: 0 } }).spec.replicas).toBe(0)
  })

  it('returns the very same object when nothing is missing', () => {
    const thing = { spec: { replicas: 2, ports: [{ protocol: 'TCP' as const }] } }
    expect(withDefaults(Thing, thing)).toBe(thing)
  })

  it('copes with schemas that contain themselves', () => {
    const properties: Record<string, Schema> = { name: { type: 'string', default: 'x' } }
    const Tree: Schema = { type: 'object', properties }
    properties['children'] = { type: 'array', items: Tree }
    expect(withDefaults(Tree, { children: [{}] })).toEqual({ name: 'x', children: [{ name: 'x' }] })
  })
})
