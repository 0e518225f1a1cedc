import { badRequest } from '../../../api/errors.ts'
import { matchesFields, parseFieldSelector, requiredValue, unsupportedField, type FieldSelector } from '../../../api/field-selector.ts'
import type { Kind, KubernetesObject } from '../../../api/kind.ts'
import { matches, parseLabelSelector, type Selector } from '../../../api/label-selector.ts'

/** Which objects a list or watch wants. `undefined` wants them all, so that nobody has to look inside. */
export type Selection = ((object: KubernetesObject) => boolean) | undefined

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
  return object =>
    (!name || object.metadata.name === name) &&
    (!fields || matchesFields(fields, object, kind)) &&
    (!labels || matches(labels, object.metadata.labels))
}

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
