import type { Container } from './container.ts'
import { eachAt, invalidAll, supported } from './pod-field-checks.ts'
import type { PodSpec } from './pod-spec.ts'
import { dns1123LabelErrors, qualifiedNameErrors } from '../names.ts'
import { canonicalQuantity, compareQuantities, milliValue, parseQuantity } from '../quantity.ts'
import { fieldDuplicate, fieldForbidden, fieldInvalid, fieldNotFound, fieldRequired, type FieldError } from '../schema/field-error.ts'

type Resources = Partial<Container['resources']>

const counted = [
  'pods',
  'services',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
]
const measured = ['cpu', 'memory', 'ephemeral-storage']
/** What quotas can limit. */
export const standardQuotaResources: ReadonlySet<string> = new Set([
  ...counted,
  ...measured,
  'requests.storage',
  ...measured.flatMap(name => [`requests.${name}`, `limits.${name}`]),
])

const isHugePages = (name: string) => name.startsWith('hugepages-')
const isNative = (name: string) => !name.includes('/') || name.includes('kubernetes.io/')
/** Whether a name is one that a cluster's own devices have: not one of Kubernetes' (upstream's IsExtendedResourceName). */
export const isExtendedResourceName = (name: string): boolean =>
  !isNative(name) && !name.startsWith('requests.') && qualifiedNameErrors(`requests.${name}`).length === 0
/** Whether more may be promised of it than there is. */
export const mayOvercommit = (name: string) => isNative(name) && !isHugePages(name)

/** Names that nodes and quotas may use too. */
export function validateResourceName(name: string, path: string): FieldError[] {
  const wrong = invalidAll(path, name, qualifiedNameErrors(name))
  if (wrong.length > 0) return wrong
  if (
    !name.includes('/') &&
    name !== 'storage' &&
    !standardQuotaResources.has(name) &&
    !isHugePages(name) &&
    !name.startsWith('requests.hugepages-')
  )
    return [fieldInvalid(path, name, 'must be a standard resource type or fully qualified')]
  return []
}

/** Names of what containers can ask for. */
export function validateContainerResourceName(name: string, path: string): FieldError[] {
  const errors = validateResourceName(name, path)
  if (!name.includes('/')) {
    if (!measured.includes(name) && !isHugePages(name)) errors.push(fieldInvalid(path, name, 'must be a standard resource for containers'))
  } else if (!isNative(name) && !isExtendedResourceName(name))
    errors.push(fieldInvalid(path, name, "doesn't follow extended resource name standard"))
  return errors
}

export function validateResourceQuantity(name: string, quantity: string, path: string): FieldError[] {
  const shown = canonicalQuantity(quantity)
  return [
    ...(compareQuantities(quantity, '0') < 0 ? [fieldInvalid(path, shown, 'must be greater than or equal to 0')] : []),
    ...((counted.includes(name) || isExtendedResourceName(name)) && milliValue(quantity) % 1000 !== 0
      ? [fieldInvalid(path, shown, 'must be an integer')]
      : []),
  ]
}

function validateHugePages(name: string, quantity: string, path: string): FieldError[] {
  if (!isHugePages(name)) return []
  const size = parseQuantity(name.slice('hugepages-'.length)).nanos
  const amount = parseQuantity(quantity).nanos
  return size > 0n && amount % size === 0n
    ? []
    : [fieldInvalid(path, canonicalQuantity(quantity), `${canonicalQuantity(quantity)} is not positive integer multiple of ${name}`)]
}

const validateAmount = (name: string, quantity: string, path: string): FieldError[] => [
  ...validateContainerResourceName(name, path),
  ...validateResourceQuantity(name, quantity, path),
  ...validateHugePages(name, quantity, path),
]

