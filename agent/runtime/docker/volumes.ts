import { RuntimeError, type PreparedVolume, type VolumeConfig, type VolumeFile, type WriteOptions } from '../runtime.ts'
import { settled, toRuntimeError, translated } from './errors.ts'
import { execSync } from './exec-sync.ts'
import { withHelper } from './helper-container.ts'
import { labels, ownerFilter, volumeLabels } from './labels.ts'
import type { DockerContext } from './options.ts'
import { readFile } from './read-file.ts'
import { withoutLinks } from './sub-path.ts'
import { volumeDirectory } from './volume-directory.ts'
import { volumeMount } from './volume-mount.ts'
import { generationName } from './atomic-writer.ts'
import { createStored, isStored, listStored, prepareStored, readStored, removeStored, storedUsage, writeStored } from './node-volumes.ts'
import { directoryMode, topLevel, volumesTar, type VolumeContent } from './volume-tar.ts'

const defaultMode = 0o777
const largestFile = 1024 * 1024

/** Makes the volume; on disk its root gets its mode and group when it is filled. */
export async function createVolume(context: DockerContext, config: VolumeConfig): Promise<void> {
  if (context.volumeStore && !config.memory) await createStored(context.volumeStore, config)
  else await create(context, config)
}

/**
 * Creates a pod's volumes and fills them: as files where the node has a store for them, otherwise with one tar, through a
 * container that mounts them all and is never started.
 */
export async function prepareVolumes(context: DockerContext, volumes: readonly PreparedVolume[]): Promise<void> {
  const { volumeStore } = context
  // A tmpfs is there only while a container runs that mounts it; its mode is a mount option.
  const onDisk = volumes.filter(volume => !volume.memory)
  if (volumeStore) {
    const inMemory = volumes.filter(volume => volume.memory)
    await Promise.all([...onDisk.map(volume => prepareStored(volumeStore, volume)), ...inMemory.map(volume => create(context, volume))])
    return
  }
  await Promise.all(volumes.map(volume => create(context, volume)))
  if (onDisk.length === 0) return
  await fill(
    context,
    onDisk.map(volume => volume.name),
    onDisk.map(({ name, mode, gid, content }) => ({
      directory: volumeDirectory(name),
      rootMode: mode ?? defaultMode,
      gid,
      files: content?.files ?? [],
      ...(content?.atomic ? { generation: generationName(), link: '..data' } : {}),
    })),
  )
}

async function create({ docker, ...owner }: DockerContext, config: VolumeConfig): Promise<void> {
  await translated(
    docker.createVolume({ Name: config.name, Driver: 'local', Labels: volumeLabels(owner, config.pod), DriverOpts: driverOptions(config) }),
  )
}

function driverOptions({ memory, mode, gid }: VolumeConfig): Record<string, string> {
  if (!memory) return {}
  const settings = [
    `mode=${directoryMode(mode ?? defaultMode, gid).toString(8)}`,
    ...(memory.sizeBytes > 0 ? [`size=${memory.sizeBytes}`] : []),
    ...(gid === undefined ? [] : [`gid=${gid}`]),
  ]
  return { type: 'tmpfs', device: 'tmpfs', o: settings.join(',') }
}

async function fill(context: DockerContext, volumes: readonly string[], contents: readonly VolumeContent[]): Promise<void> {
  const mounts = volumes.map(volume => volumeMount({ volume, target: volumeDirectory(volume) }))
  await withHelper(context, { hostConfig: { Mounts: mounts } }, async container => {
    await translated(container.putArchive(await volumesTar(contents), { path: '/' }))
  })
}

export async function writeVolume(
  context: DockerContext,
  name: string,
  write: WriteOptions & { files: readonly VolumeFile[] },
): Promise<void> {
  if (isStored(context.volumeStore, name)) return writeStored(context.volumeStore, name, write)
  const sandbox = await runningSandbox(context, name)
  const directory = volumeDirectory(name)
  const content = { directory, files: write.files, gid: write.gid }
  const generation = write.atomic ? { generation: generationName() } : {}
  if (!sandbox) return fill(context, [name], [{ ...content, ...generation, link: '..data' }])
  const tar = await volumesTar([{ ...content, ...generation, link: '..data_tmp' }])
  await translated(context.docker.getContainer(sandbox).putArchive(tar, { path: '/' }))
  if (generation.generation)
    await switchGeneration(context, sandbox, { directory, generation: generation.generation, names: topLevel(write.files) })
}

