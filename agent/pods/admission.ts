import type { Node } from '../../api/core/node.ts'
import type { NodeSelectorRequirement, NodeSelectorTerm } from '../../api/core/affinity.ts'
import type { Pod } from '../../api/core/pod.ts'
import { podResources } from '../../api/pod-resources.ts'
import { milliValue, parseQuantity, quantityToNumber } from '../../api/quantity.ts'
import { containersOf, isSidecar } from '../../api/pod-containers.ts'
import type { NodeSecurity } from './node-security.ts'
import { forbiddenSysctl } from './sysctls.ts'
import { isStaticPod } from '../../api/static-pods.ts'

/** Why a pod cannot run here; becomes reason and message of its status and an event. */
export interface Rejection {
  readonly reason: string
  readonly message: string
}

const amountOf = (name: string, quantity: string | undefined) => {
  if (quantity === undefined) return 0
  return name === 'cpu' ? milliValue(parseQuantity(quantity)) : quantityToNumber(parseQuantity(quantity))
}

export function insufficient(pod: Pod, others: readonly Pod[], allocatable: Readonly<Record<string, string>>): Rejection | undefined {
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

interface HostPort {
  readonly key: string
  readonly address: string
}

const anyAddress = '0.0.0.0'

/** The ports that the pod's long-running containers have of the node. */
const hostPorts = ({ spec }: Pod): HostPort[] =>
  [...(spec.initContainers ?? []).filter(isSidecar), ...spec.containers].flatMap(({ ports = [] }) =>
    ports.flatMap(({ hostPort, protocol = 'TCP', hostIP }) =>
      hostPort ? [{ key: `${protocol} ${hostPort}`, address: hostIP || anyAddress }] : [],
    ),
  )

/** The same port of one address; who listens on all of them has every one. */
const collide = (a: HostPort, b: HostPort): boolean =>
  a.key === b.key && (a.address === b.address || a.address === anyAddress || b.address === anyAddress)

/** Whether the pod or one of its containers wants to be confined by AppArmor. */
function wantsAppArmor({ spec }: Pod): boolean {
  const profiles = [spec.securityContext, ...containersOf(spec).map(({ container }) => container.securityContext)]
  return profiles.some(context => context?.appArmorProfile !== undefined && context.appArmorProfile.type !== 'Unconfined')
}

export interface Surroundings {
  readonly node: Node
  /** The pods that are here already. */
  readonly others: readonly Pod[]
  readonly security: NodeSecurity
}

/** Whether a pod that the scheduler (or its author) put here can run here. Pure; upstream's admission handlers. */
export function admit(pod: Pod, { node, others, security }: Surroundings): Rejection | undefined {
  const sysctl = forbiddenSysctl(pod, security.allowedUnsafeSysctls)
  if (sysctl) return { reason: 'SysctlForbidden', message: sysctl }
  if (!matchesNode(pod, node)) {
    return { reason: 'NodeAffinity', message: "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector" }
  }
  const taken = others.flatMap(hostPorts)
  if (hostPorts(pod).some(port => taken.some(other => collide(port, other)))) {
    return { reason: 'NodePorts', message: "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports" }
  }
  const lacking = insufficient(pod, others, node.status.allocatable ?? {})
  if (lacking || security.appArmor || !wantsAppArmor(pod)) return lacking
  return { reason: 'AppArmor', message: 'Cannot enforce AppArmor: AppArmor is not enabled on the host' }
}
