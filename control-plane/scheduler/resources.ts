import type { Container } from '../../api/core/container.ts'
import type { PodSpec } from '../../api/core/pod-spec.ts'
import { isSidecar } from '../../api/pod-containers.ts'
import { milliValue, quantityToNumber } from '../../api/quantity.ts'

/** Amounts by resource: cpu in thousandths, everything else in whole units. */
export type Amounts = Readonly<Record<string, number>>

const amountOf = (resource: string, quantity: string): number => (resource === 'cpu' ? milliValue(quantity) : quantityToNumber(quantity))

export const amountsOf = (quantities: Readonly<Record<string, string>> | undefined): Amounts =>
  Object.fromEntries(Object.entries(quantities ?? {}).map(([resource, quantity]) => [resource, amountOf(resource, quantity)]))

export function addAmounts(a: Amounts, b: Amounts): Amounts {
  const sum: Record<string, number> = { ...a }
  for (const [resource, amount] of Object.entries(b)) sum[resource] = (sum[resource] ?? 0) + amount
  return sum
}
export const subtractAmounts = (a: Amounts, b: Amounts): Amounts =>
  addAmounts(a, Object.fromEntries(Object.entries(b).map(([resource, amount]) => [resource, -amount])))

function largest(a: Amounts, b: Amounts): Amounts {
  const most: Record<string, number> = { ...a }
  for (const [resource, amount] of Object.entries(b)) most[resource] = Math.max(most[resource] ?? 0, amount)
  return most
}

const requestsOf = (container: Container): Amounts => amountsOf(container.resources?.requests)

/**
 * What a pod takes from its node: containers and sidecars together, or the hungriest moment of initialisation if that is
 * more; requests of the pod as a whole stand in for its containers'; plus overhead.
 */
export function podRequests(spec: PodSpec): Amounts {
  const known = requests.get(spec)
  if (known) return known
  const found = sumRequests(spec)
  requests.set(spec, found)
  return found
}

/** Specs do not change, and are asked about once per rule and whenever something else about their node changes. */
const requests = new WeakMap<PodSpec, Amounts>()

function sumRequests(spec: PodSpec): Amounts {
  let sidecars: Amounts = {}
  let initial: Amounts = {}
  for (const container of spec.initContainers ?? []) {
    const requests = requestsOf(container)
    if (isSidecar(container)) sidecars = addAmounts(sidecars, requests)
    initial = largest(initial, isSidecar(container) ? sidecars : addAmounts(sidecars, requests))
  }
  const running = spec.containers.map(requestsOf).reduce(addAmounts, sidecars)
  const whole = { ...largest(running, initial), ...amountsOf(spec.resources?.requests) }
  return addAmounts(whole, amountsOf(spec.overhead))
}

const scoringDefaults: Amounts = { cpu: 100, memory: 200 * 1024 * 1024 }

/** As `podRequests`, but containers that ask for nothing count as small ones, so that they spread too. */
export const scoringRequests = (spec: PodSpec): Amounts => {
  const asked = podRequests(spec)
  if (asked['cpu'] && asked['memory']) return asked
  const missing = Object.entries(scoringDefaults).filter(([resource]) => !asked[resource])
  return { ...asked, ...Object.fromEntries(missing.map(([resource, amount]) => [resource, amount * spec.containers.length])) }
}
