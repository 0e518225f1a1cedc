import type { LimitRange, LimitRangeItem } from './limit-range.ts'

/** What a container gets that names nothing: as limit the most, as request the limit or else the least. */
function withItemDefaults(item: LimitRangeItem): LimitRangeItem {
  if (item.type !== 'Container') return item
  const limits = { ...item.max, ...item.default }
  const requests = { ...item.min, ...limits, ...item.defaultRequest }
  const filled = (amounts: Record<string, string>, name: 'default' | 'defaultRequest') =>
    Object.keys(amounts).length > 0 ? { [name]: amounts } : {}
  return { ...item, ...filled(limits, 'default'), ...filled(requests, 'defaultRequest') }
}

export const withLimitRangeDefaults = (range: LimitRange): LimitRange => ({
  ...range,
  spec: { ...range.spec, limits: range.spec.limits.map(withItemDefaults) },
})
