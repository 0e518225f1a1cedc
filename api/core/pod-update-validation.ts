import type { Toleration } from './affinity.ts'
import type { Container } from './container.ts'
import type { Pod } from './pod.ts'
import { goDiff } from './pod-diff.ts'
import { eachAt, ipErrors, invalidAll, rangeErrors } from './pod-field-checks.ts'
import { validateTolerations } from './pod-scheduling-validation.ts'
import { PodSpec } from './pod-spec.ts'
import type { ContainerStatus } from './pod-status.ts'
import { validatePodAsStored } from './pod-validation.ts'
import { isEqual } from '../../common/equal.ts'
import { dns1123SubdomainErrors } from '../names.ts'
import { validateImmutableField } from '../object-meta-validation.ts'
import { fieldForbidden, fieldInvalid, fieldRequired, type FieldError } from '../schema/field-error.ts'

const changeable = [
  '`spec.containers[*].image`',
  '`spec.initContainers[*].image`',
  '`spec.activeDeadlineSeconds`',
  '`spec.tolerations` (only additions to existing tolerations)',
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
].join(',')
const longestDeadline = 2147483647

type Containers = readonly Container[]

/** Undefined when containers were added or removed: nothing else can be compared then. */
function validateImages(next: Containers, current: Containers, path: string): FieldError[] | undefined {
  if (next.length !== current.length) return undefined
  return eachAt(next, path, ({ image = '' }, at) => {
    if (image === '') return [fieldRequired(`${at}.image`)]
    return image === image.trim() ? [] : [fieldInvalid(`${at}.image`, image, 'must not have leading or trailing whitespace')]
  })
}

/** A deadline can be set, and brought forward. */
function validateDeadline(next: number | undefined, current: number | undefined): FieldError[] {
  const path = 'spec.activeDeadlineSeconds'
  if (next === undefined)
    return current === undefined ? [] : [fieldInvalid(path, null, 'must not update from a positive integer to nil value')]
  const wrong = rangeErrors(next, 0, longestDeadline)
  if (wrong.length > 0) return invalidAll(path, next, wrong)
  return current !== undefined && current < next ? [fieldInvalid(path, next, 'must be less than or equal to previous value')] : []
}

const timeless = ({ tolerationSeconds: _, ...toleration }: Toleration) => toleration

function validateAddedTolerations(next: readonly Toleration[], current: readonly Toleration[]): FieldError[] {
  const lost = current.some(old => !next.some(toleration => isEqual(timeless(toleration), timeless(old))))
  return [
    ...(lost ? [fieldForbidden('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds')] : []),
    ...validateTolerations(next, 'spec.tolerations'),
  ]
}

function validateRemovedGates(next: PodSpec, current: PodSpec): FieldError[] {
  const known = new Set(current.schedulingGates?.map(({ name }) => name))
  const added = (next.schedulingGates ?? []).filter(({ name }) => !known.has(name))
  return added.map(({ name }) =>
    fieldForbidden('spec.schedulingGates', `only deletion is allowed, but found new scheduling gate '${name}'`),
  )
}

const withImagesOf = (containers: Containers, current: Containers): Container[] =>
  containers.map((container, index) => {
    const { image: _, ...rest } = container
    const image = current[index]?.image
    return { ...rest, ...(image === undefined ? {} : { image }) }
  })

const copied = ['activeDeadlineSeconds', 'tolerations', 'schedulingGates'] as const

/** While a pod is gated it may be pinned down further: every label asked for must stay. */
function narrowsNodeSelector(next: PodSpec, current: PodSpec): boolean {
  return Object.entries(current.nodeSelector ?? {}).every(([key, value]) => next.nodeSelector?.[key] === value)
}
function narrowsNodeAffinity(next: PodSpec, current: PodSpec): boolean {
  const required = 'requiredDuringSchedulingIgnoredDuringExecution'
  const old = current.affinity?.nodeAffinity?.[required]?.nodeSelectorTerms
  const terms = next.affinity?.nodeAffinity?.[required]?.nodeSelectorTerms ?? []
  if (!old) return true
  const startsWith = (longer: readonly unknown[] | undefined, shorter: readonly unknown[] | undefined) =>
    (shorter ?? []).every((item, index) => isEqual(item, longer?.[index]))
  return (
    old.length === terms.length &&
    old.every(
      (term, index) =>
        startsWith(terms[index]?.matchExpressions, term.matchExpressions) && startsWith(terms[index]?.matchFields, term.matchFields),
    )
  )
}

