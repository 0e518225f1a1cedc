import { isIP } from 'node:net'
import { fieldInvalid, fieldNotSupported, fieldRequired, type FieldError } from '../schema/field-error.ts'

/** Checks every item of a list under its own path. */
export const eachAt = <T>(items: readonly T[], path: string, check: (item: T, at: string) => readonly FieldError[]): FieldError[] =>
  items.flatMap((item, index) => check(item, `${path}[${index}]`))

/** One Invalid per sentence. */
export const invalidAll = (path: string, value: unknown, sentences: readonly string[]): FieldError[] =>
  sentences.map(sentence => fieldInvalid(path, value, sentence))

/** Upstream prints the supported values in the order given here. */
export const supported = (path: string, value: string, values: readonly string[]): FieldError[] =>
  values.includes(value) ? [] : [fieldNotSupported(path, value, values)]

export const requiredUnless = (value: unknown, path: string): FieldError[] => (value ? [] : [fieldRequired(path)])

/** How upstream says that a number must lie between two others. */
export const rangeErrors = (value: number, minimum: number, maximum: number): string[] =>
  value < minimum || value > maximum ? [`must be between ${minimum} and ${maximum}, inclusive`] : []
export const portNumberErrors = (port: number): string[] => rangeErrors(port, 1, 65535)
/** User and group ids. */
export const idErrors = (id: number): string[] => rangeErrors(id, 0, 2147483647)

export const ipErrors = (address: string): string[] =>
  isIP(address) ? [] : ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']

export const nonNegative = (value: number | undefined, path: string): FieldError[] =>
  (value ?? 0) < 0 ? [fieldInvalid(path, value, 'must be greater than or equal to 0')] : []

const hasBackstep = (path: string): boolean => path.split('/').includes('..')

export const noBacksteps = (value: string, path: string): FieldError[] =>
  hasBackstep(value) ? [fieldInvalid(path, value, "must not contain '..'")] : []

/** A path that stays below the directory it is taken from. */
export const descendingPath = (value: string, path: string): FieldError[] => [
  ...(value.startsWith('/') ? [fieldInvalid(path, value, 'must be a relative path')] : []),
  ...noBacksteps(value, path),
]

/** As `descendingPath`, and not one of the names that volumes of files keep for themselves. */
export const unreservedPath = (value: string, path: string): FieldError[] => [
  ...descendingPath(value, path),
  ...(value.startsWith('..') && !value.startsWith('../') ? [fieldInvalid(path, value, "must not start with '..'")] : []),
]
