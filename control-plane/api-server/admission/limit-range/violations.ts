import type { LimitRange, LimitRangeItem } from '../../../../api/core/limit-range.ts'
import type { PersistentVolumeClaim } from '../../../../api/core/persistent-volume-claim.ts'
import type { Pod } from '../../../../api/core/pod.ts'
import { containerAmounts, type Quantities } from '../../../../api/pod-resources.ts'
import { canonicalQuantity, compareQuantities, milliValue, quantityToNumber } from '../../../../api/quantity.ts'

interface Amounts {
  readonly requests: Quantities
  readonly limits: Quantities
}
/** One resource of one thing against one bound; the problem in upstream's words. */
type Check = (what: { resource: string; type: string; bound: string; request?: string | undefined; limit?: string | undefined }) => string[]

const shown = canonicalQuantity

const minimum: Check = ({ resource, type, bound, request, limit }) => {
  const start = `minimum ${resource} usage per ${type} is ${shown(bound)}`
  if (request === undefined) return [`${start}.  No request is specified`]
  if (compareQuantities(request, bound) < 0) return [`${start}, but request is ${shown(request)}`]
  return limit !== undefined && compareQuantities(limit, bound) < 0 ? [`${start}, but limit is ${shown(limit)}`] : []
}

const maximum: Check = ({ resource, type, bound, request, limit }) => {
  const start = `maximum ${resource} usage per ${type} is ${shown(bound)}`
  if (limit === undefined) return [`${start}.  No limit is specified`]
  if (compareQuantities(limit, bound) > 0) return [`${start}, but limit is ${shown(limit)}`]
  return request !== undefined && compareQuantities(request, bound) > 0 ? [`${start}, but request is ${shown(request)}`] : []
}

const maximumRequest: Check = ({ resource, type, bound, request }) => {
  const start = `maximum ${resource} usage per ${type} is ${shown(bound)}`
  if (request === undefined) return [`${start}.  No request is specified`]
  return compareQuantities(request, bound) > 0 ? [`${start}, but request is ${shown(request)}`] : []
}

/** The largest integer of which a thousandth is exact in upstream's arithmetic. */
const largestWithThousandths = Math.floor(Number(2n ** 63n - 1n) / 1000)

const ratio: Check = ({ resource, type, bound, request, limit }) => {
  const start = `${resource} max limit to request ratio per ${type} is ${shown(bound)}`
  const exact = [request ?? '0', limit ?? '0', bound].every(each => quantityToNumber(each) <= largestWithThousandths)
  const value = (amount: string) => (exact ? milliValue(amount) : quantityToNumber(amount))
  const [asked, most] = [value(request ?? '0'), value(limit ?? '0')]
  if (asked === 0) return [`${start}, but no request is specified or request is 0`]
  if (most === 0) return [`${start}, but no limit is specified or limit is 0`]
  const observed = most / asked
  return observed * 1000 > milliValue(bound) ? [`${start}, but provided ratio is ${observed.toFixed(6)}`] : []
}

const each = (bounds: Quantities | undefined, { requests, limits, type }: Amounts & { readonly type: string }, check: Check): string[] =>
  Object.entries(bounds ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([resource, bound]) => check({ resource, type, bound, request: requests[resource], limit: limits[resource] }))

const against = (item: LimitRangeItem, amounts: Amounts): string[] => [
  ...each(item.min, { ...amounts, type: item.type }, minimum),
  ...each(item.max, { ...amounts, type: item.type }, maximum),
  ...each(item.maxLimitRequestRatio, { ...amounts, type: item.type }, ratio),
]

/** In what a pod breaks the limit range; upstream's PodValidateLimitFunc. */
export const podViolations = ({ spec: { limits } }: LimitRange, { spec }: Pod): string[] =>
  limits.flatMap(item => {
    if (item.type === 'Container')
      return [...spec.containers, ...(spec.initContainers ?? [])].flatMap(({ resources }) =>
        against(item, { requests: resources?.requests ?? {}, limits: resources?.limits ?? {} }),
      )
    if (item.type !== 'Pod') return []
    const whole = (side: 'requests' | 'limits') => ({ ...containerAmounts(spec, side), ...spec.resources?.[side] })
    return against(item, { requests: whole('requests'), limits: whole('limits') })
  })

/** In what a claim breaks the limit range; upstream's PersistentVolumeClaimLimitFunc. */
export const claimViolations = ({ spec: { limits } }: LimitRange, { spec }: PersistentVolumeClaim): string[] =>
  limits
    .filter(({ type }) => type === 'PersistentVolumeClaim')
    .flatMap(item => {
      const amounts = { requests: spec.resources?.requests ?? {}, limits: {} }
      return [
        ...each(item.min, { ...amounts, type: item.type }, minimum),
        ...each(item.max, { ...amounts, type: item.type }, maximumRequest),
      ]
    })
