import { parseRequirements } from './label-selector-parser.ts'
import { labelValueErrors, qualifiedNameErrors } from './names.ts'
import type { LabelSelector, LabelSelectorRequirement } from './meta.ts'
import { fieldForbidden, fieldInvalid, fieldRequired, type FieldError } from './schema/field-error.ts'

export type Operator = '=' | '==' | '!=' | 'in' | 'notin' | 'exists' | '!' | 'gt' | 'lt'

export interface Requirement {
  readonly key: string
  readonly operator: Operator
  readonly values: readonly string[]
}

/** All requirements must hold; none at all selects everything. */
export interface Selector {
  readonly requirements: readonly Requirement[]
  /** Selects no object whatever its labels are. */
  readonly nothing?: true
}

type Labels = Readonly<Record<string, string>> | undefined

const nothing: Selector = { requirements: [], nothing: true }

const byKey = (a: Requirement, b: Requirement) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)

/** Reads `a=b,c in (d,e),!f`. Throws a SyntaxError in upstream's words. */
export const parseLabelSelector = (text: string): Selector => ({ requirements: parseRequirements(text).sort(byKey) })

export const matches = (selector: Selector, labels: Labels): boolean =>
  !selector.nothing && selector.requirements.every(requirement => holds(requirement, labels))

function holds({ key, operator, values }: Requirement, labels: Labels): boolean {
  const value = labels && Object.hasOwn(labels, key) ? labels[key] : undefined
  if (operator === '!') return value === undefined
  if (operator === 'notin' || operator === '!=') return value === undefined || !values.includes(value)
  if (value === undefined) return false
  if (operator === 'exists') return true
  if (operator === 'gt' || operator === 'lt') return compares(value, operator, values[0])
  return values.includes(value)
}

function compares(value: string, operator: 'gt' | 'lt', bound: string | undefined): boolean {
  if (bound === undefined || !/^[+-]?[0-9]+$/.test(value) || !/^[+-]?[0-9]+$/.test(bound)) return false
  return operator === 'gt' ? BigInt(value) > BigInt(bound) : BigInt(value) < BigInt(bound)
}

const operators: Readonly<Record<string, Operator>> = { In: 'in', NotIn: 'notin', Exists: 'exists', DoesNotExist: '!' }

/** A LabelSelector object as a selector: absent selects nothing, an empty one everything. Throws when an operator is unknown. */
export function selectorFromObject(object: LabelSelector | undefined | null): Selector {
  if (!object) return nothing
  const equal = Object.entries(object.matchLabels ?? {}).map(([key, value]): Requirement => ({ key, operator: '=', values: [value] }))
  return { requirements: [...equal, ...(object.matchExpressions ?? []).map(requirementOf)].sort(byKey) }
}

function requirementOf({ key, operator, values }: LabelSelectorRequirement): Requirement {
  const known = operators[operator]
  if (!known) throw new SyntaxError(`${JSON.stringify(operator)} is not a valid label selector operator`)
  return { key, operator: known, values: values ?? [] }
}

/** The selector of a plain map of labels, such as a Service's; an absent or empty one selects everything. */
export const selectorFromLabels = (labels: Labels): Selector => selectorFromObject({ matchLabels: { ...labels } })

/** The text that `parseLabelSelector` reads back. */
export const formatSelector = (selector: Selector): string => selector.requirements.map(formatRequirement).join(',')

function formatRequirement({ key, operator, values }: Requirement): string {
  if (operator === 'exists') return key
  if (operator === '!') return `!${key}`
  const list = [...values].sort().join(',')
  if (operator === 'in' || operator === 'notin') return `${key} ${operator} (${list})`
  const symbol = operator === 'gt' ? '>' : operator === 'lt' ? '<' : operator
  return `${key}${symbol}${list}`
}

/** A LabelSelector object as tables print it. */
export function formatLabelSelector(object: LabelSelector | undefined | null): string {
  if (object?.matchExpressions?.some(({ operator }) => !operators[operator])) return '<error>'
  return formatSelector(selectorFromObject(object)) || '<none>'
}

/** Labels as tables print them: `a=b,c=d`. */
export const formatLabels = (labels: Labels): string => formatSelector(selectorFromLabels(labels)) || '<none>'

export const validateLabels = (labels: Labels, path: string): FieldError[] =>
  Object.entries(labels ?? {}).flatMap(([key, value]) => [
    ...qualifiedNameErrors(key).map(error => fieldInvalid(path, key, error)),
    ...labelValueErrors(value).map(error => fieldInvalid(path, value, error)),
  ])

export function validateLabelSelector(object: LabelSelector | undefined, path: string): FieldError[] {
  if (!object) return []
  return [
    ...validateLabels(object.matchLabels, `${path}.matchLabels`),
    ...(object.matchExpressions ?? []).flatMap((each, index) => validateRequirement(each, `${path}.matchExpressions[${index}]`)),
  ]
}

function validateRequirement({ key, operator, values = [] }: LabelSelectorRequirement, path: string): FieldError[] {
  const errors: FieldError[] = []
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0) errors.push(fieldRequired(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'"))
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length > 0)
      errors.push(fieldForbidden(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"))
  } else {
    errors.push(fieldInvalid(`${path}.operator`, operator, 'not a valid selector operator'))
  }
  return [...errors, ...qualifiedNameErrors(key).map(error => fieldInvalid(`${path}.key`, key, error))]
}
