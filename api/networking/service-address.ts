import { isIP } from 'node:net'
import { parseAddress, parseCidr } from '../../common/cidr.ts'
import { isEqual } from '../../common/equal.ts'
import type { Service } from '../core/service.ts'
import { timestamp } from '../time.ts'
import type { IPAddress, ParentReference } from './ip-address.ts'
import type { ServiceCIDR } from './service-cidr.ts'

/** The ServiceCIDR of the range that the cluster was made with. */
export const defaultServiceCidr = 'kubernetes'
/** Keeps a ServiceCIDR from going while addresses need it. */
export const serviceCidrFinalizer = 'networking.k8s.io/service-cidr-finalizer'

const familyLabel = 'ipaddress.kubernetes.io/ip-family'
const managedByLabel = 'ipaddress.kubernetes.io/managed-by'
const allocatorName = 'ipallocator.k8s.io'

const familyOf = (address: string): 'IPv4' | 'IPv6' => (isIP(address) === 6 ? 'IPv6' : 'IPv4')

/** What says that a service has an address (upstream's newIPAddress). */
export const serviceAddress = (address: string, { metadata: { namespace = '', name } }: Pick<Service, 'metadata'>) => ({
  metadata: { name: address, labels: { [familyLabel]: familyOf(address), [managedByLabel]: allocatorName } },
  spec: { parentRef: { group: '', resource: 'services', namespace, name } },
})

export const isServiceReference = ({ group = '', resource }: ParentReference): boolean => group === '' && resource === 'services'

/** Whether the address says that it is this service's. */
export const isAddressOf = ({ spec: { parentRef } }: IPAddress, { metadata }: Pick<Service, 'metadata'>): boolean =>
  parentRef !== undefined &&
  isServiceReference(parentRef) &&
  (parentRef.namespace ?? '') === (metadata.namespace ?? '') &&
  parentRef.name === metadata.name

/** Whether services' addresses are what it is about; others may have IPAddresses for purposes of their own. */
export const isServiceAddress = ({ metadata }: Pick<IPAddress, 'metadata'>): boolean => metadata.labels?.[managedByLabel] === allocatorName

export const hasAllocatorLabels = ({ metadata }: IPAddress): boolean =>
  isServiceAddress({ metadata }) && metadata.labels?.[familyLabel] === familyOf(metadata.name)

/** The addresses that a service has of its own: none when it is headless or another name (upstream's IsServiceIPSet). */
export const clusterIPsOf = ({ spec: { clusterIP, clusterIPs } }: Service): readonly string[] => {
  if (!clusterIP || clusterIP === 'None') return []
  return clusterIPs?.length ? clusterIPs : [clusterIP]
}

/** Whether a service may have the address out of the range: the first and the last one are nobody's (upstream's PrefixContainsIP). */
export function offersAddress(cidr: string, address: string): boolean {
  const number = parseAddress(address)
  if (number === undefined || parseAddress(cidr.split('/')[0] ?? '') === undefined) return false
  const { first, last } = parseCidr(cidr)
  return number > first && number < last
}

/** The ServiceCIDRs that offer the address. */
export const rangesOf = (all: readonly ServiceCIDR[], address: string): ServiceCIDR[] =>
  all.filter(({ spec }) => (spec.cidrs ?? []).some(cidr => offersAddress(cidr, address)))

const isIPv4Range = (cidr: string): boolean => parseAddress(cidr.split('/')[0] ?? '') !== undefined

/** Whether the outer range has every address of the inner one. */
export function coversRange(outer: string, inner: string): boolean {
  if (outer === inner) return true
  if (!isIPv4Range(outer) || !isIPv4Range(inner)) return false
  const [large, small] = [parseCidr(outer), parseCidr(inner)]
  return large.first <= small.first && large.last >= small.last
}

/** Whether one of the ranges has addresses of the other. */
export const rangesOverlap = (one: string, other: string): boolean => coversRange(one, other) || coversRange(other, one)

/** Whether addresses may be taken from it; a new one whose condition nobody has written yet counts. */
export const isRangeReady = ({ metadata, status }: ServiceCIDR): boolean =>
  !metadata.deletionTimestamp && status.conditions?.find(({ type }) => type === 'Ready')?.status !== 'False'

/**
 * The default range with its condition when it has none yet and is the one of the flag; otherwise as it is (upstream's syncStatus
 * of the default ServiceCIDR).
 */
export function withDefaultRangeReady(range: ServiceCIDR, { cidrs, now }: { cidrs: readonly string[]; now: Date }): ServiceCIDR {
  const known = range.status.conditions?.some(({ type, status }) => type === 'Ready' && status !== 'Unknown')
  if (known || range.metadata.deletionTimestamp || !isEqual(range.spec.cidrs, cidrs)) return range
  return withReady(range, { status: 'True', reason: '', message: 'Kubernetes default Service CIDR is ready', now })
}

interface Ready {
  readonly status: 'True' | 'False'
  readonly reason: string
  readonly message: string
  readonly now: Date
}

/** The range with this condition; the same object when it has it already. */
export function withReady(range: ServiceCIDR, { now, ...wanted }: Ready): ServiceCIDR {
  const conditions = range.status.conditions ?? []
  const current = conditions.find(({ type }) => type === 'Ready')
  if (current && isEqual({ ...current, ...wanted }, current)) return range
  const lastTransitionTime = current?.status === wanted.status ? current.lastTransitionTime : timestamp(now)
  const ready = { type: 'Ready', ...wanted, lastTransitionTime }
  return { ...range, status: { ...range.status, conditions: [...conditions.filter(({ type }) => type !== 'Ready'), ready] } }
}
