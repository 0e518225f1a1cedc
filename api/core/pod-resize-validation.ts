import type { Container, ResourceRequirements } from './container.ts'
import type { Pod } from './pod.ts'
import { goDiff } from './pod-diff.ts'
import { podQosClass } from './pod-qos.ts'
import { PodSpec } from './pod-spec.ts'
import { validatePodAsStored } from './pod-validation.ts'
import { isSidecar } from '../pod-containers.ts'
import { fieldForbidden, fieldInvalid, type FieldError } from '../schema/field-error.ts'
import { isEqual } from '../../common/equal.ts'

type Amounts = Readonly<Record<string, string>>
type Containers = readonly Container[]

/** The only resources that change while a pod lives. */
const isResizable = (name: string) => name === 'cpu' || name === 'memory'
const fixed = (amounts: Amounts | undefined) => Object.fromEntries(Object.entries(amounts ?? {}).filter(([name]) => !isResizable(name)))

function validateResources(next: ResourceRequirements = {}, current: ResourceRequirements = {}, path: string): FieldError[] {
  const rest = ({ limits, requests, claims }: ResourceRequirements) => ({
    limits: fixed(limits),
    requests: fixed(requests),
    claims: claims ?? [],
  })
  const lost = (side: 'limits' | 'requests') =>
    Object.keys(current[side] ?? {}).some(name => isResizable(name) && next[side]?.[name] === undefined)
  return [
    ...(isEqual(rest(next), rest(current)) ? [] : [fieldForbidden(path, 'only cpu and memory resources are mutable')]),
    ...(lost('limits') ? [fieldForbidden(`${path}.limits`, 'resource limits cannot be removed')] : []),
    ...(lost('requests') ? [fieldForbidden(`${path}.requests`, 'resource requests cannot be removed')] : []),
  ]
}

/** A resize tells containers by their place: they have to be the same ones. */
function validateOrder(next: Containers = [], current: Containers = [], list: 'containers' | 'initContainers'): FieldError[] {
  if (next.length !== current.length) return [fieldForbidden(`spec.${list}`, `${list} may not be added or removed on resize`)]
  return next.flatMap(({ name }, index) =>
    name === current[index]?.name
      ? []
      : [fieldForbidden(`spec.${list}[${index}].name`, `${list} may not be renamed or reordered on resize`)],
  )
}

function validateInitContainer(next: Container, current: Container | undefined, path: string): FieldError[] {
  if (isSidecar(next)) return validateResources(next.resources, current?.resources, path)
  return isEqual(next.resources, current?.resources)
    ? []
    : [fieldForbidden(path, 'resources for non-sidecar init containers are immutable')]
}

const withResourcesOf = (containers: Containers, current: Containers): Container[] =>
  containers.map((container, index) => {
    const { resizePolicy: _, ...others } = container
    const old = current[index]
    return old ? { ...others, resources: old.resources, ...(old.resizePolicy ? { resizePolicy: old.resizePolicy } : {}) } : container
  })

/** What changed besides resources. */
function validateRest(next: PodSpec, current: PodSpec): FieldError[] {
  const { resources: _, ...others } = next
  const unchanged: PodSpec = {
    ...others,
    ...(current.resources ? { resources: current.resources } : {}),
    containers: withResourcesOf(next.containers, current.containers),
    ...(next.initContainers ? { initContainers: withResourcesOf(next.initContainers, current.initContainers ?? []) } : {}),
  }
  if (isEqual(unchanged, current)) return []
  return [fieldForbidden('spec', `pod resize may not change fields other than cpu and memory\n${goDiff(PodSpec, current, unchanged)}`)]
}

/** A node that reports no resources of a container that runs could not change them either. */
function runsWhereNobodyResizes({ status }: Pod): boolean {
  const running = status.containerStatuses?.find(({ state }) => state?.running)
  return running !== undefined && running.resources === undefined
}

/** A resize changes the cpu and memory of containers and pod, within the pod's quality of service (ValidatePodResize). */
export function validatePodResize(next: Pod, current: Pod): FieldError[] {
  if (current.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined)
    return [fieldForbidden('', 'static pods cannot be resized')]
  if (current.spec.os?.name === 'windows') return [fieldForbidden('', 'windows pods cannot be resized')]
  const errors = validatePodAsStored(next)
  if (runsWhereNobodyResizes(current)) errors.push(fieldForbidden('spec', 'Pod running on node without support for resize'))
  const order = [
    ...validateOrder(next.spec.containers, current.spec.containers, 'containers'),
    ...validateOrder(next.spec.initContainers, current.spec.initContainers, 'initContainers'),
  ]
  if (order.length > 0) return [...errors, ...order]
  const before = current.status.qosClass ?? podQosClass(current.spec)
  if (before !== podQosClass(next.spec)) errors.push(fieldInvalid('spec', before, 'Pod QOS Class may not change as a result of resizing'))
  if (next.spec.resources || current.spec.resources)
    errors.push(...validateResources(next.spec.resources, current.spec.resources, 'spec.resources'))
  for (const [index, { resources }] of next.spec.containers.entries())
    errors.push(...validateResources(resources, current.spec.containers[index]?.resources, `spec.containers[${index}].resources`))
  for (const [index, container] of (next.spec.initContainers ?? []).entries())
    errors.push(...validateInitContainer(container, current.spec.initContainers?.[index], `spec.initContainers[${index}].resources`))
  return errors.length > 0 ? errors : validateRest(next.spec, current.spec)
}
