import { ageColumn, nameColumn } from '../columns.ts'
import { parseJsonPath } from '../json-path.ts'
import type { Column, KubernetesObject } from '../kind.ts'
import { ageOf } from '../time.ts'
import type { CustomResourceColumnDefinition } from './custom-resource-definition.ts'

type Cell = string | number | boolean | null

/** The name, then what the definition says; the age when it says nothing (upstream's tableconvertor). */
export function customColumns(definitions: readonly CustomResourceColumnDefinition[] | undefined): Column<KubernetesObject>[] {
  if (!definitions || definitions.length === 0) return [nameColumn, ageColumn]
  return [nameColumn, ...definitions.map(customColumn)]
}

function customColumn({
  name,
  type,
  format,
  description = '',
  priority,
  jsonPath,
}: CustomResourceColumnDefinition): Column<KubernetesObject> {
  const find = parseJsonPath(jsonPath)
  return {
    name,
    type: type as Column<KubernetesObject>['type'],
    ...(format ? { format: format as 'name' } : {}),
    // Upstream says where a value comes from when nobody says what it is.
    description: description || `Custom resource definition column (in JSONPath format): ${jsonPath}`,
    ...(priority ? { priority: priority as 1 } : {}),
    cell: (object, now) => cellOf(type, find(object), now),
  }
}

/** Texts show everything that was found, other types the first, and only what is of the type. */
function cellOf(type: string, found: readonly unknown[], now: Date): Cell {
  const [first] = found
  if (first === undefined || first === null) return null
  switch (type) {
    case 'integer':
      return typeof first === 'number' ? Math.trunc(first) : null
    case 'number':
      return typeof first === 'number' ? first : null
    case 'boolean':
      return typeof first === 'boolean' ? first : null
    case 'date':
      return typeof first === 'string' ? (Number.isNaN(Date.parse(first)) ? '<invalid>' : ageOf(first, now)) : null
    default:
      return found.map(printed).join(' ')
  }
}

const printed = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))
