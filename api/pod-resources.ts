import type { ResourceRequirements } from './core/container.ts'
import type { PodSpec } from './core/pod-spec.ts'
import { isSidecar } from './pod-containers.ts'
import { addQuantities, compareQuantities, formatQuantity, parseQuantity } from './quantity.ts'

/** Amounts as they are written, by resource. */
export type Quantities = Readonly<Record<string, string>>
type Side = 'requests' | 'limits'
type Containers = Pick<PodSpec, 'containers' | 'initContainers'>

function sumOf(a: Quantities, b: Quantities): Quantities {
  const sum: Record<string, string> = { ...a }
  for (const [name, amount] of Object.entries(b)) {
    const before = sum[name]
    sum[name] = before === undefined ? amount : formatQuantity(addQuantities(parseQuantity(before), parseQuantity(amount)))
  }
  return sum
}
function maxOf(a: Quantities, b: Quantities): Quantities {
  const max: Record<string, string> = { ...a }
  for (const [name, amount] of Object.entries(b)) {
    const before = max[name]
    if (before === undefined || compareQuantities(before, amount) < 0) max[name] = amount
  }
  return max
}

/**
 * What the containers of a pod ask for together: the larger of what runs side by side and what one init container needs
 * while the sidecars started before it run.
 */
export function containerAmounts(spec: Containers, side: Side): Quantities {
  const of = (resources: ResourceRequirements | undefined): Quantities => resources?.[side] ?? {}
  let sidecars: Quantities = {}
  let initial: Quantities = {}
  for (const container of spec.initContainers ?? []) {
    const own = of(container.resources)
    if (isSidecar(container)) sidecars = sumOf(sidecars, own)
    initial = maxOf(initial, isSidecar(container) ? sidecars : sumOf(sidecars, own))
  }
  const running = spec.containers.reduce<Quantities>((sum, { resources }) => sumOf(sum, of(resources)), {})
  return maxOf(sumOf(running, sidecars), initial)
}

/** Whether the pod says something of itself as a whole; an empty `resources` does not. */
export const hasPodLevelResources = ({ resources }: Pick<PodSpec, 'resources'>): boolean =>
  Object.keys(resources?.limits ?? {}).length + Object.keys(resources?.requests ?? {}).length > 0

/** What the pod as a whole asks for: its own resources, else those of its containers together; plus overhead. */
export function podResources(spec: PodSpec, side: Side): Quantities {
  const total = { ...containerAmounts(spec, side), ...spec.resources?.[side] }
  return spec.overhead && (side === 'requests' || Object.keys(total).length > 0) ? sumOf(total, spec.overhead) : total
}
