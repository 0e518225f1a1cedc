import { isRuntimeError, RuntimeError } from '../runtime.ts'
import { isUnchanged, toStartError, translated } from './errors.ts'
import { labels } from './labels.ts'
import type { DockerContext } from './options.ts'

export async function startContainer({ docker }: DockerContext, id: string): Promise<void> {
  const container = docker.getContainer(id)
  try {
    await container.start()
  } catch (error) {
    if (isUnchanged(error)) return
    const failure = toStartError(error)
    if (!isRuntimeError(failure, 'StartFailed')) throw failure
    const { Config } = await translated(container.inspect())
    const refusal = Config.Labels[labels.startRefusal]
    throw refusal ? new RuntimeError('StartFailed', refusal, { cause: error }) : failure
  }
}
