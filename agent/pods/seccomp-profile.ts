import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Container } from '../../api/core/container.ts'
import type { Pod } from '../../api/core/pod.ts'
import { messageOf } from '../../common/error-message.ts'
import type { ContainerSecurity } from '../runtime/runtime.ts'

/**
 * The filter of system calls of a container: its own profile, or its pod's. One of type `Localhost` is a file below the node's
 * directory, which the runtime is given as text: its machine need not have the file. Throws with the words of containerd.
 */
export async function seccompProfile(pod: Pod, container: Container, directory: string): Promise<Pick<ContainerSecurity, 'seccomp'>> {
  const profile = container.securityContext?.seccompProfile ?? pod.spec.securityContext?.seccompProfile
  if (!profile) return {}
  if (profile.type !== 'Localhost') return { seccomp: profile.type }
  const path = join(directory, profile.localhostProfile ?? '')
  try {
    const text = await readFile(path, 'utf8')
    JSON.parse(text)
    return { seccomp: { json: text } }
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === 'ENOENT' ? `open ${path}: no such file or directory` : messageOf(error)
    throw new Error(`failed to create containerd container: cannot load seccomp profile "${path}": ${why}`, { cause: error })
  }
}
