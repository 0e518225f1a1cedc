import type { NodeSelectorRequirement, NodeSelectorTerm } from './core/affinity.ts'
import type { Node } from './core/node.ts'
import type { PodSpec } from './core/pod-spec.ts'

function holds({ operator, values = [] }: NodeSelectorRequirement, value: string | undefined): boolean {
  if (operator === 'Exists') return value !== undefined
  if (operator === 'DoesNotExist') return value === undefined
  if (operator === 'NotIn') return value === undefined || !values.includes(value)
  if (value === undefined) return false
  if (operator === 'In') return values.includes(value)
  const [bound = ''] = values
  if (!/^-?\d+$/.test(value) || !/^-?\d+$/.test(bound)) return false
  return operator === 'Gt' ? Number(value) > Number(bound) : operator === 'Lt' && Number(value) < Number(bound)
}

/** A term without any requirement matches no node. */
export function matchesTerm(node: Node, { matchExpressions = [], matchFields = [] }: NodeSelectorTerm): boolean {
  if (matchExpressions.length + matchFields.length === 0) return false
  const labels = node.metadata.labels ?? {}
  return (
    matchExpressions.every(requirement => holds(requirement, labels[requirement.key])) &&
    matchFields.every(requirement => requirement.key === 'metadata.name' && holds(requirement, node.metadata.name))
  )
}

/** Whether the node is one that the pod's nodeSelector and required node affinity allow. */
export function matchesNodeRequirements(spec: PodSpec, node: Node): boolean {
  const labels = node.metadata.labels ?? {}
  if (Object.entries(spec.nodeSelector ?? {}).some(([key, value]) => labels[key] !== value)) return false
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms
  return terms === undefined || terms.some(term => matchesTerm(node, term))
}
