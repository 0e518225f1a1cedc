import type { StorageClass } from './storage-class.ts'
import type { Node } from '../core/node.ts'

/** Whether the node is in one of the places that a class names; in any when it names none. */
export const isAllowedNode = ({ metadata }: Node, topologies: StorageClass['allowedTopologies'] = []): boolean =>
  topologies.length === 0 ||
  topologies.some(({ matchLabelExpressions = [] }) =>
    matchLabelExpressions.every(({ key, values = [] }) => values.includes(metadata.labels?.[key] ?? '')),
  )
