import type Docker from 'dockerode'
import type { Mount } from '../runtime.ts'
import type { DockerContext } from './options.ts'
import { withoutLinks } from './sub-path.ts'

type Propagation = NonNullable<Mount['propagation']>
const propagations = { None: 'rprivate', HostToContainer: 'rslave', Bidirectional: 'rshared' } as const satisfies Record<
  Propagation,
  string
>

/**
 * Whole volumes and host paths are mounts, which Docker refuses when the host path is missing. A part of a volume is a bind
 * of the directory that holds it (`VolumeOptions.Subpath` is younger than the engines in use), which Docker makes when it is
 * not there, as kubelet does. The engine would follow links out of the volume, so it is given a path without any.
 */
export async function mountsOf(
  context: DockerContext,
  { sandboxId, mounts }: { readonly sandboxId: string; readonly mounts: readonly Mount[] },
): Promise<{ Binds: string[]; Mounts: Docker.MountSettings[] }> {
  const parts = mounts.flatMap(mount => ('volume' in mount && mount.subPath ? [{ ...mount, subPath: mount.subPath }] : []))
  const root = parts.length > 0 ? await context.rootDirectory() : ''
  return {
    Binds: await Promise.all(
      parts.map(async mount =>
        subPathBind(
          root,
          { volume: mount.volume, subPath: mount.noLinks ? mount.subPath : await withoutLinks(context, { ...mount, sandboxId }) },
          mount,
        ),
      ),
    ),
    Mounts: mounts.flatMap(mount => {
      if ('hostPath' in mount) return [hostPathMount(context, mount, mount.hostPath)]
      return mount.subPath ? [] : [volumeMount(mount, mount.volume)]
    }),
  }
}

function subPathBind(root: string, source: { volume: string; subPath: string }, mount: Mount): string {
  // Without a word the engine chooses the propagation: below its own directory it refuses a private one.
  const shared = mount.propagation === undefined || mount.propagation === 'None' ? [] : [propagations[mount.propagation]]
  const options = [mount.readOnly ? 'ro' : 'rw', ...shared].join(',')
  return `${volumePath(root, source.volume)}/${source.subPath}:${mount.target}:${options}`
}

export const volumePath = (root: string, volume: string): string => `${root}/volumes/${volume}/_data`

const volumeMount = (mount: Mount, volume: string): Docker.MountSettings => ({
  Type: 'volume',
  Source: volume,
  Target: mount.target,
  ReadOnly: mount.readOnly,
  VolumeOptions: { NoCopy: true, Labels: {}, DriverConfig: { Name: 'local', Options: {} } },
})

const hostPathMount = (context: DockerContext, mount: Mount, path: string): Docker.MountSettings => ({
  Type: 'bind',
  Source: (context.hostPathRoot ?? '') + path,
  Target: mount.target,
  ReadOnly: mount.readOnly,
  ...(mount.propagation ? { BindOptions: { Propagation: propagations[mount.propagation] } } : {}),
})
