import type { Container } from '../core/container.ts'
import type { Pod } from '../core/pod.ts'
import { podQosClass } from '../core/pod-qos.ts'
import type { ScopedResourceSelectorRequirement } from '../core/resource-quota.ts'
import { isPodFinished } from '../pod-phase.ts'
import { hasPodLevelResources, podResources, type Quantities } from '../pod-resources.ts'
import { holdsFor, type QuotaEvaluator } from './evaluator.ts'

const count = 'count/pods'
const measured = ['cpu', 'memory', 'ephemeral-storage']
const named = new Set([count, 'pods', ...measured, ...measured.flatMap(name => [`requests.${name}`, `limits.${name}`])])
/** Of these alone a quota demands that every container says how much it wants. */
const demanded = ['cpu', 'memory'].flatMap(name => [name, `requests.${name}`, `limits.${name}`])

const isHugePages = (name: string) => name.startsWith('hugepages-') || name.startsWith('requests.hugepages-')
const isNative = (name: string) => !name.includes('/') || name.includes('kubernetes.io/')
const isExtendedInQuota = (name: string) => !isNative(name) && name.startsWith('requests.')
const isExtended = (name: string) => !isNative(name) && !name.startsWith('requests.')

/** How pods count; upstream's podEvaluator. */
export const podUsage: QuotaEvaluator<Pod> = {
  handles: ({ verb, subresource }) => (subresource ? subresource === 'resize' && verb === 'update' : verb === 'create'),
  resources: names => names.filter(name => named.has(name) || isHugePages(name) || isExtendedInQuota(name)),
  inScope: podInScope,
  missing: missingAmounts,
  usage: (pod, now) => ({ [count]: '1', ...(isCharged(pod, now) ? amountsOf(pod.spec) : {}) }),
}

/** Pods that ran to their end, or whose time to end is over, use nothing any more; upstream's QuotaV1Pod. */
function isCharged(pod: Pod, now: Date): boolean {
  if (isPodFinished(pod)) return false
  const { deletionTimestamp, deletionGracePeriodSeconds } = pod.metadata
  if (!deletionTimestamp || deletionGracePeriodSeconds === undefined) return true
  return now.getTime() <= Date.parse(deletionTimestamp) + deletionGracePeriodSeconds * 1000
}

const amountsOf = (spec: Pod['spec']): Quantities => asCounted(podResources(spec, 'requests'), podResources(spec, 'limits'))

/** Requests and limits under the names that quotas use; upstream's podComputeUsageHelper. */
function asCounted(requests: Quantities, limits: Quantities): Quantities {
  const counted: Record<string, string> = { pods: '1' }
  for (const name of measured) {
    if (requests[name] !== undefined) counted[name] = counted[`requests.${name}`] = requests[name]
    if (limits[name] !== undefined) counted[`limits.${name}`] = limits[name]
  }
  for (const [name, amount] of Object.entries(requests)) {
    if (name.startsWith('hugepages-')) counted[name] = counted[`requests.${name}`] = amount
    else if (isExtended(name)) counted[`requests.${name}`] = amount
  }
  return counted
}

function missingAmounts(resources: readonly string[], { spec }: Pod): string | undefined {
  if (hasPodLevelResources(spec)) return undefined
  const wanted = demanded.filter(name => resources.includes(name)).sort()
  const lacking = (name: string): string[] => {
    const without = ({ resources: { requests = {}, limits = {} } = {} }: Container) => asCounted(requests, limits)[name] === undefined
    return [...new Set([...spec.containers, ...(spec.initContainers ?? [])].filter(without).map(container => container.name))].sort()
  }
  const parts = wanted.flatMap(name => {
    const containers = lacking(name)
    return containers.length > 0 ? [`${name} for: ${containers.join(',')}`] : []
  })
  return parts.length > 0 ? `must specify ${parts.join('; ')}` : undefined
}

function podInScope(rule: ScopedResourceSelectorRequirement, { spec }: Pod): boolean {
  switch (rule.scopeName) {
    case 'Terminating':
      return isTerminating(spec)
    case 'NotTerminating':
      return !isTerminating(spec)
    case 'BestEffort':
      return podQosClass(spec) === 'BestEffort'
    case 'NotBestEffort':
      return podQosClass(spec) !== 'BestEffort'
    case 'PriorityClass':
      return holdsFor(rule, spec.priorityClassName || undefined)
    case 'CrossNamespacePodAffinity':
      return looksIntoOtherNamespaces(spec)
    default:
      return false
  }
}

const isTerminating = ({ activeDeadlineSeconds }: Pod['spec']): boolean => activeDeadlineSeconds !== undefined && activeDeadlineSeconds >= 0

function looksIntoOtherNamespaces({ affinity }: Pod['spec']): boolean {
  return [affinity?.podAffinity, affinity?.podAntiAffinity].some(rules =>
    [
      ...(rules?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
      ...(rules?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ podAffinityTerm }) => podAffinityTerm),
    ].some(({ namespaces, namespaceSelector }) => (namespaces?.length ?? 0) > 0 || namespaceSelector !== undefined),
  )
}
