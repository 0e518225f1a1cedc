import { CelError } from '../cel/cel-error.ts'
import { compileExpression } from '../cel/compile-expression.ts'
import { asMaps } from '../cel/object-literals.ts'
import { eachAt, invalidAll } from '../core/pod-field-checks.ts'
import { qualifiedNameErrors } from '../names.ts'
import { fieldDuplicate, fieldInvalid, fieldRequired, fieldTooMany, type FieldError } from '../schema/field-error.ts'
import type { MatchCondition } from './rules.ts'

export interface ExpressionScope {
  /** What the expressions may read. */
  readonly variables: readonly string[]
  /** Expressions that the object has had already: they were good when they were written, and are not looked at again. */
  readonly kept: ReadonlySet<string>
}

/** What expressions of webhooks may read. */
export const webhookVariables = ['object', 'oldObject', 'request']

/** What expressions of policies may read; parameters only where the policy says of which kind they are. */
export const policyVariables = (paramKind: unknown): string[] => [
  ...['object', 'oldObject', 'request', 'namespaceObject', 'variables'],
  ...(paramKind === undefined ? [] : ['params']),
]

export type ExpressionResult = 'bool' | 'string' | 'any'

/** Nothing when the expression is CEL over these variables and gives what is wanted, as far as that is known; upstream's validateCELCondition. */
export function expressionErrors(
  expression: string,
  path: string,
  { variables, kept, result }: ExpressionScope & { readonly result: ExpressionResult },
): FieldError[] {
  if (kept.has(expression)) return []
  try {
    // Object literals are Kubernetes' own; in other expressions there is none to be rewritten.
    const { resultType } = compileExpression(asMaps(expression), variables)
    return result === 'any' || resultType === 'dyn' || resultType === result
      ? []
      : [fieldInvalid(path, expression, `must evaluate to ${result}`)]
  } catch (error) {
    if (error instanceof CelError) return [fieldInvalid(path, expression, error.message)]
    throw error
  }
}

const mostConditions = 64

/** Upstream's validateMatchConditions. */
export function validateMatchConditions(
  conditions: readonly MatchCondition[] | undefined = [],
  path: string,
  scope: ExpressionScope,
): FieldError[] {
  const names = new Set<string>()
  return [
    ...(conditions.length > mostConditions ? [fieldTooMany(path, conditions.length, mostConditions)] : []),
    ...eachAt(conditions, path, ({ name, expression }, at) => {
      const duplicate = names.has(name)
      names.add(name)
      return [
        ...(expression.trim()
          ? expressionErrors(expression.trim(), `${at}.expression`, { ...scope, result: 'bool' })
          : [fieldRequired(`${at}.expression`)]),
        ...(name ? invalidAll(`${at}.name`, name, qualifiedNameErrors(name)) : [fieldRequired(`${at}.name`)]),
        ...(name && duplicate ? [fieldDuplicate(`${at}.name`, name)] : []),
      ]
    }),
  ]
}

/** The expressions of conditions, for `kept`. */
export const expressionsOf = (conditions: readonly MatchCondition[] | undefined = []): string[] =>
  conditions.map(({ expression }) => expression.trim())
