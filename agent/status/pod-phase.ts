import type { ContainerStatus } from '../../api/core/pod-status.ts'
import type { PodSpec } from '../../api/core/pod-spec.ts'
import { isSidecar } from '../../api/pod-containers.ts'

export type Phase = 'Pending' | 'Running' | 'Succeeded' | 'Failed'

type State = 'running' | 'waiting' | 'stopped' | 'succeeded' | 'unknown'

/** A container that waits for its next start counts as stopped: its pod was running already. */
function stateOf(status: ContainerStatus | undefined): State {
  if (status?.state?.running) return 'running'
  if (status?.state?.terminated) return status.state.terminated.exitCode === 0 ? 'succeeded' : 'stopped'
  if (status?.state?.waiting) return status.lastState?.terminated ? 'stopped' : 'waiting'
  return 'unknown'
}

function initialization(spec: PodSpec, status: (name: string) => ContainerStatus | undefined): { pending: boolean; failed: boolean } {
  let pending = false
  let failed = false
  for (const container of spec.initContainers ?? []) {
    const own = status(container.name)
    const state = stateOf(own)
    if (isSidecar(container)) {
      if (state === 'waiting' || state === 'unknown' || (state === 'running' && own?.started !== true)) pending = true
      continue
    }
    const exitCode = own?.state?.terminated?.exitCode ?? own?.lastState?.terminated?.exitCode
    if (state === 'stopped' && exitCode !== 0) failed = true
    else if (state !== 'succeeded' && state !== 'stopped') pending = true
  }
  return { pending, failed }
}

/**
 * The phase that a set of container statuses amounts to. `terminal`: nothing will be started again, whatever the restart
 * policy says.
 */
export function podPhase(spec: PodSpec, statuses: readonly ContainerStatus[], terminal: boolean): Phase {
  const byName = new Map(statuses.map(status => [status.name, status]))
  const get = (name: string) => byName.get(name)
  const { pending, failed } = initialization(spec, get)
  if (failed && (spec.restartPolicy === 'Never' || terminal)) return 'Failed'

  const apps = spec.containers.map(({ name }) => stateOf(get(name)))
  const sidecars = (spec.initContainers ?? []).filter(isSidecar).map(({ name }) => stateOf(get(name)))
  const everStarted = apps.some(state => state === 'running' || state === 'stopped' || state === 'succeeded')
  const running = [...apps, ...sidecars].includes('running')
  if ((pending && !everStarted) || apps.includes('waiting')) return 'Pending'
  if (apps.includes('unknown')) return 'Pending'
  if (running) return 'Running'

  const succeeded = apps.every(state => state === 'succeeded')
  if (terminal) return succeeded ? 'Succeeded' : 'Failed'
  if (spec.restartPolicy === 'Never') return succeeded ? 'Succeeded' : 'Failed'
  if (spec.restartPolicy === 'OnFailure' && succeeded) return 'Succeeded'
  return 'Running'
}
