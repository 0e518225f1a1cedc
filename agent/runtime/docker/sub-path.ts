import { isRuntimeError, RuntimeError } from '../runtime.ts'
import type { DockerContext } from './options.ts'
import { statPath } from './stat-path.ts'
import { volumeDirectory } from './volume-directory.ts'

export interface SubPath {
  readonly sandboxId: string
  readonly volume: string
  readonly subPath: string
}

/**
 * The same place in the volume by a path in which nothing is a link, as the sandbox sees it. Throws when links lead out of the
 * volume: the engine, which resolves them on its own machine, would mount whatever they name there.
 */
export async function withoutLinks({ docker }: Pick<DockerContext, 'docker'>, { sandboxId, volume, subPath }: SubPath): Promise<string> {
  const sandbox = docker.getContainer(sandboxId)
  const root = volumeDirectory(volume)
  let path = root
  for (const part of subPath.split('/').filter(part => part !== '' && part !== '.')) {
    const next = `${path}/${part}`
    try {
      path = (await statPath(sandbox, next)).linkTarget || next
    } catch (error) {
      // What is missing will be made, and cannot be a link.
      if (!isRuntimeError(error, 'NotFound')) throw error
      path = next
    }
    if (!`${path}/`.startsWith(`${root}/`)) throw new RuntimeError('Unknown', `subpath "${subPath}" not within volume path`)
  }
  return path.slice(root.length + 1)
}
