import type { Container, ResourceRequirements } from '../../api/core/container.ts'
import type { Pod } from '../../api/core/pod.ts'
import type { PodSpec } from '../../api/core/pod-spec.ts'
import type { ContainerStatus } from '../../api/core/pod-status.ts'
import { compareQuantities } from '../../api/quantity.ts'

type Requests = Readonly<Record<string, string>>
type Known = Pick<ContainerStatus, 'allocatedResources' | 'resources'>

function most(lists: readonly (Requests | undefined)[]): Record<string, string> {
  const result: Record<string, string> = {}
  for (const list of lists)
    for (const [name, amount] of Object.entries(list ?? {})) {
      const known = result[name]
      if (known === undefined || compareQuantities(amount, known) > 0) result[name] = amount
    }
  return result
}

const isInfeasible = ({ status }: Pod): boolean =>
  status.conditions?.some(({ type, reason }) => type === 'PodResizePending' && reason === 'Infeasible') ?? false

const hasGrants = (statuses: readonly Known[] | undefined): boolean =>
  statuses?.some(({ allocatedResources }) => allocatedResources) ?? false

/**
 * The spec of a pod that runs, as its node's capacity is to be counted: while it is resized, it uses the most of what it
 * wants, was granted and has. What it will never get does not count.
 */
export function accountedSpec(pod: Pod): PodSpec {
  const { spec, status } = pod
  if (!hasGrants(status.containerStatuses) && !hasGrants(status.initContainerStatuses)) return spec
  const statuses = new Map([...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])].map(known => [known.name, known]))
  const infeasible = isInfeasible(pod)
  const accounted = (resources: ResourceRequirements | undefined, known: Known | undefined): ResourceRequirements =>
    known?.allocatedResources
      ? {
          ...resources,
          requests: most([infeasible ? undefined : resources?.requests, known.allocatedResources, known.resources?.requests]),
        }
      : (resources ?? {})
  const of = (container: Container): Container => ({
    ...container,
    resources: accounted(container.resources, statuses.get(container.name)),
  })
  return {
    ...spec,
    containers: spec.containers.map(of),
    ...(spec.initContainers ? { initContainers: spec.initContainers.map(of) } : {}),
    ...(spec.resources ? { resources: accounted(spec.resources, wholeOf(pod)) } : {}),
  }
}

/** A pod's status tells of everything that it uses; its own requests are about some of that only. */
function wholeOf({ spec, status }: Pod): Known {
  const only = (amounts: Requests = {}) => Object.fromEntries(Object.entries(amounts).filter(([name]) => spec.resources?.requests?.[name]))
  return { allocatedResources: only(status.allocatedResources), resources: { requests: only(status.resources?.requests) } }
}
