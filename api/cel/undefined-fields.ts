import type { Environment } from '@marcbachmann/cel-js'
import { compilationError, type LibraryError } from './error-messages.ts'
import { kubernetesEnvironment } from './environment.ts'

/** What is known of a value before there is one. Anything that is not one of these may be anything. */
export type Shape = { readonly fields: Readonly<Record<string, Shape>> } | { readonly items: Shape } | { readonly values: Shape } | 'dyn'

/**
 * The sentence about the first field that an expression names and its variables cannot have; undefined when there is none.
 * Nothing else about types is said here.
 */
export function undefinedField(source: string, variables: Readonly<Record<string, Shape>>): string | undefined {
  const environment = kubernetesEnvironment()
  const types = new Types(environment)
  for (const [name, shape] of Object.entries(variables)) environment.registerVariable(name, types.of(shape))
  const { valid, error } = environment.check(source) as { readonly valid: boolean; readonly error?: LibraryError }
  return !valid && error?.code === 'no_such_key' ? compilationError(source, error, new Set()).message : undefined
}

/** Names for shapes, each of which is a type of the environment's. */
class Types {
  readonly #environment: Environment
  readonly #names = new Map<Shape, string>()

  constructor(environment: Environment) {
    this.#environment = environment
  }
  of(shape: Shape): string {
    if (shape === 'dyn') return 'dyn'
    if ('items' in shape) return `list<${this.of(shape.items)}>`
    if ('values' in shape) return `map<string, ${this.of(shape.values)}>`
    const known = this.#names.get(shape)
    if (known) return known
    const fields = Object.fromEntries(Object.entries(shape.fields).map(([name, field]) => [name, this.of(field)]))
    const name = `Shape${this.#names.size}`
    this.#environment.registerType(name, { fields })
    this.#names.set(shape, name)
    return name
  }
}
