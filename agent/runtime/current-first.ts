import type { ObservedContainer } from './runtime.ts'

export const newestFirst = (a: { attempt: number; createdAt: string }, b: { attempt: number; createdAt: string }): number =>
  b.attempt - a.attempt || b.createdAt.localeCompare(a.createdAt)

/**
 * Newest attempt first; but a container that runs in the newest sandbox is the current one of its name, whatever newer
 * attempts have come and died beside it.
 */
export function currentFirst(containers: readonly ObservedContainer[], sandboxId: string | undefined): ObservedContainer[] {
  const isCurrent = ({ state, sandboxId: id, restarted }: ObservedContainer) => state === 'running' && id === sandboxId && !restarted
  const sorted = [...containers].sort(newestFirst)
  return [...sorted.filter(isCurrent), ...sorted.filter(container => !isCurrent(container))]
}
