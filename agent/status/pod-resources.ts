import type { Container, ResourceRequirements } from '../../api/core/container.ts'
import type { PodSpec } from '../../api/core/pod-spec.ts'
import { podResources, type Quantities } from '../../api/pod-resources.ts'
import { formatQuantity, milliValue, quantityToNumber } from '../../api/quantity.ts'
import { milliOfQuota, milliOfShares, quotaOf, sharesOf } from '../runtime/cpu-units.ts'
import type { ContainerResources, ObservedPod } from '../runtime/runtime.ts'

const present = (amounts: Quantities | undefined): amounts is Quantities => Object.keys(amounts ?? {}).length > 0
const milli = (amount: number) => (amount % 1000 === 0 ? String(amount / 1000) : `${amount}m`)
const binary = (bytes: number) => formatQuantity({ nanos: BigInt(bytes) * 1_000_000_000n, format: 'BinarySI' })

/** The amount as it was granted when the kernel works with just that; else what the kernel works with. */
function inForce(granted: Quantities, name: string, actual: { same: boolean; text: string } | undefined): Quantities {
  if (granted[name] === undefined || !actual || actual.same) return granted
  return { ...granted, [name]: actual.text }
}

/** What is in force for something that runs, in the words of what it was granted; it may lag behind while it is resized. */
function actualResources(granted: ResourceRequirements, actual: ContainerResources | undefined): ResourceRequirements {
  if (!actual) return granted
  const { requests = {}, limits = {} } = granted
  const { cpuShares, cpuQuotaMicros, cpuPeriodMicros, memoryBytes } = actual
  const quota = cpuQuotaMicros === undefined ? undefined : { same: false, text: milli(milliOfQuota(cpuQuotaMicros, cpuPeriodMicros)) }
  const cpuLimit = quota && limits.cpu ? { ...quota, same: quotaOf(milliValue(limits.cpu)) === cpuQuotaMicros } : quota
  const shares = cpuShares === undefined ? undefined : { same: false, text: milli(milliOfShares(cpuShares)) }
  const cpuRequest = shares && requests.cpu ? { ...shares, same: sharesOf(milliValue(requests.cpu)) === cpuShares } : shares
  const memory =
    memoryBytes === undefined ? undefined : { same: quantityToNumber(limits.memory ?? '0') === memoryBytes, text: binary(memoryBytes) }
  return {
    ...(granted.limits ? { limits: inForce(inForce(limits, 'cpu', cpuLimit), 'memory', memory) } : {}),
    ...(granted.requests ? { requests: inForce(requests, 'cpu', cpuRequest) } : {}),
  }
}

/** `allocatedResources` and `resources` of a container's status. */
export function containerResourceStatus({ resources = {} }: Pick<Container, 'resources'>, actual: ContainerResources | undefined) {
  const { claims: _, ...granted } = resources
  return {
    ...(present(granted.requests) ? { allocatedResources: granted.requests } : {}),
    resources: actualResources(granted, actual),
  }
}

/** The pod with what is in force instead of what it was granted. */
function withActual(spec: PodSpec, observed: ObservedPod): PodSpec {
  const of = (container: Container): Container => {
    const running = observed.containers.find(({ name, state }) => name === container.name && state === 'running')
    return { ...container, resources: actualResources(container.resources ?? {}, running?.resources) }
  }
  return {
    ...spec,
    containers: spec.containers.map(of),
    ...(spec.initContainers ? { initContainers: spec.initContainers.map(of) } : {}),
    ...(spec.resources ? { resources: actualResources(spec.resources, observed.sandboxes[0]?.resources) } : {}),
  }
}

/** `allocatedResources` and `resources` of a pod's status. */
export function podResourceStatus(
  spec: PodSpec,
  observed: ObservedPod,
): { allocatedResources?: Record<string, string>; resources: ResourceRequirements } {
  const actual = withActual(spec, observed)
  const allocated = podResources(spec, 'requests')
  const requests = podResources(actual, 'requests')
  const limits = podResources(actual, 'limits')
  return {
    ...(present(allocated) ? { allocatedResources: allocated } : {}),
    resources: { ...(present(limits) ? { limits } : {}), ...(present(requests) ? { requests } : {}) },
  }
}