/** The new spec with everything that may change set back: what still differs may not. */
function withoutAllowedChanges(next: PodSpec, current: PodSpec): PodSpec {
  const spec: { -readonly [K in keyof PodSpec]: PodSpec[K] } = {
    ...next,
    containers: withImagesOf(next.containers, current.containers),
    ...(next.initContainers ? { initContainers: withImagesOf(next.initContainers, current.initContainers ?? []) } : {}),
  }
  const restore = <K extends keyof PodSpec>(field: K) => {
    delete spec[field]
    if (current[field] !== undefined) spec[field] = current[field]
  }
  for (const field of copied) restore(field)
  if ((current.terminationGracePeriodSeconds ?? 0) < 0 && next.terminationGracePeriodSeconds === 1) restore('terminationGracePeriodSeconds')
  if (current.schedulingGates?.length) {
    if (narrowsNodeSelector(next, current)) restore('nodeSelector')
    if (narrowsNodeAffinity(next, current)) {
      const nodeAffinity = current.affinity?.nodeAffinity
      const { nodeAffinity: _, ...others } = next.affinity ?? {}
      const affinity = { ...others, ...(nodeAffinity ? { nodeAffinity } : {}) }
      if (Object.keys(affinity).length > 0 || current.affinity) spec.affinity = affinity
      else delete spec.affinity
    }
  }
  return spec
}

/** The few changes to a pod that its node can follow; everything else needs a new pod (ValidatePodUpdate). */
export function validatePodUpdate(next: Pod, current: Pod): FieldError[] {
  const errors = validatePodAsStored(next)
  for (const field of ['containers', 'initContainers'] as const) {
    const images = validateImages(next.spec[field] ?? [], current.spec[field] ?? [], `spec.${field}`)
    if (!images) return [...errors, fieldForbidden(`spec.${field}`, 'pod updates may not add or remove containers')]
    errors.push(...images)
  }
  const deadline = validateDeadline(next.spec.activeDeadlineSeconds, current.spec.activeDeadlineSeconds)
  errors.push(...deadline)
  if (deadline.length > 0 && next.spec.activeDeadlineSeconds !== undefined) return errors
  errors.push(...validateAddedTolerations(next.spec.tolerations ?? [], current.spec.tolerations ?? []))
  errors.push(...validateRemovedGates(next.spec, current.spec))
  if (errors.length > 0) return errors
  const rest = withoutAllowedChanges(next.spec, current.spec)
  if (isEqual(rest, current.spec)) return []
  return [fieldForbidden('spec', `pod updates may not change fields other than ${changeable}\n${goDiff(PodSpec, current.spec, rest)}`)]
}

/** Containers that are done with stay done with, unless the policy says that failed ones come back. */
type Statuses = readonly ContainerStatus[]
function validateTransitions(next: Statuses, current: Statuses, { path, policy }: { path: string; policy: string }): FieldError[] {
  if (policy === 'Always') return []
  return next.flatMap((status, index) => {
    const ended = current.find(({ name }) => name === status.name)?.state?.terminated
    if (!ended || status.state?.terminated) return []
    if (policy === 'OnFailure' && ended.exitCode !== 0) return []
    return [fieldForbidden(`${path}[${index}].state`, 'may not be transitioned to non-terminated state')]
  })
}

function validateIps(pod: Pod, field: 'podIPs' | 'hostIPs'): FieldError[] {
  const path = `status.${field}`
  const ips = (pod.status[field] ?? []).map(({ ip }) => ip)
  const families = new Set(ips.map(ip => ip.includes(':')))
  return [
    ...eachAt(ips, path, (ip, at) => invalidAll(at, ip, ipErrors(ip))),
    ...(ips.length > 1 && (ips.length > 2 || families.size < 2)
      ? [
          fieldInvalid(
            path,
            (pod.status[field] ?? []).map(({ ip }) => ({ IP: ip })),
            'may specify no more than one IP for each IP family',
          ),
        ]
      : []),
  ]
}

export function validatePodStatusUpdate(next: Pod, current: Pod): FieldError[] {
  const { status } = next
  const policy = next.spec.restartPolicy ?? 'Always'
  const nominated = status.nominatedNodeName
  // Containers with rules of their own may come back whatever the pod's policy is.
  const own = new Set(
    [...next.spec.containers, ...(next.spec.initContainers ?? [])].filter(({ restartPolicy }) => restartPolicy).map(({ name }) => name),
  )
  const plain = (statuses: readonly ContainerStatus[] | undefined) => (statuses ?? []).filter(({ name }) => !own.has(name))
  return [
    ...(next.spec.nodeName === current.spec.nodeName ? [] : [fieldForbidden('status.nodeName', 'may not be changed directly')]),
    ...(nominated && nominated !== current.status.nominatedNodeName
      ? invalidAll('status.nominatedNodeName', nominated, dns1123SubdomainErrors(nominated))
      : []),
    ...(current.status.qosClass === undefined
      ? []
      : validateImmutableField(status.qosClass ?? '', current.status.qosClass, 'status.qosClass')),
    ...validateTransitions(plain(status.containerStatuses), plain(current.status.containerStatuses), {
      path: 'status.containerStatuses',
      policy,
    }),
    ...validateTransitions(plain(status.initContainerStatuses), plain(current.status.initContainerStatuses), {
      path: 'status.initContainerStatuses',
      policy: policy === 'Always' ? 'OnFailure' : policy,
    }),
    ...validateIps(next, 'podIPs'),
    ...validateIps(next, 'hostIPs'),
  ]
}
