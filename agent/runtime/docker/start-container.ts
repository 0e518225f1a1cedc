import { isUnchanged, toStartError } from './errors.ts'
import type { DockerContext } from './options.ts'

export async function startContainer({ docker }: DockerContext, id: string): Promise<void> {
  try {
    await docker.getContainer(id).start()
  } catch (error) {
    if (!isUnchanged(error)) throw toStartError(error)
  }
}
