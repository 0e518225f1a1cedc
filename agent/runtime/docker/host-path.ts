import { posix } from 'node:path'
import { pack } from 'tar-stream'
import { isRuntimeError } from '../runtime.ts'
import { isMissing, toRuntimeError, translated } from './errors.ts'
import { withHelper } from './helper-container.ts'
import type { DockerContext } from './options.ts'
import { statPath } from './stat-path.ts'
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
    return await withHelper(context, { Mounts: [mount] }, async container => typeOfMode((await statPath(container, seenAt)).mode))
  } catch (error) {
    if (isRuntimeError(error, 'HostPathMissing')) return undefined
    throw error
  }
}

/** Makes the directory (as kubelet's DirectoryOrCreate: 0755) or the empty file (0644, its directory included). */
export async function createHostPath(context: DockerContext, path: string, type: 'Directory' | 'File'): Promise<void> {
  const whole = (context.hostPathRoot ?? '') + path
  // A bind, other than a mount, makes the directory it names when the container's files are first reached.
  const directory = type === 'Directory' ? whole : posix.dirname(whole)
  await withHelper(context, { Binds: [`${directory}:${seenAt}`] }, async container => {
    const inside = type === 'Directory' ? seenAt : `${seenAt}/${posix.basename(whole)}`
    try {
      await container.infoArchive({ path: inside })
    } catch (error) {
      if (!isMissing(error) || type === 'Directory') throw toRuntimeError(error)
      const tar = pack()
      tar.entry({ name: posix.basename(whole), mode: 0o644 }, '')
      await translated(container.putArchive(await finished(tar), { path: seenAt }))
    }
  })
}
