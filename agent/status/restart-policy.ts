import type { Container } from '../../api/core/container.ts'
import type { PodSpec } from '../../api/core/pod-spec.ts'

type Policy = Pick<PodSpec, 'restartPolicy'>

/** The first of the container's rules that is about this exit code. */
function ruleFor({ restartPolicyRules = [] }: Container, exitCode: number) {
  return restartPolicyRules.find(({ exitCodes }) => {
    if (!exitCodes) return false
    const listed = (exitCodes.values ?? []).includes(exitCode)
    return exitCodes.operator === 'In' ? listed : !listed
  })
}

/**
 * Whether a container that ended so is started again: its own rules decide, then its own policy, then the pod's. Upstream's
 * ContainerShouldRestart.
 */
export function restartsAfter({ restartPolicy = 'Always' }: Policy, container: Container, exitCode: number): boolean {
  // Without a policy of its own a container has no rules: validation asks for both.
  if (container.restartPolicy && ruleFor(container, exitCode)) return true
  const policy = container.restartPolicy ?? restartPolicy
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0)
}

/** Whether a container that is killed while it runs is started again. There is no exit code yet, so rules do not count. */
export const restartsWhenKilled = ({ restartPolicy }: Policy, container: Container): boolean =>
  (container.restartPolicy ?? restartPolicy) !== 'Never'

/** Whether an end with this exit code makes the whole pod start anew in its place. */
export const restartsEverything = (container: Container, exitCode: number): boolean =>
  ruleFor(container, exitCode)?.action === 'RestartAllContainers'

/** Whether any container of the pod has a rule that restarts everything. */
export const mayRestartEverything = ({ initContainers = [], containers }: PodSpec): boolean =>
  [...initContainers, ...containers].some(({ restartPolicyRules = [] }) =>
    restartPolicyRules.some(({ action }) => action === 'RestartAllContainers'),
  )
