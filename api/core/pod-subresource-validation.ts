import { EphemeralContainer, type Container } from './container.ts'
import type { Pod } from './pod.ts'
import { goDiff } from './pod-diff.ts'
import { podQosClass } from './pod-qos.ts'
import { PodSpec } from './pod-spec.ts'
import { validatePodAsStored } from './pod-validation.ts'
import { isEqual } from '../../common/equal.ts'
import { fieldForbidden, fieldInvalid, type FieldError } from '../schema/field-error.ts'

/** Ephemeral containers can be added; those that exist stay what they are (ValidatePodEphemeralContainersUpdate). */
export function validateEphemeralContainersUpdate(next: Pod, current: Pod): FieldError[] {
  const path = 'spec.ephemeralContainers'
  const byName = new Map((next.spec.ephemeralContainers ?? []).map(container => [container.name, container]))
  const changes = (current.spec.ephemeralContainers ?? []).flatMap(old => {
    const container = byName.get(old.name)
    if (!container) return [fieldForbidden(path, `existing ephemeral containers ${JSON.stringify(old.name)} may not be removed\n`)]
    if (isEqual(old, container)) return []
    const diff = goDiff(EphemeralContainer, container, old)
    return [fieldForbidden(path, `existing ephemeral containers ${JSON.stringify(old.name)} may not be changed\n${diff}`)]
  })
  return [...validatePodAsStored(next), ...changes]
}

type Resources = Container['resources']
type Amounts = Readonly<Record<string, string>>
const resizable = new Set(['cpu', 'memory'])

const withoutResizable = (amounts: Amounts | undefined) =>
  Object.fromEntries(Object.entries(amounts ?? {}).filter(([name]) => !resizable.has(name)))
const rest = (resources: Resources | undefined) => ({
  limits: withoutResizable(resources?.limits),
  requests: withoutResizable(resources?.requests),
  claims: resources?.claims ?? [],
})

function validateResources(next: Resources, current: Resources): FieldError[] {
  const errors: FieldError[] = []
  const lost = (kind: 'limits' | 'requests') =>
    [...resizable].some(name => current?.[kind]?.[name] !== undefined && next?.[kind]?.[name] === undefined)
  if (!isEqual(rest(next), rest(current))) errors.push(fieldForbidden('spec', 'only cpu and memory resources are mutable'))
  if (lost('limits')) errors.push(fieldForbidden('spec', 'resource limits cannot be removed'))
  if (lost('requests')) errors.push(fieldForbidden('spec', 'resource requests cannot be removed'))
  return errors
}

const withResourcesOf = (containers: readonly Container[], current: readonly Container[]): Container[] =>
  containers.map((container, index) => {
    const { resizePolicy: _, ...others } = container
    const old = current[index]
    return old ? { ...others, resources: old.resources, ...(old.resizePolicy ? { resizePolicy: old.resizePolicy } : {}) } : container
  })

/** A resize changes the cpu and memory of containers that run, within the pod's quality of service (ValidatePodResize). */
export function validatePodResize(next: Pod, current: Pod): FieldError[] {
  const errors = validatePodAsStored(next)
  if (next.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined)
    errors.push(fieldForbidden('', 'static pods cannot be resized'))
  const before = current.status.qosClass ?? podQosClass(current.spec)
  const after = podQosClass(next.spec)
  if (before !== after) errors.push(fieldInvalid('spec', before, 'Pod QOS Class may not change as a result of resizing'))
  for (const [index, container] of next.spec.containers.entries()) {
    const old = current.spec.containers[index]
    if (old) errors.push(...validateResources(container.resources, old.resources))
  }
  for (const [index, container] of (next.spec.initContainers ?? []).entries()) {
    const old = current.spec.initContainers?.[index]
    if (!old) continue
    if (container.restartPolicy === 'Always') errors.push(...validateResources(container.resources, old.resources))
    else if (!isEqual(container.resources, old.resources))
      errors.push(fieldForbidden('spec', 'resources for non-sidecar init containers are immutable'))
  }
  const { resources: _, ...others } = next.spec
  const unchanged: PodSpec = {
    ...others,
    ...(current.spec.resources ? { resources: current.spec.resources } : {}),
    containers: withResourcesOf(next.spec.containers, current.spec.containers),
    ...(next.spec.initContainers ? { initContainers: withResourcesOf(next.spec.initContainers, current.spec.initContainers ?? []) } : {}),
  }
  if (errors.length === 0 && !isEqual(unchanged, current.spec)) {
    const diff = goDiff(PodSpec, current.spec, unchanged)
    errors.push(fieldForbidden('spec', `pod resize may not change fields other than cpu and memory\n${diff}`))
  }
  return errors
}
