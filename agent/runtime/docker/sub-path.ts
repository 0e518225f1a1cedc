import { isRuntimeError, RuntimeError } from '../runtime.ts'
import type Docker from 'dockerode'
import { statPath } from './stat-path.ts'

export const partsOf = (subPath: string): string[] => subPath.split('/').filter(part => part !== '' && part !== '.')
export const isWithin = (root: string, path: string): boolean => `${path}/`.startsWith(`${root}/`)

export interface SubPath {
  /** Where the container has the volume. */
  readonly root: string
  readonly subPath: string
}

/**
 * The same place in the volume by a path in which nothing is a link, as a container that mounts it sees it. Throws when links
 * lead out of the volume: the engine, which resolves them on its own machine, would mount whatever they name there.
 */
export async function withoutLinks(container: Docker.Container, { root, subPath }: SubPath): Promise<string> {
  let path = root
  for (const part of partsOf(subPath)) {
    const next = `${path}/${part}`
    path = (await linkTarget(container, next)) || next
    if (!isWithin(root, path)) throw new RuntimeError('UnsafeSubPath', `subpath "${subPath}" not within volume path`)
  }
  return path.slice(root.length + 1)
}

/** Empty when there is no link: what is missing will be made, and is none. */
async function linkTarget(container: Docker.Container, path: string): Promise<string> {
  try {
    return (await statPath(container, path)).linkTarget
  } catch (error) {
    if (isRuntimeError(error, 'NotFound')) return ''
    throw error
  }
}
