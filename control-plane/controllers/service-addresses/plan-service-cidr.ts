import type { IPAddress } from '../../../api/networking/ip-address.ts'
import { coversRange, isServiceAddress, offersAddress, rangesOf, serviceCidrFinalizer } from '../../../api/networking/service-address.ts'
import type { ServiceCIDR } from '../../../api/networking/service-cidr.ts'

/** How long a deleted range that nobody needs stays, so that everybody has heard that no address may be taken from it. */
const graceMilliseconds = 10_000

/** What a ServiceCIDR needs next. */
export type RangeStep =
  | { readonly type: 'protect' }
  | { readonly type: 'ready' }
  | { readonly type: 'blocked' }
  | { readonly type: 'wait'; readonly milliseconds: number }
  | { readonly type: 'release' }
  | { readonly type: 'nothing' }

interface View {
  readonly ranges: readonly ServiceCIDR[]
  readonly addresses: readonly IPAddress[]
  readonly now: Date
}

/** Upstream's sync of ServiceCIDRs: protected and ready while it lives; deleted, it goes when no address is left without a range. */
export function planServiceCidr(range: ServiceCIDR, { ranges, addresses, now }: View): RangeStep {
  const { deletionTimestamp, finalizers = [] } = range.metadata
  const isProtected = finalizers.includes(serviceCidrFinalizer)
  if (!deletionTimestamp) return isProtected ? { type: 'ready' } : { type: 'protect' }
  if (!mayGo(range, { ranges, addresses })) return { type: 'blocked' }
  const left = graceMilliseconds - (now.getTime() - Date.parse(deletionTimestamp))
  if (left > 0) return { type: 'wait', milliseconds: left }
  return { type: isProtected ? 'release' : 'nothing' }
}

/** Whether every address of the range is in another one too (upstream's canDeleteCIDR). */
function mayGo(range: ServiceCIDR, { ranges, addresses }: Omit<View, 'now'>): boolean {
  const others = ranges.filter(({ metadata }) => metadata.name !== range.metadata.name)
  const cidrs = range.spec.cidrs ?? []
  const isCovered = (cidr: string) => others.some(({ spec }) => (spec.cidrs ?? []).some(other => coversRange(other, cidr)))
  if (cidrs.every(isCovered)) return true
  return !addresses
    .filter(isServiceAddress)
    .some(({ metadata: { name } }) => cidrs.some(cidr => offersAddress(cidr, name)) && rangesOf(others, name).length === 0)
}
