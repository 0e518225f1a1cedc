import type { Container, ResourceRequirements } from '../../api/core/container.ts'
import type { Pod } from '../../api/core/pod.ts'
import type { ContainerStatus } from '../../api/core/pod-status.ts'
import type { PodSpec } from '../../api/core/pod-spec.ts'
import type { Quantities } from '../../api/pod-resources.ts'
import { compareQuantities } from '../../api/quantity.ts'

/** What the node has granted a pod: its spec's resources, as they were when the node last said yes. */
export interface Allocation {
  readonly pod: ResourceRequirements | undefined
  readonly containers: ReadonlyMap<string, ResourceRequirements>
}

/** The only resources that change while a pod lives. */
const resizable = ['cpu', 'memory'] as const
const isResizable = (name: string) => (resizable as readonly string[]).includes(name)

const containersOf = (spec: PodSpec): Container[] => [...(spec.initContainers ?? []), ...spec.containers]

export const allocationOfSpec = (spec: PodSpec): Allocation => ({
  pod: spec.resources,
  containers: new Map(containersOf(spec).map(({ name, resources }) => [name, resources ?? {}])),
})

const only = (amounts: Quantities = {}, wanted: (name: string) => boolean): Quantities =>
  Object.fromEntries(Object.entries(amounts).filter(([name]) => wanted(name)))

function restored(spec: ResourceRequirements, granted: { requests: Quantities | undefined; limits: Quantities | undefined }) {
  const side = (name: 'requests' | 'limits') => {
    const amounts = { ...only(spec[name], key => !isResizable(key)), ...only(granted[name], isResizable) }
    return Object.keys(amounts).length > 0 ? { [name]: amounts } : {}
  }
  return { ...(spec.claims ? { claims: spec.claims } : {}), ...side('limits'), ...side('requests') }
}

/** The same as the agent before this one wrote it down: a resize that nobody has judged yet is not in the status. */
export function allocationOfStatus({ spec, status }: Pod): Allocation {
  const statuses = new Map<string, ContainerStatus>(
    [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])].map(known => [known.name, known]),
  )
  const whole = (side: 'requests' | 'limits', known: Quantities | undefined) =>
    only(known, name => spec.resources?.[side]?.[name] !== undefined)
  const containers = containersOf(spec).map(({ name, resources = {} }): [string, ResourceRequirements] => {
    const known = statuses.get(name)
    if (!known?.resources) return [name, resources]
    return [name, restored(resources, { requests: known.allocatedResources, limits: known.resources.limits })]
  })
  const pod =
    spec.resources && status.resources
      ? restored(spec.resources, {
          requests: whole('requests', status.allocatedResources),
          limits: whole('limits', status.resources.limits),
        })
      : spec.resources
  return { pod, containers: new Map(containers) }
}

/** The pod as the node has granted it: what everything on the node works with. */
export function withAllocation(pod: Pod, allocation: Allocation): Pod {
  const granted = (container: Container): Container => ({
    ...container,
    resources: allocation.containers.get(container.name) ?? container.resources,
  })
  const { resources: _, ...spec } = pod.spec
  return {
    ...pod,
    spec: {
      ...spec,
      ...(allocation.pod ? { resources: allocation.pod } : {}),
      containers: spec.containers.map(granted),
      ...(spec.initContainers ? { initContainers: spec.initContainers.map(granted) } : {}),
    },
  }
}

const sameAmount = (a: string | undefined, b: string | undefined) =>
  a === undefined || b === undefined ? a === b : compareQuantities(a, b) === 0
const sameResources = (a: ResourceRequirements = {}, b: ResourceRequirements = {}) =>
  resizable.every(name => sameAmount(a.requests?.[name], b.requests?.[name]) && sameAmount(a.limits?.[name], b.limits?.[name]))

/** Whether the pod wants just what it was granted. */
export const isGranted = (spec: PodSpec, allocation: Allocation): boolean =>
  sameResources(spec.resources, allocation.pod) &&
  containersOf(spec).every(({ name, resources }) => sameResources(resources, allocation.containers.get(name)))
