import { isDeepStrictEqual } from 'node:util'
import type { PodCondition, PodStatus } from '../../api/core/pod-status.ts'
import { isOwnDisruption, kubeletConditions, resizeConditions } from './pod-conditions.ts'

const fields = [
  'observedGeneration',
  'phase',
  'reason',
  'message',
  'hostIP',
  'podIP',
  'startTime',
  'initContainerStatuses',
  'containerStatuses',
  'ephemeralContainerStatuses',
  'qosClass',
  'allocatedResources',
  'resources',
] as const

const owned = (status: PodStatus | undefined) =>
  (status?.conditions ?? []).filter(
    condition => kubeletConditions.includes(condition.type) || resizeConditions.includes(condition.type) || isOwnDisruption(condition),
  )
/** Null takes away what a strategic merge would otherwise keep. */
const replacing = (condition: PodCondition) => ({ ...condition, reason: condition.reason ?? null, message: condition.message ?? null })

function addresses(name: 'podIPs' | 'hostIPs', previous: PodStatus | undefined, next: PodStatus): Record<string, unknown> {
  const before = previous?.[name]
  const after = next[name]
  if (!after || isDeepStrictEqual(before, after)) return {}
  return { [name]: before && before.length > 0 ? [...after, { $patch: 'replace' }] : after }
}

/**
 * The strategic merge patch that turns `previous` into `next`, as far as the kubelet owns the fields: conditions of others
 * are never touched. Undefined when there is nothing to write.
 */
export function statusPatch(previous: PodStatus | undefined, next: PodStatus): Record<string, unknown> | undefined {
  const patch: Record<string, unknown> = {}
  for (const field of fields) {
    const before = previous?.[field]
    const after = next[field]
    if (isDeepStrictEqual(before, after)) continue
    patch[field] = after ?? null
  }
  // Maps merge key by key; what left them has to be said.
  for (const field of ['allocatedResources', 'resources'] as const) {
    const before = previous?.[field]
    if (field in patch && before && Object.keys(before).length > 0) patch[field] = { ...(next[field] ?? {}), $patch: 'replace' }
  }
  Object.assign(patch, addresses('podIPs', previous, next), addresses('hostIPs', previous, next))
  const before = owned(previous)
  const changed = owned(next).filter(condition => !before.some(other => isDeepStrictEqual(other, condition)))
  const ended = before.filter(({ type }) => resizeConditions.includes(type) && !next.conditions?.some(other => other.type === type))
  const conditions = [...changed.map(replacing), ...ended.map(({ type }) => ({ type, $patch: 'delete' }))]
  if (conditions.length > 0) patch.conditions = conditions
  return Object.keys(patch).length > 0 ? patch : undefined
}
