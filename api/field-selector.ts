import type { Kind, KubernetesObject } from './kind.ts'

export interface FieldRequirement {
  readonly field: string
  readonly operator: '=' | '!='
  readonly value: string
}
export interface FieldSelector {
  readonly requirements: readonly FieldRequirement[]
}

/** Reads `metadata.name=x,spec.nodeName!=y`; commas, equals signs and backslashes in values are escaped by a backslash. */
export function parseFieldSelector(text: string): FieldSelector {
  const terms = splitTerms(text).filter(term => term !== '')
  return { requirements: terms.map(term => requirementOf(text, term)) }
}

const splitTerms = (text: string): string[] => text.match(/(?:\\.|[^,\\]|\\$)+/gs) ?? []

function requirementOf(selector: string, term: string): FieldRequirement {
  const [, field, operator, value] = /^((?:\\.|[^\\=!]|!(?!=))*)(!=|==|=)(.*)$/s.exec(term) ?? []
  if (field === undefined || value === undefined) throw new SyntaxError(`invalid selector: '${selector}'; can't understand '${term}'`)
  return { field, operator: operator === '!=' ? '!=' : '=', value: unescape(value) }
}

function unescape(value: string): string {
  return value.replace(/\\(.?)|[,=]/gs, (sequence, escaped: string | undefined) => {
    if (escaped === undefined) throw new SyntaxError(`invalid field selector: unescaped character in value: ${sequence.codePointAt(0)}`)
    if (!['\\', ',', '='].includes(escaped)) throw new SyntaxError(`invalid field selector: invalid escape sequence: ${sequence}`)
    return escaped
  })
}

const always: Readonly<Record<string, (object: KubernetesObject) => string>> = {
  'metadata.name': object => object.metadata.name,
  'metadata.namespace': object => object.metadata.namespace ?? '',
}

type Selectable = Pick<Kind, 'selectableFields' | 'namespaced' | 'unselectable'>

function getterOf({ selectableFields, namespaced }: Selectable, field: string): ((object: KubernetesObject) => string) | undefined {
  if (selectableFields && Object.hasOwn(selectableFields, field)) return selectableFields[field]
  if (selectableFields && !namespaced && field === 'metadata.namespace') return undefined
  return Object.hasOwn(always, field) ? always[field] : undefined
}

/** What upstream says about the first field that objects of this kind cannot be selected by; undefined when all are known. */
export function unsupportedField(selector: FieldSelector, kind: Selectable): string | undefined {
  const unknown = selector.requirements.find(({ field }) => !getterOf(kind, field))
  if (!unknown) return undefined
  if (kind.unselectable) return kind.unselectable(unknown.field)
  return kind.selectableFields
    ? `field label not supported: ${unknown.field}`
    : `${JSON.stringify(unknown.field)} is not a known field selector: only "metadata.name", "metadata.namespace"`
}

/** Whether `object` is selected; fields without a getter never match. */
export const matchesFields = (selector: FieldSelector, object: KubernetesObject, kind: Selectable): boolean =>
  selector.requirements.every(({ field, operator, value }) => {
    const actual = getterOf(kind, field)?.(object)
    return actual !== undefined && (actual === value) === (operator === '=')
  })

/** The value that `field` must have, where the selector asks for exactly one. */
export const requiredValue = (selector: FieldSelector, field: string): string | undefined =>
  selector.requirements.find(requirement => requirement.field === field && requirement.operator === '=')?.value

const escape = (value: string) => value.replace(/[\\,=]/g, '\\$&')
export const formatFieldSelector = (selector: FieldSelector): string =>
  selector.requirements.map(({ field, operator, value }) => `${field}${operator}${escape(value)}`).join(',')
