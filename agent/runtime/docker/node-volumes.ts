import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, chown, lstat, mkdir, readdir, readFile, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type Docker from 'dockerode'
import { RuntimeError, type PreparedVolume, type VolumeConfig, type VolumeFile } from '../runtime.ts'
import { isMissing, toRuntimeError } from './errors.ts'
import { directoryMode, parentsOf, topLevel } from './volume-tar.ts'

/**
 * Where a node that is a container keeps the volumes of its pods: in its own data directory, which the engine holds under
 * another path. Writing a file there costs next to nothing; a Docker volume costs calls and a container to fill it.
 */
export interface VolumeStore {
  /** As the agent sees it. */
  readonly local: string
  /** As the engine sees it. */
  readonly engine: string
}

/** Undefined when the agent is no container, or its data directory no mount: its volumes are Docker's then. */
export async function findVolumeStore(docker: Docker, nodeContainer: string, dataDirectory: string): Promise<VolumeStore | undefined> {
  try {
    const { Mounts } = await docker.getContainer(nodeContainer).inspect()
    const mount = Mounts.find(({ Destination }) => Destination === dataDirectory)
    if (!mount?.Source) return undefined
    const store = { local: join(dataDirectory, 'volumes'), engine: `${mount.Source}/volumes` }
    await mkdir(store.local, { recursive: true, mode: 0o755 })
    return store
  } catch (error) {
    if (isMissing(error)) return undefined
    throw toRuntimeError(error)
  }
}

const rootOf = (store: VolumeStore, name: string): string => join(store.local, name, 'data')
const ownerOf = (store: VolumeStore, name: string): string => join(store.local, name, 'pod')

/** False for volumes that are Docker's: those in memory, and what an agent without a store left. */
export const isStored = (store: VolumeStore | undefined, name: string): store is VolumeStore =>
  store !== undefined && existsSync(join(store.local, name))

/** What a container binds to have the volume. */
export const bindSource = (store: VolumeStore, name: string): string => `${store.engine}/${name}/data`

/**
 * The same place in the volume by a path in which nothing is a link. Throws when links lead out of the volume, or nowhere: the
 * engine, which resolves them on its own machine, would mount whatever they name there.
 */
export async function withoutStoredLinks(store: VolumeStore, { volume, subPath }: { volume: string; subPath: string }): Promise<string> {
  const root = await realpath(rootOf(store, volume))
  let path = root
  for (const part of subPath.split('/').filter(part => part !== '' && part !== '.')) {
    const next = join(path, part)
    const found = await lstat(next).catch(ifMissing)
    // What is missing will be made, and cannot be a link.
    path = found?.isSymbolicLink() ? ((await realpath(next).catch(ifMissing)) ?? '') : next
    if (!`${path}/`.startsWith(`${root}/`)) throw new RuntimeError('Unknown', `subpath "${subPath}" not within volume path`)
  }
  return path.slice(root.length + 1)
}

function ifMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}

export async function createStored(store: VolumeStore, { name, pod }: VolumeConfig): Promise<void> {
  await mkdir(rootOf(store, name), { recursive: true })
  await writeFile(ownerOf(store, name), pod.uid)
}

export async function prepareStored(store: VolumeStore, volume: PreparedVolume): Promise<void> {
  const { name, mode = 0o777, gid, content } = volume
  await createStored(store, volume)
  const root = rootOf(store, name)
  await setOwner(root, { mode: directoryMode(mode, gid), gid })
  if (content) await writeStored(store, name, { ...content, gid })
}

interface Content {
  readonly files: readonly VolumeFile[]
  readonly atomic: boolean
  /** Group of what has none of its own. */
  readonly gid?: number | undefined
}

