import type { Pod } from '../../../../api/core/pod.ts'
import { describePolicy, violationsOf, type Policy } from './policy.ts'

/** Upstream looks at no more. */
const mostPods = 3000

/** Which pods of a namespace break the policy that it is to have; those that break it in the same ways in one line. */
export function existingPodWarnings(namespace: string, pods: readonly Pod[], policy: Policy): string[] {
  const checked = pods.slice(0, mostPods)
  const namesByReasons = new Map<string, string[]>()
  for (const pod of checked) {
    const reasons = violationsOf(policy, pod).map(({ reason }) => reason)
    if (reasons.length === 0) continue
    const key = reasons.join(', ')
    namesByReasons.set(key, [...(namesByReasons.get(key) ?? []), pod.metadata.name])
  }
  const lines = [...namesByReasons].map(([reasons, names]) => `${describeNames(names.sort())}: ${reasons}`).sort()
  const level = JSON.stringify(describePolicy(policy))
  return [
    ...(checked.length < pods.length
      ? [`new PodSecurity enforce level only checked against the first ${checked.length} of ${pods.length} existing pods`]
      : []),
    ...(lines.length > 0
      ? [`existing pods in namespace ${JSON.stringify(namespace)} violate the new PodSecurity enforce level ${level}`]
      : []),
    ...lines,
  ]
}

function describeNames([first = '', ...others]: readonly string[]): string {
  if (others.length === 0) return first
  return `${first} (and ${others.length} other ${others.length === 1 ? 'pod' : 'pods'})`
}
