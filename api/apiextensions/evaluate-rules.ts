import { CelError } from '../cel/cel-error.ts'
import { celOptional, Native } from '../cel/cel-value.ts'
import { Meter } from '../cel/meter.ts'
import { isEqual } from '../../common/equal.ts'
import { fieldDuplicate, fieldForbidden, fieldInvalid, fieldRequired, type FieldError } from '../schema/field-error.ts'
import { isRecord } from '../schema/records.ts'
import { correlatedItem } from './correlation.ts'
import type { JSONSchemaProps } from './json-schema-props.ts'
import { fieldPathNames } from './rule-validation.ts'
import { ruleRoot, ruleValue } from './rule-values.ts'
import { rulesOf, type CompiledRule } from './rules.ts'
import { itemsOf, valuesOf } from './schema-parts.ts'

const withRules = new WeakMap<JSONSchemaProps, boolean>()

/** Whether there is a rule at or below. */
export function hasRules(schema: JSONSchemaProps): boolean {
  const known = withRules.get(schema)
  if (known !== undefined) return known
  const parts = [...Object.values(schema.properties ?? {}), itemsOf(schema), valuesOf(schema), ...(schema.allOf ?? [])]
  const found = rulesOf(schema).length > 0 || parts.some(part => part !== undefined && hasRules(part))
  withRules.set(schema, found)
  return found
}

/** One value on the way down, with what it was before. */
interface Place {
  readonly schema: JSONSchemaProps
  readonly value: unknown
  /** Undefined: it was not there, or nothing tells which it was. */
  readonly old: unknown
  readonly path: string
  /** It, or something around it, is what it was before: only rules about changes count. */
  readonly unchanged: boolean
}

/** Every rule that an object breaks (upstream's CEL Validator). All rules together spend one meter. */
export function evaluateRules(schema: JSONSchemaProps, object: object, current: object | undefined): FieldError[] {
  if (!hasRules(schema)) return []
  const errors: FieldError[] = []
  visit({ schema, value: object, old: current, path: '', unchanged: false }, { errors, meter: new Meter() })
  return errors
}

interface Findings {
  readonly errors: FieldError[]
  readonly meter: Meter
}

function visit(given: Place, findings: Findings): void {
  const place = { ...given, unchanged: given.unchanged || (given.old !== undefined && isEqual(given.old, given.value)) }
  const { schema, value, old, path } = place
  if (value === null || value === undefined || !hasRules(schema) || findings.meter.exhausted) return
  for (const rule of rulesOf(schema)) evaluateRule(rule, place, findings)
  for (const part of schema.allOf ?? []) visit({ ...given, schema: part }, findings)
  const items = itemsOf(schema)
  if (Array.isArray(value) && items) {
    value.forEach((item, index) =>
      visit({ ...place, schema: items, value: item, old: correlatedItem(schema, old, item), path: `${path}[${index}]` }, findings),
    )
  }
  if (!isRecord(value)) return
  const before = isRecord(old) && schema['x-kubernetes-map-type'] !== 'atomic' ? old : {}
  for (const [name, field] of Object.entries(value)) {
    const known = schema.properties?.[name]
    const inner = known ?? valuesOf(schema)
    const at = known ? `${path ? `${path}.` : ''}${name}` : `${path}[${name}]`
    if (inner) visit({ ...place, schema: inner, value: field, old: before[name], path: at }, findings)
  }
}

function evaluateRule(compiled: CompiledRule, place: Place, { errors, meter }: Findings): void {
  const { rule, program, usesOldSelf } = compiled
  if (!program || meter.exhausted) return
  const hasOld = place.old !== undefined && place.old !== null
  if (usesOldSelf && !hasOld && !rule.optionalOldSelf) return
  const native = (value: unknown) => (place.path === '' && isRecord(value) ? ruleRoot(place.schema, value) : ruleValue(place.schema, value))
  const old = hasOld ? native(place.old) : undefined
  const values = { self: new Native(native(place.value)), oldSelf: new Native(rule.optionalOldSelf ? celOptional(old) : old) }
  const report = (error: FieldError) => {
    if (usesOldSelf || !place.unchanged) errors.push(error)
  }
  try {
    if (program.evaluate(values, meter) !== true) report(failure(compiled, place, messageOf(compiled, values, meter)))
  } catch (error) {
    if (!(error instanceof CelError)) throw error
    errors.push(fieldInvalid(fieldName(place.path), typeOf(place.schema), sentence(error.message, text(compiled))))
  }
}

const fieldName = (path: string): string => path || '<nil>'
const typeOf = ({ type = '' }: JSONSchemaProps): string => type
const text = ({ rule }: CompiledRule): string => rule.message?.trim() || rule.rule.trim()

function sentence(message: string, rule: string): string {
  if (message.startsWith('no such overload'))
    return `'${message}': call arguments did not match a supported operator, function or macro signature for rule: ${rule}`
  if (message.startsWith('operation cancelled: actual cost limit exceeded'))
    return `'${message}': no further validation rules will be run due to call cost exceeds limit for rule: ${rule}`
  return `${message} evaluating rule: ${rule}`
}

function failure({ rule }: CompiledRule, { schema, path }: Place, detail: string): FieldError {
  const names = rule.fieldPath ? fieldPathNames(rule.fieldPath) : []
  const at = fieldName([path, ...names].filter(Boolean).join('.'))
  if (rule.reason === 'FieldValueForbidden') return fieldForbidden(at, detail)
  if (rule.reason === 'FieldValueRequired') return fieldRequired(at, detail)
  if (rule.reason === 'FieldValueDuplicate') return fieldDuplicate(at, typeOf(schema))
  return fieldInvalid(at, typeOf(schema), detail)
}

const longestMessage = 5 * 1024

/** What the expression for it says, where that is something to show; else the rule's own message. */
function messageOf(compiled: CompiledRule, values: Readonly<Record<string, unknown>>, meter: Meter): string {
  const { rule, messageProgram } = compiled
  const usual = rule.message ? rule.message.trim() : `failed rule: ${rule.rule.trim()}`
  if (!messageProgram) return usual
  try {
    const message = messageProgram.evaluate(values, meter)
    const trimmed = typeof message === 'string' ? message.trim() : ''
    return trimmed && !trimmed.includes('\n') && trimmed.length <= longestMessage ? trimmed : usual
  } catch (error) {
    // A message that cannot be made must not hide that the rule is broken.
    if (error instanceof CelError) return usual
    throw error
  }
}
