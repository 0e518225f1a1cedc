import { isEqual } from '../../common/equal.ts'
import type { FieldError } from '../schema/field-error.ts'
import { isRecord } from '../schema/records.ts'
import type { JSONSchemaProps } from './json-schema-props.ts'
import { itemsOf, valuesOf } from './schema-parts.ts'

/** What an item of a list was before; undefined where nothing but its place would tell. */
export function correlatedItem(schema: JSONSchemaProps, old: unknown, item: unknown): unknown {
  if (schema['x-kubernetes-list-type'] !== 'map' || !Array.isArray(old) || !isRecord(item)) return undefined
  const keys = schema['x-kubernetes-list-map-keys'] ?? []
  return (old as unknown[]).find(each => isRecord(each) && keys.every(key => isEqual(each[key], item[key])))
}

interface Pair {
  readonly schema: JSONSchemaProps | undefined
  readonly next: unknown
  readonly old: unknown
}

/** The errors about what an update changes; what was wrong before may stay that way (upstream's ratcheting). */
export const aboutChanges = (errors: readonly FieldError[], root: Pair): FieldError[] =>
  errors.filter(({ field }) => !isUnchanged(root, field))

/** Whether the field, or something around it, is what it was. */
function isUnchanged(root: Pair, field: string): boolean {
  let pair: Pair | undefined = root
  let rest = field === '<nil>' ? '' : field
  for (;;) {
    if (pair.old === undefined) return false
    if (isEqual(pair.next, pair.old)) return true
    const [whole = '', name, key] = /^\.?([^.[\]]+)|^\[([^\]]*)\]/.exec(rest) ?? []
    if (!whole) return false
    pair = name === undefined ? item(pair, key ?? '') : child(pair, name)
    if (!pair) return false
    rest = rest.slice(whole.length)
  }
}

function child({ schema, next, old }: Pair, name: string): Pair | undefined {
  if (!isRecord(next) || !isRecord(old) || !Object.hasOwn(next, name)) return undefined
  return { schema: schema?.properties?.[name] ?? (schema && valuesOf(schema)), next: next[name], old: old[name] }
}

function item(pair: Pair, key: string): Pair | undefined {
  const { schema, next, old } = pair
  if (!Array.isArray(next)) return child(pair, key)
  const found: unknown = next[Number(key)]
  return schema && { schema: itemsOf(schema), next: found, old: correlatedItem(schema, old, found) }
}
