import type { Runtime } from '../runtime/runtime.ts'
import { HttpError } from './http-error.ts'
import { containerNames, type PodSource } from './pod-source.ts'
import { findPod, findRunningContainer, type AgentRequest } from './request-path.ts'

interface Target {
  readonly runtime: Pick<Runtime, 'execSync'>
  readonly pods: PodSource
}

/** POST /run: a command, split at spaces as upstream does, run to its end; what it wrote is the answer. */
export async function runInContainer({ runtime, pods }: Target, { parts, query }: AgentRequest): Promise<Buffer> {
  const { id } = findRunningContainer(pods, parts)
  const command = (query.get('cmd') ?? '').split(' ')
  const { exitCode, output } = await runtime.execSync(id, { command })
  if (exitCode !== 0) throw new HttpError(500, `command '${command.join(' ')}' exited with ${exitCode}: ${output}`)
  return output
}

/** POST /checkpoint: refused in the words for a runtime that cannot, once it is sure that there would be something to checkpoint. */
export function refuseCheckpoint(pods: PodSource, parts: readonly string[]): never {
  const [namespace = '', pod = '', container = ''] = parts
  const found = findPod(pods, [namespace, pod])
  if (!containerNames(found.pod).includes(container)) throw new HttpError(404, `container ${container} does not exist`)
  const why = 'rpc error: code = Unimplemented desc = method CheckpointContainer not implemented'
  throw new HttpError(500, `checkpointing of ${namespace}/${pod}/${container} failed (${why})`)
}
