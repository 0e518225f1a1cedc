import type { Column, KubernetesObject } from './kind.ts'
import { ageOf } from './time.ts'

/** The first column of almost every table; `-o name` and sorting rely on its format. */
export const nameColumn: Column<KubernetesObject> = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: 'Name of the object, unique within its namespace.',
  cell: object => object.metadata.name,
}

export const ageColumn: Column<KubernetesObject> = {
  name: 'Age',
  type: 'string',
  description: 'Time since the object was created.',
  cell: (object, now) => ageOf(object.metadata.creationTimestamp, now),
}

/** What kinds show that have no columns of their own. */
export const createdAtColumn: Column<KubernetesObject> = {
  name: 'Created At',
  type: 'date',
  description: 'When the object was created.',
  cell: object => object.metadata.creationTimestamp,
}

/** The first `max` entries, then how many there are besides. Undefined: there are none. */
export function firstFew(entries: readonly string[], max = 3): string | undefined {
  if (entries.length === 0) return undefined
  const shown = entries.slice(0, max).join(',')
  return entries.length > max ? `${shown} + ${entries.length - max} more...` : shown
}
