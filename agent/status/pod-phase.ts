import type { Container } from '../../api/core/container.ts'
import type { ContainerStatus } from '../../api/core/pod-status.ts'
import type { PodSpec } from '../../api/core/pod-spec.ts'
import { isSidecar } from '../../api/pod-containers.ts'
import { restartsAfter } from './restart-policy.ts'

export type Phase = 'Pending' | 'Running' | 'Succeeded' | 'Failed'

/** Why a container is gone that made room for all of the pod's to start anew. */
export const restartingEverything = 'RestartingAllContainers'

type State = 'running' | 'waiting' | 'stopped' | 'succeeded' | 'unknown'

/** A container that waits for its next start counts as stopped: its pod was running already. */
function stateOf(status: ContainerStatus | undefined): State {
  if (status?.state?.running) return 'running'
  if (status?.state?.terminated) return status.state.terminated.exitCode === 0 ? 'succeeded' : 'stopped'
  if (status?.state?.waiting) return status.lastState?.terminated ? 'stopped' : 'waiting'
  return 'unknown'
}

/** How its last run ended. */
const endOf = (status: ContainerStatus | undefined) => status?.state?.terminated ?? status?.lastState?.terminated

/** Of a container that does not run: will it be started again? */
function comesBack(spec: PodSpec, container: Container, status: ContainerStatus | undefined): boolean {
  const end = endOf(status)
  return end !== undefined && (end.reason === restartingEverything || restartsAfter(spec, container, end.exitCode))
}

type StatusOf = (name: string) => ContainerStatus | undefined

function initialization(spec: PodSpec, status: StatusOf, terminal: boolean): { pending: boolean; failed: boolean } {
  let pending = false
  let failed = false
  for (const container of spec.initContainers ?? []) {
    const own = status(container.name)
    const state = stateOf(own)
    if (isSidecar(container)) {
      if (state === 'waiting' || state === 'unknown' || (state === 'running' && own?.started !== true)) pending = true
      continue
    }
    const hasFailed = state === 'stopped' && endOf(own)?.exitCode !== 0
    if (hasFailed && (terminal || !comesBack(spec, container, own))) failed = true
    else if (hasFailed || (state !== 'succeeded' && state !== 'stopped')) pending = true
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
  const { pending, failed } = initialization(spec, get, terminal)
  if (failed) return 'Failed'

  const apps = spec.containers.map(({ name }) => stateOf(get(name)))
  const sidecars = (spec.initContainers ?? []).filter(isSidecar).map(({ name }) => stateOf(get(name)))
  const everStarted = apps.some(state => state === 'running' || state === 'stopped' || state === 'succeeded')
  const running = [...apps, ...sidecars].includes('running')
  if ((pending && !everStarted) || apps.includes('waiting')) return 'Pending'
  if (apps.includes('unknown')) return 'Pending'
  if (running) return 'Running'

  if (!terminal && spec.containers.some(container => comesBack(spec, container, get(container.name)))) return 'Running'
  return apps.every(state => state === 'succeeded') ? 'Succeeded' : 'Failed'
}
