import type { ResourceRequirements } from '../../api/core/container.ts'
import type { PodSpec } from '../../api/core/pod-spec.ts'
import { isSidecar } from '../../api/pod-containers.ts'
import { addQuantities, compareQuantities, formatQuantity, parseQuantity } from '../../api/quantity.ts'

type Amounts = Readonly<Record<string, string>>

function sumOf(a: Amounts, b: Amounts): Record<string, string> {
  const sum: Record<string, string> = { ...a }
  for (const [name, amount] of Object.entries(b)) {
    const before = sum[name]
    sum[name] = before === undefined ? amount : formatQuantity(addQuantities(parseQuantity(before), parseQuantity(amount)))
  }
  return sum
}
function maxOf(a: Amounts, b: Amounts): Record<string, string> {
  const max: Record<string, string> = { ...a }
  for (const [name, amount] of Object.entries(b)) {
    const before = max[name]
    if (before === undefined || compareQuantities(before, amount) < 0) max[name] = amount
  }
  return max
}

/**
 * What the pod as a whole asks for: app containers and sidecars together, or an init container with the sidecars before it,
 * whichever is more, plus overhead. Resources given for the pod itself take precedence.
 */
export function podResources(spec: PodSpec, kind: 'requests' | 'limits'): Record<string, string> {
  const of = (resources: ResourceRequirements | undefined): Amounts => resources?.[kind] ?? {}
  let running = spec.containers.reduce<Record<string, string>>((sum, { resources }) => sumOf(sum, of(resources)), {})
  let sidecars: Record<string, string> = {}
  let initial: Record<string, string> = {}
  for (const container of spec.initContainers ?? []) {
    const own = of(container.resources)
    if (isSidecar(container)) sidecars = sumOf(sidecars, own)
    initial = maxOf(initial, isSidecar(container) ? sidecars : sumOf(sidecars, own))
  }
  running = maxOf(sumOf(running, sidecars), initial)
  const total = { ...running, ...of(spec.resources) }
  return spec.overhead && (kind === 'requests' || Object.keys(total).length > 0) ? sumOf(total, spec.overhead) : total
}

const present = (amounts: Amounts) => Object.keys(amounts).length > 0

/** `allocatedResources` and `resources` of a pod's status. */
export function resourceStatus(spec: PodSpec): { allocatedResources?: Record<string, string>; resources: ResourceRequirements } {
  const requests = podResources(spec, 'requests')
  const limits = podResources(spec, 'limits')
  return {
    ...(present(requests) ? { allocatedResources: requests } : {}),
    resources: { ...(present(limits) ? { limits } : {}), ...(present(requests) ? { requests } : {}) },
  }
}
