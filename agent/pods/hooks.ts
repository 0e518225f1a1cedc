import type { Container } from '../../api/core/container.ts'
import type { LifecycleHandler } from '../../api/core/handlers.ts'
import type { Pod } from '../../api/core/pod.ts'
import { podFullName } from '../../api/pod-containers.ts'
import type { Clock } from '../../common/clock.ts'
import { messageOf } from '../../common/error-message.ts'
import { httpGet, httpTarget } from '../probes/http-get.ts'
import type { Runtime } from '../runtime/runtime.ts'

export interface Hook {
  readonly pod: Pod
  readonly container: Container
  readonly containerId: string
  readonly handler: LifecycleHandler
  readonly podIp: string
  readonly signal: AbortSignal
}
export interface HookTools {
  readonly runtime: Pick<Runtime, 'execSync'>
  readonly clock: Clock
}

/** Go's %q, for text that is quoted in a message. */
const quoted = (text: string) => JSON.stringify(text)
const hookTimeoutMs = 30_000

async function execHook({ pod, container, containerId, handler, signal }: Hook, runtime: HookTools['runtime']): Promise<void> {
  const command = handler.exec?.command ?? []
  const where = `Exec lifecycle hook ([${command.join(' ')}]) for Container "${container.name}" in Pod "${podFullName(pod)}" failed`
  const { exitCode, output } = await runtime.execSync(containerId, { command, signal })
  if (exitCode === 0) return
  throw new Error(`${where} - error: command '${command.join(' ')}' exited with ${exitCode}: , message: ${quoted(output.toString('utf8'))}`)
}

async function httpHook({ pod, container, handler, podIp, signal }: Hook): Promise<void> {
  if (!handler.httpGet) return
  const where = `HTTP lifecycle hook (${handler.httpGet.path ?? '/'}) for Container "${container.name}" in Pod "${podFullName(pod)}" failed`
  try {
    await httpGet(httpTarget(handler.httpGet, container, podIp), hookTimeoutMs, signal)
  } catch (error) {
    throw new Error(`${where} - error: ${messageOf(error)}`, { cause: error })
  }
}

/** Runs a postStart or preStop hook to its end. Throws with upstream's words when it fails. */
export async function runHook(hook: Hook, { runtime, clock }: HookTools): Promise<void> {
  const { handler, signal } = hook
  if (handler.exec) return await execHook(hook, runtime)
  if (handler.httpGet) return await httpHook(hook)
  if (handler.sleep) return await clock.sleep(handler.sleep.seconds * 1000, signal)
  // tcpSocket is in the API for old objects only and was never carried out.
  throw new Error(`Cannot run handler: invalid handler: ${Object.keys(handler).join(', ')}`)
}
