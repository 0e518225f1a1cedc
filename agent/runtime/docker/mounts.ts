import type Docker from 'dockerode'
import type { Mount } from '../runtime.ts'
import { bindSource, isStored, withoutStoredLinks } from './node-volumes.ts'
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
 * not there, as kubelet does. The engine would follow links out of the volume, so it is given a path without any. What the
 * node itself stores is a directory of the engine's, and so always a bind.
 */
export async function mountsOf(
  context: DockerContext,
  { sandboxId, mounts }: { readonly sandboxId: string; readonly mounts: readonly Mount[] },
): Promise<{ Binds: string[]; Mounts: Docker.MountSettings[] }> {
  const sources = await Promise.all(mounts.map(mount => bindSourceOf(context, mount, sandboxId)))
  return {
    Binds: mounts.flatMap((mount, index) => (sources[index] ? [bind(sources[index], mount)] : [])),
    Mounts: mounts.flatMap((mount, index) => {
      if ('hostPath' in mount) return [hostPathMount(context, mount, mount.hostPath)]
      return sources[index] ? [] : [volumeMount(mount, mount.volume)]
    }),
  }
}

/** The engine's path for what is bound; undefined for what is mounted. */
async function bindSourceOf(context: DockerContext, mount: Mount, sandboxId: string): Promise<string | undefined> {
  if ('hostPath' in mount) return undefined
  const { volume, subPath } = mount
  const stored = isStored(context.volumeStore, volume) ? context.volumeStore : undefined
  if (!subPath) return stored && bindSource(stored, volume)
  const directory = await engineDirectory(context, volume)
  if (mount.noLinks) return `${directory}/${subPath}`
  const safe = stored ? withoutStoredLinks(stored, { volume, subPath }) : withoutLinks(context, { sandboxId, volume, subPath })
  return `${directory}/${await safe}`
}

/** Where the engine has what is in the volume. */
export async function engineDirectory(context: DockerContext, volume: string): Promise<string> {
  if (isStored(context.volumeStore, volume)) return bindSource(context.volumeStore, volume)
  return `${await context.rootDirectory()}/volumes/${volume}/_data`
}

function bind(source: string, mount: Mount): string {
  // Without a word the engine chooses the propagation: below its own directory it refuses a private one.
  const shared = mount.propagation === undefined || mount.propagation === 'None' ? [] : [propagations[mount.propagation]]
  const options = [mount.readOnly ? 'ro' : 'rw', ...shared].join(',')
  return `${source}:${mount.target}:${options}`
}

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
