import type { PodFailurePolicy, PodFailurePolicyOnExitCodesRequirement } from '../../../api/batch/job-spec.ts'
import type { ContainerStatus } from '../../../api/core/pod-status.ts'
import type { Pod } from '../../../api/core/pod.ts'

export interface FailureVerdict {
  /** What the first rule that fits says; undefined when none does. */
  readonly action?: PodFailurePolicy['rules'][number]['action']
  /** Whether the failure counts against the limits. */
  readonly counts: boolean
  /** Why the whole Job fails, with action FailJob. */
  readonly message?: string
}

/** What a Job's policy says about a failed pod (upstream's matchPodFailurePolicy). */
export function judgeFailure(policy: PodFailurePolicy | undefined, pod: Pod): FailureVerdict {
  for (const [index, rule] of (policy?.rules ?? []).entries()) {
    const { action } = rule
    const cause = causeOf(rule, pod)
    if (cause === undefined) continue
    const message = `${cause} matching ${action} rule at index ${index}`
    return { action, counts: action !== 'Ignore', ...(action === 'FailJob' ? { message } : {}) }
  }
  return { counts: true }
}

/** In which way a rule fits, in the words of the message; undefined when it does not. */
function causeOf({ onExitCodes, onPodConditions = [] }: PodFailurePolicy['rules'][number], { metadata, status }: Pod): string | undefined {
  const name = `${metadata.namespace ?? ''}/${metadata.name}`
  if (onExitCodes) {
    const containers = [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? [])]
    const found = containers.find(container => exitCodeFits(onExitCodes, container))
    return found && `Container ${found.name} for pod ${name} failed with exit code ${found.state?.terminated?.exitCode ?? 0}`
  }
  const found = (status.conditions ?? []).find(({ type, status: is }) =>
    onPodConditions.some(pattern => pattern.type === type && (pattern.status ?? 'True') === is),
  )
  return found && `Pod ${name} has condition ${found.type}`
}

function exitCodeFits(
  { containerName, operator, values }: PodFailurePolicyOnExitCodesRequirement,
  { name, state }: ContainerStatus,
): boolean {
  const code = state?.terminated?.exitCode
  if (code === undefined || code === 0 || (containerName !== undefined && containerName !== name)) return false
  return values.includes(code) === (operator === 'In')
}
