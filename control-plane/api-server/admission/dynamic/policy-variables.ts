import type { Variable } from '../../../../api/admissionregistration/policy-parts.ts'
import type { CelProgram } from '../../../../api/cel/compile-expression.ts'
import { Meter } from '../../../../api/cel/meter.ts'
import type { Programs } from './programs.ts'

/** What expressions of a policy may read. */
export const policyVariables = ['object', 'oldObject', 'request', 'params', 'namespaceObject', 'variables']

export type PolicyValues = Readonly<Record<'object' | 'oldObject' | 'request' | 'params' | 'namespaceObject', unknown>>

/** Evaluates a policy's expressions for one request; its variables only when an expression reads them, each once. */
export class PolicyEvaluation {
  readonly #values: PolicyValues
  readonly #variables: readonly Variable[]
  readonly #programs: Programs
  readonly #meter = new Meter()
  readonly #known = new Map<string, { readonly value: unknown } | { readonly error: unknown }>()

  constructor(values: PolicyValues, variables: readonly Variable[], programs: Programs) {
    this.#values = values
    this.#variables = variables
    this.#programs = programs
  }

  /** Throws a CelError when the expression is none or has no value. `write` is what its text means where that is not plain CEL. */
  evaluate(expression: string): unknown {
    const program: CelProgram = this.#programs.get(expression, policyVariables)
    return program.evaluate({ ...this.#values, variables: this.#needed(expression) }, this.#meter)
  }

  #needed(expression: string): Record<string, unknown> {
    const values: Record<string, unknown> = {}
    for (const [, name = ''] of expression.matchAll(/\bvariables\s*\.\s*([A-Za-z_][A-Za-z0-9_]*)/g)) {
      const variable = this.#variables.find(each => each.name === name)
      if (variable) values[name] = this.#valueOf(variable)
    }
    return values
  }

  #valueOf(variable: Variable): unknown {
    const known = this.#known.get(variable.name) ?? this.#compute(variable)
    if ('error' in known) throw known.error
    return known.value
  }

  #compute({ name, expression }: Variable) {
    // One that needs itself has no value; without this it would be looked for for ever.
    this.#known.set(name, { error: new Error(`variable ${name} refers to itself`) })
    const result = this.#attempt(expression)
    this.#known.set(name, result)
    return result
  }

  #attempt(expression: string): { readonly value: unknown } | { readonly error: unknown } {
    try {
      return { value: this.evaluate(expression) }
    } catch (error) {
      return { error }
    }
  }
}
