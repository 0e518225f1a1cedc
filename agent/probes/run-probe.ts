import type { Container } from '../../api/core/container.ts'
import type { Probe } from '../../api/core/handlers.ts'
import { goDuration } from '../../common/go-duration.ts'
import { messageOf } from '../../common/error-message.ts'
import { isRuntimeError, type Runtime } from '../runtime/runtime.ts'
import { grpcHealth } from './grpc.ts'
import { httpGet, httpTarget, resolvePort } from './http-get.ts'
import { tcpConnect } from './tcp-socket.ts'

/** `error`: the probe itself could not be carried out; nothing is known about the container. */
export interface ProbeOutcome {
  readonly result: 'success' | 'failure' | 'error'
  readonly output: string
}

export interface ProbeSubject {
  readonly probe: Probe
  readonly container: Container
  readonly containerId: string
  readonly podIp: string
  readonly runtime: Pick<Runtime, 'execSync'>
  readonly signal: AbortSignal
}

const success = (output = ''): ProbeOutcome => ({ result: 'success', output })
const failure = (output: string): ProbeOutcome => ({ result: 'failure', output })
const timeoutOf = (probe: Probe) => (probe.timeoutSeconds ?? 1) * 1000

async function execProbe({ probe, containerId, runtime, signal }: ProbeSubject): Promise<ProbeOutcome> {
  const command = probe.exec?.command ?? []
  const timeoutSeconds = probe.timeoutSeconds ?? 1
  try {
    const { exitCode, output } = await runtime.execSync(containerId, { command, timeoutSeconds, signal })
    return exitCode === 0 ? success(output.toString('utf8')) : failure(output.toString('utf8'))
  } catch (error) {
    if (!isRuntimeError(error, 'Timeout')) throw error
    return failure(`command timed out: "${command.join(' ')}" timed out after ${goDuration(timeoutSeconds * 1000)}`)
  }
}

async function httpProbe({ probe, container, podIp, signal }: ProbeSubject): Promise<ProbeOutcome> {
  if (!probe.httpGet) throw new Error('the probe has no httpGet')
  const target = httpTarget(probe.httpGet, container, podIp)
  try {
    const { status, body } = await httpGet(target, timeoutOf(probe), signal)
    return status >= 200 && status < 400 ? success(body) : failure(`HTTP probe failed with statuscode: ${status}`)
  } catch (error) {
    return failure(messageOf(error))
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

/** Carries out one probe, as upstream's prober. */
export async function runProbe(subject: ProbeSubject): Promise<ProbeOutcome> {
  const { probe, podIp } = subject
  try {
    if (probe.exec) return await execProbe(subject)
    if (probe.httpGet) return await httpProbe(subject)
    if (probe.tcpSocket) return await tcpProbe(subject)
    if (probe.grpc) {
      const address = `${podIp}:${probe.grpc.port}`
      const { healthy, output } = await grpcHealth({ address, service: probe.grpc.service ?? '', timeoutMs: timeoutOf(probe) })
      return healthy ? success(output) : failure(output)
    }
    return success()
  } catch (error) {
    return { result: 'error', output: messageOf(error) }
  }
}
