import type { Runtime } from '../runtime/runtime.ts'
import { wrapRuntime } from '../runtime/wrap-runtime.ts'

/** The verbs that change something: between any two of them an agent may die. */
const changing: readonly (keyof Runtime)[] = [
  ...(['createSandbox', 'startSandbox', 'stopSandbox', 'removeSandbox'] as const),
  ...(['createContainer', 'startContainer', 'stopContainer', 'removeContainer'] as const),
  ...(['createVolume', 'prepareVolumes', 'writeVolume', 'removeVolume', 'pullImage'] as const),
]

export interface Crash {
  /** Which of the changing calls, counted from 0. */
  readonly at: number
  /** `before` it has an effect, or `after` it had, when its caller does not hear of it any more. */
  readonly when: 'before' | 'after'
}

/**
 * The runtime as an agent sees it that is killed at one of its calls: that call and all later ones never come back, and the
 * later ones have no effect. `onCrash` is told when it happens; `calls` counts the changing calls so far.
 */
export function crashingRuntime(
  runtime: Runtime,
  crash: Crash,
  onCrash: () => void,
): { readonly runtime: Runtime; readonly calls: string[] } {
  const calls: string[] = []
  let dead = false
  const never = () => new Promise<never>(() => undefined)
  const die = () => {
    dead = true
    onCrash()
    return never()
  }
  return {
    calls,
    runtime: wrapRuntime(runtime, (method, _args, call) => {
      if (dead) return method === 'events' || method === 'logs' ? call() : never()
      if (!changing.includes(method)) return call()
      calls.push(method)
      if (calls.length - 1 !== crash.at) return call()
      if (crash.when === 'before') return die()
      return Promise.resolve(call()).then(die, die)
    }),
  }
}
