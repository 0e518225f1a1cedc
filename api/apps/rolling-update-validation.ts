import { nonNegativeErrors } from './template-validation.ts'
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

/** 25 of `25%`, 3 of 3. */
export const amountOf = (value: number | string): number => (typeof value === 'number' ? value : (percentOf(value) ?? 0))
