import type { Container } from '../../api/core/container.ts'
import type { LifecycleHandler } from '../../api/core/handlers.ts'
import type { Pod } from '../../api/core/pod.ts'
import { podFullName } from '../../api/pod-containers.ts'
import { sleepUnlessAborted, type Clock } from '../../common/clock.ts'
import { messageOf } from '../../common/error-message.ts'
import { hostOf, httpGet, httpTarget, type HttpTarget } from '../probes/http-get.ts'
import { plainServer } from '../probes/network-error.ts'
import { rpcError } from '../probes/rpc-error.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { PodEvents } from './pod-events.ts'

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
  readonly events: PodEvents
}

/** Go's %q, for text that is quoted in a message. */
const quoted = (text: string) => JSON.stringify(text)

async function execHook({ pod, container, containerId, handler, signal }: Hook, runtime: HookTools['runtime']): Promise<void> {
  const command = handler.exec?.command ?? []
  const where = `Exec lifecycle hook ([${command.join(' ')}]) for Container "${container.name}" in Pod "${podFullName(pod)}" failed`
  const { exitCode, output } = await runtime.execSync(containerId, { command, signal }).catch((error: unknown) => {
    throw new Error(`${where} - error: ${rpcError(error)}, message: ""`, { cause: error })
  })
  if (exitCode === 0) return
  throw new Error(`${where} - error: command '${command.join(' ')}' exited with ${exitCode}: , message: ${quoted(output.toString('utf8'))}`)
}

async function httpHook(hook: Hook, events: PodEvents): Promise<void> {
  const { pod, container, handler, podIp } = hook
  if (!handler.httpGet) return
  const where = `HTTP lifecycle hook (${handler.httpGet.path ?? '/'}) for Container "${container.name}" in Pod "${podFullName(pod)}" failed`
  try {
    await getAnyhow(httpTarget(handler.httpGet, container, podIp), hook, events)
  } catch (error) {
    throw new Error(`${where} - error: ${messageOf(error)}`, { cause: error })
  }
}

/** Any answer will do. A server that was to speak TLS and does not is asked once more without, and without credentials. */
async function getAnyhow(target: HttpTarget, { pod, signal }: Hook, events: PodEvents): Promise<void> {
  try {
    await httpGet(target, { signal })
  } catch (error) {
    if (!messageOf(error).endsWith(plainServer)) throw error
    const { authorization: _secret, ...headers } = target.headers
    const url = new URL(target.url)
    url.protocol = 'http:'
    await httpGet({ url, headers }, { signal }).catch(() => {
      throw error
    })
    const message = `request to HTTPS lifecycle hook ${hostOf(target.url)} got HTTP response, retry with HTTP succeeded`
    events.record({ pod, type: 'Warning', reason: 'LifecycleHTTPFallback', message })
  }
}

/**
 * Runs a postStart or preStop hook to its end, or to that of its container, when the signal aborts. Throws with upstream's words
 * when it fails.
 */
export async function runHook(hook: Hook, { runtime, clock, events }: HookTools): Promise<void> {
  const { handler, signal } = hook
  if (handler.exec) return await execHook(hook, runtime)
  if (handler.httpGet) return await httpHook(hook, events)
  if (handler.sleep) return await sleepUnlessAborted(clock, handler.sleep.seconds * 1000, signal)
  // tcpSocket is in the API for old objects only and was never carried out.
  throw new Error(`Cannot run handler: invalid handler: ${Object.keys(handler).join(', ')}`)
}
