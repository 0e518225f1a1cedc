import type { Container } from '../../api/core/container.ts'
import type { Pod } from '../../api/core/pod.ts'
import type { ContainerResources, ObservedContainer, ObservedPod } from '../runtime/runtime.ts'
import { containerResources, podCgroup } from './container-resources.ts'

/** A container that runs, or the sandbox of all of them, with other resources than it was granted. */
export interface ResourceUpdate {
  readonly id: string
  /** Absent: the sandbox. */
  readonly name?: string
  readonly from: ContainerResources
  readonly to: ContainerResources
}

/** The OOM score cannot be changed and the process limit does not. */
const resizableOf = ({ cpuShares, cpuQuotaMicros, cpuPeriodMicros, memoryBytes }: ContainerResources): ContainerResources => ({
  ...(cpuShares === undefined ? {} : { cpuShares }),
  ...(cpuQuotaMicros === undefined ? {} : { cpuQuotaMicros, cpuPeriodMicros: cpuPeriodMicros ?? 100_000 }),
  ...(memoryBytes === undefined ? {} : { memoryBytes }),
})

/** A limit that is not wanted is left as it is: limits cannot be taken away. */
function changed(from: ContainerResources, to: ContainerResources): { cpu: boolean; memory: boolean } {
  const differs = (name: keyof ContainerResources) => to[name] !== undefined && to[name] !== from[name]
  return { cpu: differs('cpuShares') || differs('cpuQuotaMicros'), memory: differs('memoryBytes') }
}

const node = { nodeMemory: 0 }

/** What is to be done about a container that runs with other resources than it was granted. */
export function resizeOf(pod: Pod, container: Container, current: ObservedContainer): 'restart' | ResourceUpdate | undefined {
  if (!current.resources) return undefined
  const [from, to] = [resizableOf(current.resources), resizableOf(containerResources(pod, container, node))]
  const differs = changed(from, to)
  const restarts = (name: 'cpu' | 'memory') =>
    differs[name] && container.resizePolicy?.some(policy => policy.resourceName === name && policy.restartPolicy === 'RestartContainer')
  if (restarts('cpu') || restarts('memory')) return 'restart'
  return differs.cpu || differs.memory ? { id: current.id, name: container.name, from, to } : undefined
}

/** The same for what holds the pod's containers together. */
export function sandboxResize(pod: Pod, observed: ObservedPod): ResourceUpdate | undefined {
  const [sandbox] = observed.sandboxes
  if (sandbox?.state !== 'ready' || !sandbox.resources) return undefined
  const [from, to] = [resizableOf(sandbox.resources), resizableOf(podCgroup(pod, {}))]
  const differs = changed(from, to)
  return differs.cpu || differs.memory ? { id: sandbox.id, from, to } : undefined
}

const growth = ({ from, to }: ResourceUpdate) =>
  (to.cpuQuotaMicros ?? 0) - (from.cpuQuotaMicros ?? 0) || (to.memoryBytes ?? 0) - (from.memoryBytes ?? 0)

/** A whole has to be larger than its parts at any time: it grows before them and shrinks after them; among them, who shrinks goes first. */
export function inUpdateOrder(updates: readonly ResourceUpdate[]): ResourceUpdate[] {
  const whole = updates.filter(({ name }) => name === undefined)
  const parts = updates.filter(({ name }) => name !== undefined).sort((a, b) => growth(a) - growth(b))
  return [...whole.filter(update => growth(update) > 0), ...parts, ...whole.filter(update => growth(update) <= 0)]
}

/** Why memory limits cannot be lowered to below what is in use; undefined: they can. In upstream's words. */
export function memoryRefusal(
  updates: readonly ResourceUpdate[],
  usage: ReadonlyMap<string, number>,
  podLimit: { readonly from?: number | undefined; readonly to?: number | undefined },
): string | undefined {
  const total = [...usage.values()].reduce((sum, bytes) => sum + bytes, 0)
  const problems: string[] = []
  const below = (limit: number, used: number) => `memory limit (${limit}) below current usage (${used})`
  if (podLimit.to !== undefined && podLimit.to < (podLimit.from ?? Infinity) && total >= podLimit.to)
    problems.push(`attempting to set pod ${below(podLimit.to, total)}`)
  for (const { name, from, to } of updates) {
    const used = usage.get(name ?? '') ?? 0
    if (name === undefined || to.memoryBytes === undefined || to.memoryBytes >= (from.memoryBytes ?? Infinity)) continue
    if (used >= to.memoryBytes) problems.push(`attempting to set container "${name}" ${below(to.memoryBytes, used)}`)
  }
  if (problems.length === 0) return undefined
  return `cannot decrease memory limits: ${problems.length === 1 ? problems[0] : `[${problems.join(', ')}]`}`
}
