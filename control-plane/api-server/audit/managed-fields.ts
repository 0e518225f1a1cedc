import { isRecord } from '../../../api/schema/records.ts'

/** An object, a list or a table without the managed fields of the objects in it. What is given stays as it is. */
export function withoutManagedFields(json: unknown): unknown {
  if (!isRecord(json)) return json
  if (json['kind'] === 'Table') return { ...json, ...each(json, 'rows', row => (isRecord(row) ? { ...row, ...ofRow(row) } : row)) }
  return { ...withoutOwn(json), ...each(json, 'items', withoutOwn) }
}

const ofRow = (row: Record<string, unknown>) => (row['object'] === undefined ? {} : { object: withoutOwn(row['object']) })

function each(json: Record<string, unknown>, name: string, change: (item: unknown) => unknown): Record<string, unknown> {
  const items = json[name]
  return Array.isArray(items) ? { [name]: items.map(change) } : {}
}

function withoutOwn(object: unknown): Record<string, unknown> {
  if (!isRecord(object) || !isRecord(object['metadata'])) return object as Record<string, unknown>
  const { managedFields: _, ...metadata } = object['metadata']
  return { ...object, metadata }
}