function validateRequest(name: string, quantity: string, { limit, path }: { limit: string | undefined; path: string }): FieldError[] {
  if (limit === undefined) {
    return mayOvercommit(name) ? [] : [fieldRequired(`${path}.limits`, 'Limit must be set for non overcommitable resources')]
  }
  const order = compareQuantities(quantity, limit)
  const wrong = (sentence: string) => [fieldInvalid(`${path}.requests`, canonicalQuantity(quantity), sentence)]
  const limitText = `${name} limit of ${canonicalQuantity(limit)}`
  if (order !== 0 && !mayOvercommit(name)) return wrong(`must be equal to ${limitText}`)
  return order > 0 ? wrong(`must be less than or equal to ${limitText}`) : []
}

/** Each entry names a claim of the pod, or one request of it, and no two the same (upstream's validateResourceClaimNames). */
function validateClaims(claims: NonNullable<Resources['claims']>, spec: PodSpec, path: string): FieldError[] {
  const known = (spec.resourceClaims ?? []).map(({ name }) => name).sort()
  const which = known.length > 0 ? `: ${known.join(', ')}` : ' which is empty'
  const seen = new Set<string>()
  return eachAt(claims, path, ({ name, request = '' }, at) => {
    if (!name) return [fieldRequired(at)]
    const repeated = seen.has(name) ? name : repeats({ name, request }, seen)
    const labelled = request && !seen.has(name) ? invalidAll(`${at}.request`, request, dns1123LabelErrors(request)) : []
    seen.add(request ? `${name}/${request}` : name)
    return [
      ...labelled,
      ...(repeated === undefined ? [] : [fieldDuplicate(at, repeated)]),
      ...(known.includes(name) ? [] : [fieldNotFound(at, name, `must be one of the names in pod.spec.resourceClaims${which}`)]),
    ]
  })
}

/** The same request once more, or the whole of a claim of which a request was named before. */
function repeats({ name, request }: { name: string; request: string }, seen: ReadonlySet<string>): string | undefined {
  if (request) return seen.has(`${name}/${request}`) ? `${name}/${request}` : undefined
  return [...seen].some(key => key.startsWith(`${name}/`)) ? name : undefined
}

const sorted = (resources: Readonly<Record<string, string>> | undefined) =>
  Object.entries(resources ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))

/** Limits and requests are amounts of known things, no request exceeds its limit, huge pages come with cpu or memory. */
export function validateContainerResources(resources: Resources, spec: PodSpec, path: string): FieldError[] {
  const limits = sorted(resources.limits)
  const requests = sorted(resources.requests)
  const names = [...limits, ...requests].map(([name]) => name)
  return [
    ...limits.flatMap(([name, quantity]) => validateAmount(name, quantity, `${path}.limits[${name}]`)),
    ...requests.flatMap(([name, quantity]) => [
      ...validateAmount(name, quantity, `${path}.requests[${name}]`),
      ...validateRequest(name, quantity, { limit: resources.limits?.[name], path }),
    ]),
    ...(names.some(isHugePages) && !names.includes('cpu') && !names.includes('memory')
      ? [fieldForbidden(path, 'HugePages require cpu or memory')]
      : []),
    ...validateClaims(resources.claims ?? [], spec, `${path}.claims`),
  ]
}

export function validateResizePolicy(
  policies: NonNullable<Container['resizePolicy']>,
  podRestartPolicy: string | undefined,
  path: string,
): FieldError[] {
  const seen = new Set<string>()
  return policies.flatMap(({ resourceName, restartPolicy }, index) => {
    const duplicate = seen.has(resourceName)
    seen.add(resourceName)
    return [
      ...(duplicate ? [fieldDuplicate(`${path}[${index}]`, resourceName)] : []),
      ...(resourceName ? supported(path, resourceName, ['cpu', 'memory']) : [fieldRequired(path)]),
      ...(restartPolicy ? supported(path, restartPolicy, ['NotRequired', 'RestartContainer']) : [fieldRequired(path)]),
      ...(podRestartPolicy === 'Never' && restartPolicy !== 'NotRequired'
        ? [fieldInvalid(path, restartPolicy, "must be 'NotRequired' when `restartPolicy` is 'Never'")]
        : []),
    ]
  })
}
