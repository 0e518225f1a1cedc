import { badRequest } from '../../../api/errors.ts'
import { matchesFields, parseFieldSelector, requiredValue, unsupportedField, type FieldSelector } from '../../../api/field-selector.ts'
import type { Kind, KubernetesObject } from '../../../api/kind.ts'
import { matches, parseLabelSelector, type Selector } from '../../../api/label-selector.ts'

/** Which objects a list or watch wants. `undefined` wants them all, so that nobody has to look inside. */
export type Selection = Wanted | undefined

export interface Wanted {
  /** Whether it wants this one. */
  matches(object: KubernetesObject): boolean
  /** The only name that what it wants can have; undefined: any. */
  readonly name: string | undefined
  /** Texts that are in the JSON of everything that it wants: where one is missing, nobody has to parse. */
  readonly marks: readonly Buffer[]
}

export interface Selectors {
  readonly labelSelector?: string | undefined
  readonly fieldSelector?: string | undefined
  /** Only this one; a watch or list of one object by path. */
  readonly name?: string | undefined
}

/** Parsed once per request; bad selectors are refused in upstream's words. */
export function selectionOf(kind: Kind, { labelSelector, fieldSelector, name }: Selectors): Selection {
  const labels = labelSelector ? readLabels(labelSelector) : undefined
  const fields = fieldSelector ? readFields(kind, fieldSelector) : undefined
  if (name && fields && requiredValue(fields, 'metadata.name') !== name) {
    throw badRequest("fieldSelector metadata.name doesn't match requested name")
  }
  if (!labels && !fields && !name) return undefined
  return {
    matches: object =>
      (!name || object.metadata.name === name) &&
      (!fields || matchesFields(fields, object, kind)) &&
      (!labels || matches(labels, object.metadata.labels)),
    name: name || (fields && requiredValue(fields, 'metadata.name')),
    // What is stored in another form may say the same in other words.
    marks: kind.storedAs ? [] : [...labelMarks(labels), ...fieldMarks(fields)].map(mark => Buffer.from(mark)),
  }
}

const labelMarks = (selector: Selector | undefined): string[] =>
  (selector?.requirements ?? [])
    .filter(({ operator }) => !['!', '!=', 'notin'].includes(operator))
    .map(({ key, operator, values: [value = '', ...others] }) => {
      const exact = ['=', '==', 'in'].includes(operator) && others.length === 0
      return `${JSON.stringify(key)}:${exact ? JSON.stringify(value) : ''}`
    })

/** Numbers and booleans are no texts in JSON, and stand for what an object does not say. */
const fieldMarks = (selector: FieldSelector | undefined): string[] =>
  (selector?.requirements ?? [])
    .filter(({ operator, value }) => operator === '=' && !/^(true|false|-?\d+|)$/.test(value))
    .map(({ value }) => JSON.stringify(value))

function readLabels(text: string): Selector | undefined {
  const selector = orBadRequest(() => parseLabelSelector(text))
  return selector.requirements.length > 0 ? selector : undefined
}

function readFields(kind: Kind, text: string): FieldSelector | undefined {
  const selector = orBadRequest(() => parseFieldSelector(text))
  const unsupported = unsupportedField(selector, kind)
  if (unsupported) throw badRequest(unsupported)
  return selector.requirements.length > 0 ? selector : undefined
}

function orBadRequest<T>(parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    if (error instanceof SyntaxError) throw badRequest(error.message)
    throw error
  }
}