/** With `atomic` as kubelet does it: into a directory of its own, to which the link `..data` is switched by a rename. */
export async function writeStored(store: VolumeStore, name: string, { files, atomic, gid }: Content): Promise<void> {
  const root = rootOf(store, name)
  if (!atomic) return await writeFiles(root, files, gid)
  const generation = generationName()
  await mkdir(join(root, generation))
  await setOwner(join(root, generation), { mode: directoryMode(0o755, gid), gid })
  await writeFiles(join(root, generation), files, gid)
  await symlinkAnew(generation, join(root, '..data_tmp'))
  await rename(join(root, '..data_tmp'), join(root, '..data'))
  await showOnly(root, { generation, names: topLevel(files) })
}

/** Kubelet's name for one state of an atomically written volume. */
export const generationName = (): string => {
  const time = new Date().toISOString().slice(0, 19).replace(/[-:T]/g, '_')
  return `..${time}.${randomBytes(4).readUInt32BE()}`
}

async function writeFiles(directory: string, files: readonly VolumeFile[], gid: number | undefined): Promise<void> {
  for (const parent of parentsOf(files)) {
    await mkdir(join(directory, parent), { recursive: true })
    await setOwner(join(directory, parent), { mode: directoryMode(0o755, gid), gid })
  }
  await Promise.all(
    files.map(async file => {
      const path = join(directory, file.path)
      await writeFile(path, file.content)
      await setOwner(path, { mode: file.mode, uid: file.uid, gid: file.gid ?? gid })
    }),
  )
}

interface Ownership {
  readonly mode: number
  readonly uid?: number | undefined
  readonly gid?: number | undefined
}

/** The mode last: a change of the owner clears bits of it. */
async function setOwner(path: string, { mode, uid, gid }: Ownership): Promise<void> {
  if (uid !== undefined || gid !== undefined) await chown(path, uid ?? 0, gid ?? 0)
  await chmod(path, mode)
}

async function symlinkAnew(target: string, path: string): Promise<void> {
  await rm(path, { force: true })
  await symlink(target, path)
}

/** Links for what the generation holds; older generations, and links to what they alone held, go away. */
async function showOnly(root: string, { generation, names }: { generation: string; names: readonly string[] }): Promise<void> {
  const entries = await readdir(root, { withFileTypes: true })
  const links = entries.filter(entry => entry.isSymbolicLink() && !entry.name.startsWith('..')).map(entry => entry.name)
  const generations = entries.filter(entry => entry.isDirectory() && /^\.\.\d/.test(entry.name)).map(entry => entry.name)
  await Promise.all([
    ...names.filter(name => !links.includes(name)).map(name => symlinkAnew(`..data/${name}`, join(root, name))),
    ...links.filter(name => !names.includes(name)).map(name => rm(join(root, name), { force: true })),
    ...generations.filter(name => name !== generation).map(name => rm(join(root, name), { recursive: true, force: true })),
  ])
}

/** A file of the volume; undefined when it is not there. */
export async function readStored(store: VolumeStore, file: { volume: string; subPath: string }): Promise<Buffer | undefined> {
  return await readFile(join(rootOf(store, file.volume), await withoutStoredLinks(store, file))).catch(ifMissing)
}

export async function removeStored(store: VolumeStore, name: string): Promise<void> {
  await rm(join(store.local, name), { recursive: true, force: true })
}

/** Bytes on disk of everything in the volume; what goes away meanwhile counts nothing. */
export const storedUsage = (store: VolumeStore, name: string): Promise<number> => usageOf(rootOf(store, name))

async function usageOf(path: string): Promise<number> {
  const found = await lstat(path).catch(ifMissing)
  if (!found) return 0
  const inside = found.isDirectory() ? ((await readdir(path).catch(ifMissing)) ?? []) : []
  let bytes = found.blocks * 512
  for (const entry of inside) bytes += await usageOf(join(path, entry))
  return bytes
}

export async function listStored(store: VolumeStore): Promise<{ name: string; podUid: string }[]> {
  const names = await readdir(store.local)
  const found = await Promise.all(
    names.map(async name => {
      try {
        const podUid = await readFile(ownerOf(store, name), 'utf8')
        return podUid ? [{ name, podUid }] : []
      } catch (error) {
        // Being made, or being removed, just now; an empty answer means the same.
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
        throw error
      }
    }),
  )
  return found.flat()
}
