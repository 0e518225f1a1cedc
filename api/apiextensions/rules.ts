import { CelError } from '../cel/cel-error.ts'
import { compileExpression, type CelProgram } from '../cel/compile-expression.ts'
import type { JSONSchemaProps, ValidationRule } from './json-schema-props.ts'

export interface CompiledRule {
  readonly rule: ValidationRule
  /** Undefined: the rule is empty, or does not compile. */
  readonly program?: CelProgram
  readonly error?: string
  readonly messageProgram?: CelProgram
  readonly messageError?: string
  readonly usesOldSelf: boolean
}

const compiled = new WeakMap<JSONSchemaProps, readonly CompiledRule[]>()

/** The rules of one schema, compiled once. */
export function rulesOf(schema: JSONSchemaProps): readonly CompiledRule[] {
  const known = compiled.get(schema)
  if (known) return known
  const rules = (schema['x-kubernetes-validations'] ?? []).map(rule => compileRule(schema, rule))
  compiled.set(schema, rules)
  return rules
}

/** What is known of `self` before there is a value; the fields of objects are looked at when there is one. */
const selfTypes: Readonly<Record<string, string>> = {
  string: 'string',
  integer: 'int',
  number: 'double',
  boolean: 'bool',
  array: 'list',
  object: 'map',
}
const typedFormats = ['date-time', 'datetime', 'date', 'duration', 'byte']

function selfType({ type = '', format = '', ...schema }: JSONSchemaProps): string {
  if (schema['x-kubernetes-int-or-string'] || typedFormats.includes(format)) return 'dyn'
  return selfTypes[type] ?? 'dyn'
}

function compileRule(schema: JSONSchemaProps, rule: ValidationRule): CompiledRule {
  const self = selfType(schema)
  const variables = { self, oldSelf: rule.optionalOldSelf ? 'optional' : self }
  const { program, error } = attempt(rule.rule, variables, 'bool')
  const message = rule.messageExpression ? attempt(rule.messageExpression, variables, 'string') : {}
  return {
    rule,
    ...(program ? { program } : {}),
    ...(error === undefined ? {} : { error }),
    ...(message.program ? { messageProgram: message.program } : {}),
    ...(message.error === undefined ? {} : { messageError: message.error }),
    usesOldSelf: program?.uses.has('oldSelf') ?? false,
  }
}

function attempt(
  source: string,
  variables: Readonly<Record<string, string>>,
  type: 'bool' | 'string',
): { program?: CelProgram; error?: string } {
  if (!source.trim()) return {}
  try {
    const program = compileExpression(source, variables)
    if (program.resultType === type || program.resultType === 'dyn') return { program }
    return { error: type === 'bool' ? 'cel expression must evaluate to a bool' : 'messageExpression must evaluate to a string' }
  } catch (error) {
    if (error instanceof CelError) return { error: error.message }
    throw error
  }
}
