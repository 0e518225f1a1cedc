import { isConflict, toRuntimeError, isMissing } from './errors.ts'
import type { DockerContext } from './options.ts'

/** With its anonymous volumes. A container that is gone, or is just being removed, is fine. */
export async function removeContainer({ docker }: DockerContext, id: string): Promise<void> {
  try {
    await docker.getContainer(id).remove({ force: true, v: true })
  } catch (error) {
    if (!isMissing(error) && !isConflict(error)) throw toRuntimeError(error)
  }
}
