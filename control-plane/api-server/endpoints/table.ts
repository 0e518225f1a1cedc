import type { Kind, KubernetesObject } from '../../../api/kind.ts'
import { partialMetadata } from './partial-metadata.ts'

export type IncludeObject = 'None' | 'Metadata' | 'Object'

interface TableOptions {
  readonly includeObject: IncludeObject
  readonly now: Date
  readonly metadata: object
}

const columnDefinitions = new WeakMap<Kind, object[]>()

/** The rows that kubectl prints. */
export function tableOf(kind: Kind, objects: readonly KubernetesObject[], options: TableOptions) {
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: options.metadata,
    columnDefinitions: definitionsOf(kind),
    rows: objects.map(object => rowOf(kind, object, options)),
  }
}

export const rowOf = (kind: Kind, object: KubernetesObject, { includeObject, now }: Omit<TableOptions, 'metadata'>): object => ({
  cells: kind.columns.map(column => column.cell(object, now)),
  ...(includeObject === 'None' ? {} : { object: includeObject === 'Object' ? object : partialMetadata(object) }),
})

function definitionsOf(kind: Kind): object[] {
  const known = columnDefinitions.get(kind)
  if (known) return known
  const definitions = kind.columns.map(({ name, type, format = '', description, priority = 0 }) => ({
    name,
    type,
    format,
    description,
    priority,
  }))
  columnDefinitions.set(kind, definitions)
  return definitions
}
