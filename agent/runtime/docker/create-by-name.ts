import type Docker from 'dockerode'
import type { Abortable } from '../runtime.ts'
import { isConflict, isMissing, settled, toRuntimeError } from './errors.ts'

/**
 * Creates a container under a name that tells what it is. When a leftover has the name, it is adopted if it was made for the
 * same thing and may still be used, and removed otherwise.
 */
export async function createByName(
  docker: Docker,
  config: Docker.ContainerCreateOptions & { name: string },
  options: Abortable = {},
): Promise<string> {
  const create = async () => (await docker.createContainer({ ...config, ...(options.signal ? { abortSignal: options.signal } : {}) })).id
  try {
    return await create()
  } catch (error) {
    if (!isConflict(error)) throw toRuntimeError(error)
  }
  const leftover = await adoptable(docker, config)
  if (leftover) return leftover
  await settled(docker.getContainer(config.name).remove({ force: true, v: true }))
  try {
    return await create()
  } catch (error) {
    throw toRuntimeError(error)
  }
}

async function adoptable(docker: Docker, config: Docker.ContainerCreateOptions & { name: string }): Promise<string | undefined> {
  try {
    const { Id, State, Config } = await docker.getContainer(config.name).inspect()
    const usable = State.Running || State.Status === 'created'
    const same = Object.entries(config.Labels ?? {}).every(([key, value]) => Config.Labels[key] === value)
    return usable && same && !State.Error ? Id : undefined
  } catch (error) {
    if (isMissing(error)) return undefined
    throw toRuntimeError(error)
  }
}