/** The running sandbox that keeps the volume mounted. */
async function runningSandbox(context: DockerContext, volume: string): Promise<string | undefined> {
  const filters = { volume: [volume], label: ownerFilter(context, `${labels.type}=podsandbox`), status: ['running'] }
  const [found] = await translated(context.docker.listContainers({ filters }))
  return found?.Id
}

/** A rename is what makes it atomic; then what only the old generation had goes away. */
const switchScript = `
cd "$0" && mv -T ..data_tmp ..data && keep=$1 && shift || exit 1
for old in ..[0-9]*; do [ "$old" = "$keep" ] || rm -rf "$old"; done
for link in * .[!.]*; do [ -L "$link" ] || continue; for name in "$@"; do [ "$link" = "$name" ] && continue 2; done; rm -f "$link"; done
`

interface Switch {
  readonly directory: string
  readonly generation: string
  readonly names: readonly string[]
}

async function switchGeneration(context: DockerContext, sandbox: string, { directory, generation, names }: Switch): Promise<void> {
  const command = ['/bin/sh', '-c', switchScript, directory, generation, ...names]
  const { exitCode, output } = await execSync(context, sandbox, { command, timeoutSeconds: 30 })
  if (exitCode !== 0) throw new RuntimeError('Unknown', `the volume could not be updated: ${output.toString().trim()}`)
}

/** As `volumeUsage`: through the sandbox, or in the agent's own directory. */
export async function readVolumeFile(context: DockerContext, name: string, path: string): Promise<Buffer | undefined> {
  if (isStored(context.volumeStore, name)) return await readStored(context.volumeStore, { volume: name, subPath: path }, largestFile)
  const sandboxId = await runningSandbox(context, name)
  if (!sandboxId) throw new RuntimeError('NotFound', `no running sandbox holds the volume ${name}`)
  const sandbox = context.docker.getContainer(sandboxId)
  const inside = await withoutLinks(sandbox, { root: volumeDirectory(name), subPath: path })
  return await readFile(context, sandboxId, { path: `${volumeDirectory(name)}/${inside}`, limit: largestFile })
}

/** The sandbox sees a volume of Docker's; the agent sees what lies in its own directory. */
export async function volumeUsage(context: DockerContext, name: string): Promise<number> {
  if (isStored(context.volumeStore, name)) return await storedUsage(context.volumeStore, name)
  const sandbox = await runningSandbox(context, name)
  if (!sandbox) throw new RuntimeError('NotFound', `no running sandbox holds the volume ${name}`)
  const { output } = await execSync(context, sandbox, { command: ['du', '-sk', volumeDirectory(name)], timeoutSeconds: 30 })
  // The sum is the last line; what could not be read is complained about before it.
  return Number.parseInt(output.toString().trim().split('\n').at(-1) ?? '', 10) * 1024
}

export async function removeVolume({ docker, volumeStore }: DockerContext, name: string): Promise<void> {
  if (isStored(volumeStore, name)) await removeStored(volumeStore, name)
  else await settled(docker.getVolume(name).remove())
}

export async function listVolumes(context: DockerContext, podUid?: string): Promise<{ name: string; podUid: string }[]> {
  const { volumeStore } = context
  const [stored, ofDocker] = await Promise.all([volumeStore ? listStored(volumeStore, podUid) : [], listDockerVolumes(context, podUid)])
  return [...stored, ...ofDocker]
}

async function listDockerVolumes({ docker, ...owner }: DockerContext, podUid?: string): Promise<{ name: string; podUid: string }[]> {
  const label = ownerFilter(owner, ...(podUid === undefined ? [] : [`${labels.podUid}=${podUid}`]))
  try {
    const { Volumes } = await docker.listVolumes({ filters: JSON.stringify({ label }) })
    return (Volumes ?? []).flatMap(({ Name, Labels }) => {
      const podUid = (Labels as Record<string, string> | null)?.[labels.podUid]
      return podUid ? [{ name: Name, podUid }] : []
    })
  } catch (error) {
    throw toRuntimeError(error)
  }
}
