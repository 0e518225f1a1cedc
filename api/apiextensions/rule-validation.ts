import { fieldInvalid, fieldNotSupported, fieldRequired, type FieldError } from '../schema/field-error.ts'
import type { JSONSchemaProps, ValidationRule } from './json-schema-props.ts'
import { undefinedField } from '../cel/undefined-fields.ts'
import { ruleShape } from './rule-shape.ts'
import { rulesOf } from './rules.ts'

const reasons = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired']

/** Whether the rules of one schema can be evaluated. `isObject`: it describes a whole object of the API, embedded or not. */
export function validateRules(schema: JSONSchemaProps, path: string, isObject: boolean): FieldError[] {
  const rules = rulesOf(schema)
  if (rules.length === 0) return []
  const shape = ruleShape(schema, isObject)
  return rules.flatMap(({ rule, error: syntaxError, messageError }, index) => {
    // An optional oldSelf has methods where others have fields.
    const variables = { self: shape, oldSelf: rule.optionalOldSelf ? ('dyn' as const) : shape }
    const error = syntaxError ?? (rule.rule.trim() ? undefinedField(rule.rule, variables) : undefined)
    const at = `${path}.x-kubernetes-validations[${index}]`
    return [
      ...(rule.rule.trim() ? [] : [fieldRequired(`${at}.rule`, 'rule is not specified')]),
      ...(error === undefined ? [] : [fieldInvalid(`${at}.rule`, printed(rule), error)]),
      ...(messageError === undefined ? [] : [fieldInvalid(`${at}.messageExpression`, printed(rule), messageError)]),
      ...validateMessage(rule, at),
      ...validateReason(rule, at),
      ...validateFieldPath(schema, rule, at),
    ]
  })
}

/** As upstream prints a rule: by the names of its Go type. */
const printed = ({ rule, message = '', messageExpression = '', reason, fieldPath = '', optionalOldSelf }: ValidationRule): object => ({
  Rule: rule,
  Message: message,
  MessageExpression: messageExpression,
  Reason: reason ?? null,
  FieldPath: fieldPath,
  OptionalOldSelf: optionalOldSelf ?? null,
})

function validateMessage({ rule, message }: ValidationRule, at: string): FieldError[] {
  if (message === undefined || message === '') {
    return rule.trim().includes('\n') ? [fieldRequired(`${at}.message`, 'message must be specified if rule contains line breaks')] : []
  }
  if (!message.trim()) return [fieldInvalid(`${at}.message`, message, 'message must be non-empty if specified')]
  return message.trim().includes('\n') ? [fieldInvalid(`${at}.message`, message, 'message must not contain line breaks')] : []
}

const validateReason = ({ reason }: ValidationRule, at: string): FieldError[] =>
  reason === undefined || reasons.includes(reason) ? [] : [fieldNotSupported(`${at}.reason`, reason, reasons)]

function validateFieldPath(schema: JSONSchemaProps, { fieldPath }: ValidationRule, at: string): FieldError[] {
  if (!fieldPath) return []
  if (!/^(\.[^.[\]]+|\['(?:\\.|[^'])*'\])+$/.test(fieldPath)) {
    return [fieldInvalid(`${at}.fieldPath`, fieldPath, `fieldPath must be a valid path: expected [ or . but got: ${fieldPath}`)]
  }
  let inner: JSONSchemaProps | undefined = schema
  for (const name of fieldPathNames(fieldPath)) {
    const values: JSONSchemaProps['additionalProperties'] = inner?.additionalProperties
    inner = inner?.properties?.[name] ?? (typeof values === 'object' ? values : undefined)
    if (!inner) return [fieldInvalid(`${at}.fieldPath`, fieldPath, 'fieldPath must be a valid path: does not refer to a valid field')]
  }
  return []
}

/** `.a['b.c']` as `a`, `b.c`. */
export const fieldPathNames = (path: string): string[] =>
  [...path.matchAll(/\.([^.[\]]+)|\['((?:\\.|[^'])*)'\]/g)].map(([, name, quoted]) => name ?? (quoted ?? '').replace(/\\(.)/g, '$1'))
