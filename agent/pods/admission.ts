import type { Node } from '../../api/core/node.ts'
import type { NodeSelectorRequirement, NodeSelectorTerm } from '../../api/core/affinity.ts'
import type { Pod } from '../../api/core/pod.ts'
import { milliValue, parseQuantity, quantityToNumber } from '../../api/quantity.ts'
import { isStaticPod } from '../../api/static-pods.ts'
import { podResources } from '../status/pod-resources.ts'

/** Why a pod cannot run here; becomes reason and message of its status and an event. */
export interface Rejection {
  readonly reason: string
  readonly message: string
}

const amountOf = (name: string, quantity: string | undefined) => {
  if (quantity === undefined) return 0
  return name === 'cpu' ? milliValue(parseQuantity(quantity)) : quantityToNumber(parseQuantity(quantity))
}

function insufficient(pod: Pod, others: readonly Pod[], allocatable: Readonly<Record<string, string>>): Rejection | undefined {
  // Who wrote the manifest of a static pod decided that it runs: upstream would make room for it, here it comes in as it is.
  if (isStaticPod(pod)) return undefined
  const capacity = Number(allocatable.pods ?? 110)
  if (others.length + 1 > capacity) return outOf('pods', [1, others.length, capacity])
  for (const [name, quantity] of Object.entries(podResources(pod.spec, 'requests'))) {
    const requested = amountOf(name, quantity)
    const used = others.reduce((sum, other) => sum + amountOf(name, podResources(other.spec, 'requests')[name]), 0)
    const available = amountOf(name, allocatable[name])
    if (requested > 0 && requested + used > available) return outOf(name, [requested, used, available])
  }
  return undefined
}
const outOf = (name: string, [requested, used, capacity]: readonly [number, number, number]): Rejection => ({
  reason: `OutOf${name}`,
  message: `Node didn't have enough resource: ${name}, requested: ${requested}, used: ${used}, capacity: ${capacity}`,
})

function meets({ key, operator, values = [] }: NodeSelectorRequirement, labels: Readonly<Record<string, string>>): boolean {
  const value = labels[key]
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    case 'Gt':
      return value !== undefined && Number(value) > Number(values[0])
    case 'Lt':
      return value !== undefined && Number(value) < Number(values[0])
    default:
      return false
  }
}

function selects(term: NodeSelectorTerm, node: Node): boolean {
  const expressions = term.matchExpressions ?? []
  const fields = term.matchFields ?? []
  if (expressions.length + fields.length === 0) return false
  return (
    expressions.every(requirement => meets(requirement, node.metadata.labels ?? {})) &&
    fields.every(requirement => meets(requirement, { 'metadata.name': node.metadata.name }))
  )
}

function matchesNode({ spec }: Pod, node: Node): boolean {
  const labels = node.metadata.labels ?? {}
  if (!Object.entries(spec.nodeSelector ?? {}).every(([key, value]) => labels[key] === value)) return false
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  return !required || required.nodeSelectorTerms.some(term => selects(term, node))
}

const hostPorts = ({ spec }: Pod): string[] =>
  spec.containers.flatMap(({ ports = [] }) =>
    ports.flatMap(({ hostPort, protocol = 'TCP', hostIP = '' }) =>
      hostPort ? [`${protocol} ${hostIP === '0.0.0.0' ? '' : hostIP} ${hostPort}`] : [],
    ),
  )

/** Whether a pod that the scheduler (or its author) put here can run here. Pure; upstream's admission predicates. */
export function admit(pod: Pod, others: readonly Pod[], node: Node): Rejection | undefined {
  if (!matchesNode(pod, node)) {
    return { reason: 'NodeAffinity', message: "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector" }
  }
  const taken = new Set(others.flatMap(hostPorts))
  if (hostPorts(pod).some(port => taken.has(port))) {
    return { reason: 'NodePorts', message: "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports" }
  }
  return insufficient(pod, others, node.status.allocatable ?? {})
}
