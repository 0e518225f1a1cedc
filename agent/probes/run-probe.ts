import type { Container } from '../../api/core/container.ts'
import type { Probe } from '../../api/core/handlers.ts'
import { expand } from '../../common/expansion.ts'
import { goDuration } from '../../common/go-duration.ts'
import { messageOf } from '../../common/error-message.ts'
import { isRuntimeError, type Runtime } from '../runtime/runtime.ts'
import { grpcHealth } from './grpc.ts'
import { BodyError, httpGet, httpTarget, resolvePort } from './http-get.ts'
import { rpcError } from './rpc-error.ts'
import { tcpConnect } from './tcp-socket.ts'

/**
 * `warning`: passed, but not as it should. `error`: the probe itself could not be carried out; nothing is known about the
 * container, and `state` is what upstream's message calls that.
 */
export type ProbeOutcome =
  | { readonly result: 'success' | 'warning' | 'failure'; readonly output: string }
  | { readonly result: 'error'; readonly output: string; readonly state: 'unknown' | 'failure' }

export interface ProbeSubject {
  readonly probe: Probe
  readonly container: Container
  readonly containerId: string
  readonly podIp: string
  readonly runtime: Pick<Runtime, 'execSync'>
  readonly signal: AbortSignal
}

/** A probe that cannot be carried out is tried so often. */
const attempts = 3
/** As much as upstream keeps of what a command prints. */
const maxOutput = 10 * 1024

const success = (output = ''): ProbeOutcome => ({ result: 'success', output })
const failure = (output: string): ProbeOutcome => ({ result: 'failure', output })
const unknown = (output: string): ProbeOutcome => ({ result: 'error', output, state: 'unknown' })
const timeoutOf = (probe: Probe) => (probe.timeoutSeconds ?? 1) * 1000

async function execProbe({ probe, container, containerId, runtime, signal }: ProbeSubject): Promise<ProbeOutcome> {
  const command = staticCommand(probe.exec?.command ?? [], container)
  const timeoutSeconds = probe.timeoutSeconds ?? 1
  try {
    const { exitCode, output } = await runtime.execSync(containerId, { command, timeoutSeconds, signal })
    const text = output.subarray(0, maxOutput).toString('utf8')
    return exitCode === 0 ? success(text) : failure(text)
  } catch (error) {
    if (!isRuntimeError(error, 'Timeout')) return unknown(rpcError(error))
    return failure(`command timed out: "${command.join(' ')}" timed out after ${goDuration(timeoutSeconds * 1000)}`)
  }
}

/** References to variables whose value stands in the spec; one that comes from elsewhere counts as empty. */
function staticCommand(command: readonly string[], { env = [] }: Container): string[] {
  const values = new Map(env.map(({ name, value }) => [name, value ?? '']))
  return command.map(word => expand(word, name => values.get(name)))
}

async function httpProbe({ probe, container, podIp, signal }: ProbeSubject): Promise<ProbeOutcome> {
  if (!probe.httpGet) throw new Error('the probe has no httpGet')
  const target = httpTarget(probe.httpGet, container, podIp)
  try {
    const { status, body } = await httpGet(target, { timeoutMs: timeoutOf(probe), signal })
    if (status >= 300 && status < 400) return { result: 'warning', output: `Probe terminated redirects, Response body: ${body}` }
    return status >= 200 && status < 300 ? success(body) : failure(`HTTP probe failed with statuscode: ${status}`)
  } catch (error) {
    return error instanceof BodyError ? { result: 'error', output: error.message, state: 'failure' } : failure(messageOf(error))
  }
}

async function tcpProbe({ probe, container, podIp }: ProbeSubject): Promise<ProbeOutcome> {
  if (!probe.tcpSocket) throw new Error('the probe has no tcpSocket')
  const port = resolvePort(probe.tcpSocket.port, container)
  try {
    await tcpConnect(probe.tcpSocket.host || podIp, port, timeoutOf(probe))
    return success()
  } catch (error) {
    return failure(messageOf(error))
  }
}

async function grpcProbe({ probe, podIp }: ProbeSubject): Promise<ProbeOutcome> {
  if (!probe.grpc) throw new Error('the probe has no grpc')
  const address = `${podIp}:${probe.grpc.port}`
  const { healthy, output } = await grpcHealth({ address, service: probe.grpc.service ?? '', timeoutMs: timeoutOf(probe) })
  return healthy ? success(output) : failure(output)
}

async function probeOnce(subject: ProbeSubject): Promise<ProbeOutcome> {
  const { probe } = subject
  try {
    if (probe.exec) return await execProbe(subject)
    if (probe.httpGet) return await httpProbe(subject)
    if (probe.tcpSocket) return await tcpProbe(subject)
    if (probe.grpc) return await grpcProbe(subject)
    return success()
  } catch (error) {
    return unknown(messageOf(error))
  }
}

/** Carries out one probe, as upstream's prober. */
export async function runProbe(subject: ProbeSubject): Promise<ProbeOutcome> {
  for (let attempt = 1; ; attempt++) {
    const outcome = await probeOnce(subject)
    if (outcome.result !== 'error' || attempt === attempts || subject.signal.aborted) return outcome
  }
}
