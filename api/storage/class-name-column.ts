import { nameColumn } from '../columns.ts'
import type { Column, KubernetesObject } from '../kind.ts'

/** The name, and whether it is the class of those who name none: an annotation says so. */
export const classNameColumn = (annotations: readonly string[]): Column<KubernetesObject> => ({
  ...nameColumn,
  cell: ({ metadata }) =>
    annotations.some(name => metadata.annotations?.[name] === 'true') ? `${metadata.name} (default)` : metadata.name,
})
