import { isRecord, setOwn } from './records.ts'
import type { Schema } from './schema.ts'

type Fill = (value: unknown) => unknown
const same: Fill = value => value

interface Plan {
  readonly fill: Fill
}
const plans = new WeakMap<Schema, Plan>()

/** Whether anything inside has a default; schemas that contain themselves are looked at once. */
function hasDefaults(schema: Schema, seen = new Set<Schema>()): boolean {
  if (seen.has(schema)) return false
  seen.add(schema)
  const inner = [...Object.values(schema.properties ?? {}), schema.items, schema.additionalProperties]
  return inner.some(child => child !== undefined && (child.default !== undefined || hasDefaults(child, seen)))
}

function planOf(schema: Schema): Plan {
  const known = plans.get(schema)
  if (known) return known
  const plan = { fill: compile(schema) }
  plans.set(schema, plan)
  return plan
}

function compile(schema: Schema): Fill {
  if (!hasDefaults(schema)) return same
  if (schema.type === 'array') return fillList(schema.items ?? {})
  if (schema.additionalProperties) return fillMap(schema.additionalProperties)
  return fillMessage(schema)
}

function fillList(items: Schema): Fill {
  return value => {
    if (!Array.isArray(value)) return value
    const { fill } = planOf(items)
    let out: unknown[] | undefined
    for (let index = 0; index < value.length; index++) {
      const filled = fill(value[index])
      if (filled !== value[index]) (out ??= [...(value as unknown[])])[index] = filled
    }
    return out ?? value
  }
}

function fillMap(values: Schema): Fill {
  return value => {
    if (!isRecord(value)) return value
    const { fill } = planOf(values)
    let out: Record<string, unknown> | undefined
    for (const key of Object.keys(value)) {
      const filled = fill(value[key])
      if (filled !== value[key]) setOwn((out ??= { ...value }), key, filled)
    }
    return out ?? value
  }
}

function fillMessage(schema: Schema): Fill {
  const fields = Object.entries(schema.properties ?? {})
    .filter(([, field]) => field.default !== undefined || hasDefaults(field))
    .map(([name, field]) => ({ name, field }))
  return value => {
    if (!isRecord(value)) return value
    let out: Record<string, unknown> | undefined
    for (const { name, field } of fields) {
      const current = value[name]
      const filled = needsDefault(field, current) ? field.default : current === undefined ? undefined : planOf(field).fill(current)
      if (filled !== current) (out ??= { ...value })[name] = filled
    }
    return out ?? value
  }
}

/** A field without presence cannot tell its zero from absence; one that is written always is filled when empty. */
const needsDefault = (field: Schema, value: unknown): boolean =>
  field.default !== undefined && (value === undefined || value === null || (field.presence !== 'pointer' && isEmptyScalar(field, value)))

const isEmptyScalar = (field: Schema, value: unknown): boolean =>
  value === '' || (value === 0 && field.format !== 'int-or-string') || value === false

/** `value` with every absent field that has a default filled in. Nothing is changed: what needs no default is shared. */
export const withDefaults = <T>(schema: Schema<T>, value: T): T => planOf(schema).fill(value) as T
