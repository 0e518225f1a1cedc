import { nonNegativeErrors } from './template-validation.ts'
import { asInternal } from '../schema/as-internal.ts'
import { percentOf } from '../int-or-string.ts'
import { fieldInvalid, type FieldError } from '../schema/field-error.ts'

const percentMessage =
  "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"

/** A number of pods that is not negative, or a percentage. */
export function validateAmount(value: number | string, path: string): FieldError[] {
  if (typeof value === 'number') return nonNegativeErrors(value, path)
  return percentOf(value) === undefined ? [fieldInvalid(path, value, percentMessage)] : []
}

export const validateAtMostAll = (value: number | string, path: string): FieldError[] =>
  (percentOf(value) ?? 0) > 100 ? [fieldInvalid(path, value, 'must not be greater than 100%')] : []

/** As `validateAmount`, and no more than all of them. */
export const validateRollingAmount = (value: number | string, path: string): FieldError[] => [
  ...validateAmount(value, path),
  ...validateAtMostAll(value, path),
]

/** 25 of `25%`, 3 of 3 and, though that is not allowed, of "3"; 0 of anything else. */
export const amountOf = (value: number | string): number => {
  if (typeof value === 'number') return value
  return percentOf(value) ?? (/^[+-]?\d+$/.test(value) ? Number(value) : 0)
}

/** A strategy as upstream prints it; `unset`: what the fields of its rolling update are where they are not given. */
export function internalStrategy(
  { type = '', rollingUpdate }: { readonly type?: string; readonly rollingUpdate?: Readonly<Record<string, unknown>> },
  unset: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const update = rollingUpdate && internalForm({ ...unset, ...rollingUpdate })
  return { Type: type, RollingUpdate: update ?? null }
}

/** Go's names of the fields begin with a capital letter. */
export const internalForm = (object: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  asInternal(
    Object.keys(object).map(name => name.charAt(0).toUpperCase() + name.slice(1)),
    object,
  )
