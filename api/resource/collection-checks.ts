import { eachAt } from '../core/pod-field-checks.ts'
import { fieldDuplicate, fieldTooMany, type FieldError } from '../schema/field-error.ts'

/** What is wrong with an item, which stands at a path. */
export type Check<T> = (item: T, path: string) => readonly FieldError[]

/** No more than `most` items, each as it should be; when there are more, nothing else is said (upstream's validateSlice). */
export const slice = <T>(
  items: readonly T[] | undefined,
  path: string,
  { most, check }: { most: number; check: Check<T> },
): FieldError[] => (items && items.length > most ? [fieldTooMany(path, items.length, most)] : eachAt(items ?? [], path, check))

/** The same, and no two items with one key (upstream's validateSet). */
export function distinct<T>(
  items: readonly T[] | undefined,
  path: string,
  options: { most: number; check: Check<T>; key(item: T): string },
): FieldError[] {
  const errors = slice(items, path, options)
  if (!items || items.length > options.most) return errors
  const seen = new Set<string>()
  const repeated = eachAt(items, path, (item, at) => {
    const key = options.key(item)
    if (seen.has(key)) return [fieldDuplicate(at, key)]
    seen.add(key)
    return []
  })
  return [...errors, ...repeated]
}

const sorted = <T>(entries: Readonly<Record<string, T>>): [string, T][] => Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1))

/** Longer keys are shown without their middle. */
function shortened(key: string, longest: number): string {
  if (key.length <= longest) return key
  const left = longest - 3
  return `${key.slice(0, Math.floor((left + 1) / 2))}...${key.slice(key.length - Math.floor(left / 2))}`
}

/** No more than `most` entries; keys are checked under the path of the map, values under their own (upstream's validateMap). */
export function entries<T>(
  map: Readonly<Record<string, T>> | undefined,
  path: string,
  options: { most: number; longestKey: number; key: Check<string>; value: Check<T> },
): FieldError[] {
  const all = sorted(map ?? {})
  if (all.length > options.most) return [fieldTooMany(path, all.length, options.most)]
  return all.flatMap(([key, value]) => [
    ...options.key(key, path),
    ...options.value(value, `${path}[${shortened(key, options.longestKey)}]`),
  ])
}
