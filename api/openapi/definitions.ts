import { ObjectMeta } from '../meta.ts'
import type { Schema } from '../schema/schema.ts'
import { specialTypeOf, type Json } from './special-types.ts'

export type Version = 'v2' | 'v3'

const prefixes = { v2: '#/definitions/', v3: '#/components/schemas/' } as const
const extensions = [
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-map-type',
  'x-kubernetes-patch-merge-key',
  'x-kubernetes-patch-strategy',
] as const

export const referenceTo = (name: string, version: Version): Json => ({ $ref: prefixes[version] + name })

/** Collects the definitions of everything that schemas mention, under upstream's names. */
export class Definitions {
  readonly #version: Version
  readonly #byName = new Map<string, Json>()

  constructor(version: Version) {
    this.#version = version
  }

  /** Adds a schema under a name, with all that it mentions; `extra` goes into its definition. */
  add(name: string, schema: Schema, extra: Json = {}): void {
    if (this.#byName.has(name)) return
    // Before it is complete, so that definitions may mention themselves.
    this.#byName.set(name, {})
    this.#byName.set(name, { ...this.#object(schema, schema.message?.description), ...extra })
  }
  sorted(): Json {
    return Object.fromEntries([...this.#byName].sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  /** A schema in OpenAPI's own words, whose references become ours. */
  #published(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(item => this.#published(item))
    if (typeof value !== 'object' || value === null) return value
    if ('$ref' in value && value.$ref === ObjectMeta.message?.name) {
      return this.#property({ ...ObjectMeta, ...('description' in value ? { description: String(value.description) } : {}) })
    }
    return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, this.#published(field)]))
  }

  #object(schema: Schema, description: string | undefined): Json {
    if (schema.published) return this.#published(schema.published[this.#version]) as Json
    if (!schema.properties) return this.#inline(schema)
    const properties = Object.keys(schema.properties).sort()
    return {
      ...(description ? { description } : {}),
      type: 'object',
      properties: Object.fromEntries(properties.map(name => [name, this.#property(schema.properties?.[name] ?? {})])),
      ...(schema.required?.length ? { required: schema.required } : {}),
      ...(schema.message?.atomic ? { 'x-kubernetes-map-type': 'atomic' } : {}),
    }
  }

  #property(schema: Schema): Json {
    const description = schema.description ? { description: schema.description } : {}
    const found = Object.fromEntries(extensions.filter(name => schema[name] !== undefined).map(name => [name, schema[name]]))
    const named = this.#reference(schema)
    if (!named) return { ...description, ...this.#inline(schema), ...found }
    // A reference may not have neighbours in OpenAPI 3.0.
    return this.#version === 'v2' ? { ...description, ...named, ...found } : { ...description, allOf: [named], ...found }
  }

  #reference(schema: Schema): Json | undefined {
    const special = specialTypeOf(schema)
    if (special) {
      this.#byName.set(special.name, special[this.#version])
      return referenceTo(special.name, this.#version)
    }
    if (!schema.message) return undefined
    this.add(schema.message.name, schema)
    return referenceTo(schema.message.name, this.#version)
  }

  #inline(schema: Schema): Json {
    if (schema.properties) return this.#object(schema, undefined)
    if (schema.type === 'array') return { type: 'array', items: this.#element(schema.items ?? {}) }
    if (schema.additionalProperties) return { type: 'object', additionalProperties: this.#element(schema.additionalProperties) }
    const { type, format, enum: values, default: value } = schema
    return {
      ...(type ? { type } : {}),
      ...(format ? { format } : {}),
      ...(values ? { enum: values } : {}),
      ...(value === undefined || typeof value === 'object' ? {} : { default: value }),
    }
  }
  #element(schema: Schema): Json {
    return this.#reference(schema) ?? this.#inline(schema)
  }
}
