import { posix } from 'node:path'
import { pack } from 'tar-stream'
import type Docker from 'dockerode'
import { isRuntimeError, RuntimeError } from '../runtime.ts'
import { translated } from './errors.ts'
import { withHelper } from './helper-container.ts'
import type { DockerContext } from './options.ts'
import { statPath } from './stat-path.ts'
import { withoutLinks } from './sub-path.ts'
import { finished } from './volume-tar.ts'

export type HostPathType = 'Directory' | 'File' | 'Socket' | 'CharDevice' | 'BlockDevice'

const seenAt = '/host-path'

/** Go's file mode bits, which the engine's stat of a path carries. */
const goMode = { directory: 2 ** 31, device: 2 ** 26, socket: 2 ** 24, characterDevice: 2 ** 21 }

function typeOfMode(mode: number): HostPathType {
  const has = (bit: number) => Math.floor(mode / bit) % 2 === 1
  if (has(goMode.directory)) return 'Directory'
  if (has(goMode.socket)) return 'Socket'
  if (has(goMode.device)) return has(goMode.characterDevice) ? 'CharDevice' : 'BlockDevice'
  return 'File'
}

/** Reads the type without running anything: the engine refuses to mount what is not there, and tells the mode of what is. */
export async function hostPathType(context: DockerContext, path: string): Promise<HostPathType | undefined> {
  const mount = { Type: 'bind' as const, Source: (context.hostPathRoot ?? '') + path, Target: seenAt, ReadOnly: true }
  try {
    return await withHelper(context, { hostConfig: { Mounts: [mount] } }, async container =>
      typeOfMode((await statPath(container, seenAt)).mode),
    )
  } catch (error) {
    if (isRuntimeError(error, 'HostPathMissing')) return undefined
    throw error
  }
}

/** A part of a host path without links in it, made as a directory when it is missing. */
export async function hostSubPath(context: DockerContext, root: string, subPath: string): Promise<string> {
  const mount = { Type: 'bind' as const, Source: root, Target: seenAt }
  return await withHelper(context, { hostConfig: { Mounts: [mount] } }, async container => {
    const path = await withoutLinks(container, { root: seenAt, subPath })
    await makeDirectories(container, path)
    return path
  })
}

async function makeDirectories(container: Docker.Container, path: string): Promise<void> {
  const parts = path.split('/')
  const missing = await Promise.all(
    parts.map(async (_, index): Promise<string[]> => {
      const name = parts.slice(0, index + 1).join('/')
      return (await exists(container, `${seenAt}/${name}`)) ? [] : [name]
    }),
  )
  if (missing.flat().length === 0) return
  const { mode } = await statPath(container, seenAt)
  const tar = pack()
  for (const name of missing.flat()) tar.entry({ name, type: 'directory', mode: mode & 0o777 })
  await translated(container.putArchive(await finished(tar), { path: seenAt }))
}

async function exists(container: Docker.Container, path: string): Promise<boolean> {
  try {
    await statPath(container, path)
    return true
  } catch (error) {
    if (isRuntimeError(error, 'NotFound')) return false
    throw error
  }
}

/** Makes the directory (as kubelet's DirectoryOrCreate: 0755) or the empty file (0644, in a directory that has to be there). */
export async function createHostPath(context: DockerContext, path: string, type: 'Directory' | 'File'): Promise<void> {
  const whole = (context.hostPathRoot ?? '') + path
  // A bind, other than a mount, makes the directory it names when the container's files are first reached.
  if (type === 'Directory')
    return await withHelper(
      context,
      { hostConfig: { Binds: [`${whole}:${seenAt}`] } },
      async container => void (await statPath(container, seenAt)),
    )
  const mount = { Type: 'bind' as const, Source: posix.dirname(whole), Target: seenAt }
  const name = posix.basename(whole)
  try {
    await withHelper(context, { hostConfig: { Mounts: [mount] } }, async container => {
      if (await exists(container, `${seenAt}/${name}`)) return
      const tar = pack()
      tar.entry({ name, mode: 0o644 }, '')
      await translated(container.putArchive(await finished(tar), { path: seenAt }))
    })
  } catch (error) {
    if (!isRuntimeError(error, 'HostPathMissing')) throw error
    throw new RuntimeError('HostPathMissing', `open ${path}: no such file or directory`, { cause: error })
  }
}
