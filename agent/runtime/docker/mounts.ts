import type Docker from 'dockerode'
import { isRuntimeError, RuntimeError, type ContainerConfig, type Mount } from '../runtime.ts'
import { hasRecursiveReadOnly } from './connect.ts'
import { hostSubPath } from './host-path.ts'
import { volumeLabels } from './labels.ts'
import { bindSource, isStored, storedSubPath } from './node-volumes.ts'
import type { DockerContext } from './options.ts'
import { withoutLinks } from './sub-path.ts'
import { volumeDirectory } from './volume-directory.ts'
import { volumeMount } from './volume-mount.ts'

type Propagation = NonNullable<Mount['propagation']>
const propagations = { None: 'rprivate', HostToContainer: 'rslave', Bidirectional: 'rshared' } as const satisfies Record<
  Propagation,
  string
>

/**
 * What is a directory of the engine's, a host path or what the node stores, is a mount of type bind, which the engine refuses
 * when it is missing; a volume of the engine's is one of type volume. A part of such a volume, or one that mounts are to be
 * passed on of, is a bind of the directory that holds it (`VolumeOptions.Subpath` is younger than the engines in use), which
 * the engine makes when it is not there. The engine would follow links out of the volume, so it is given a path without any.
 */
export async function mountsOf(
  context: DockerContext,
  config: ContainerConfig,
): Promise<{ Binds: string[]; Mounts: Docker.MountSettings[] }> {
  const mounts = await Promise.all(config.mounts.map(mount => mountOf(context, config, mount)))
  return {
    Binds: mounts.flatMap(mount => (typeof mount === 'string' ? [mount] : [])),
    Mounts: mounts.flatMap(mount => (typeof mount === 'string' ? [] : [mount])),
  }
}

async function mountOf(context: DockerContext, config: ContainerConfig, mount: Mount): Promise<string | Docker.MountSettings> {
  try {
    if ('hostPath' in mount) return bindMount(context, mount, await hostSource(context, mount))
    const { volume, subPath, noLinks, partsExist } = mount
    const store = context.volumeStore
    if (isStored(store, volume)) {
      const part = noLinks || !subPath ? subPath : await storedSubPath(store, { volume, subPath, partsExist })
      return bindMount(context, mount, withPart(bindSource(store, volume), part))
    }
    if (!subPath && !passesOn(mount)) return volumeMount({ ...mount, volume, labels: volumeLabels(context, config.pod) })
    const sandbox = context.docker.getContainer(config.sandboxId)
    const part = noLinks || !subPath ? subPath : await withoutLinks(sandbox, { root: volumeDirectory(volume), subPath })
    return bind(withPart(await engineDirectory(context, volume), part), mount)
  } catch (error) {
    if (!isRuntimeError(error, 'UnsafeSubPath')) throw error
    // Upstream tells no more, so as not to tell what there is outside.
    const message = `failed to prepare subPath for volumeMount "${mount.name ?? ''}" of container "${config.name}"`
    throw new RuntimeError('UnsafeSubPath', message, { cause: error })
  }
}

const withPart = (directory: string, part: string | undefined) => (part ? `${directory}/${part}` : directory)
const passesOn = ({ propagation }: Mount) => propagation !== undefined && propagation !== 'None'

/** Where the engine has what is in the volume. */
export async function engineDirectory(context: DockerContext, volume: string): Promise<string> {
  if (isStored(context.volumeStore, volume)) return bindSource(context.volumeStore, volume)
  return `${await context.rootDirectory()}/volumes/${volume}/_data`
}

async function hostSource(context: DockerContext, { hostPath, subPath }: Mount & { hostPath: string }): Promise<string> {
  const root = (context.hostPathRoot ?? '') + hostPath
  return subPath ? withPart(root.replace(/\/+$/, ''), await hostSubPath(context, root, subPath)) : root
}

function bind(source: string, mount: Mount): string {
  const shared = mount.propagation === undefined || mount.propagation === 'None' ? [] : [propagations[mount.propagation]]
  const options = [mount.readOnly ? 'ro' : 'rw', ...shared].join(',')
  return `${source}:${mount.target}:${options}`
}

/** Without a word about it the engine chooses the propagation: below its own directory it refuses a private one. */
const bindMount = (context: Pick<DockerContext, 'docker'>, mount: Mount, source: string): Docker.MountSettings => ({
  Type: 'bind',
  Source: source,
  Target: mount.target,
  ReadOnly: mount.readOnly,
  BindOptions: {
    ...(mount.propagation && (passesOn(mount) || 'hostPath' in mount) ? { Propagation: propagations[mount.propagation] } : {}),
    ...readOnlyOptions(mount, hasRecursiveReadOnly(context.docker)),
  } as Docker.MountSettings['BindOptions'] & object,
})

/** An engine that can makes every read-only mount recursively so, unless told not to. */
export const readOnlyOptions = ({ readOnly, recursiveReadOnly }: Mount, engineCan: boolean): { ReadOnlyNonRecursive?: true } =>
  readOnly && engineCan && !recursiveReadOnly ? { ReadOnlyNonRecursive: true } : {}
