import type { ObservedContainer, ObservedPod, Runtime } from '../runtime/runtime.ts'

type Remover = Pick<Runtime, 'removeContainer' | 'removeSandbox'>

/** Removes every container and sandbox of a pod that has stopped. */
export async function removePod(runtime: Remover, { containers, sandboxes }: ObservedPod): Promise<void> {
  await Promise.all([...containers.map(({ id }) => runtime.removeContainer(id)), ...sandboxes.map(({ id }) => runtime.removeSandbox(id))])
}

/**
 * Attempts that nobody asks for any more: all but the current one and the one before it, whose logs and end are still shown.
 * One that is newer than the current was made by mistake.
 */
export function oldAttempts({ containers }: ObservedPod): ObservedContainer[] {
  const kept = new Map<string, ObservedContainer[]>()
  return containers.filter(container => {
    const [current, before] = kept.get(container.name) ?? []
    const keep = current === undefined || (before === undefined && container.attempt < current.attempt)
    if (keep) kept.set(container.name, [...(current ? [current] : []), container])
    return !keep && container.state !== 'running'
  })
}

/** Removes old attempts of containers, and sandboxes that were replaced and hold none of what is kept. */
export async function removeOldAttempts(runtime: Remover, observed: ObservedPod): Promise<void> {
  const old = oldAttempts(observed)
  await Promise.all(old.map(({ id }) => runtime.removeContainer(id)))
  const kept = new Set(observed.containers.filter(container => !old.includes(container)).map(({ sandboxId }) => sandboxId))
  const replaced = observed.sandboxes.slice(1).filter(({ id, state }) => state === 'notReady' && !kept.has(id))
  await Promise.all(replaced.map(({ id }) => runtime.removeSandbox(id)))
}
