import { randomUUID } from 'node:crypto'
import { constants, existsSync } from 'node:fs'
import { lstat, mkdir, open, readdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type Docker from 'dockerode'
import { isRuntimeError, RuntimeError, type PreparedVolume, type VolumeConfig } from '../runtime.ts'
import { setOwner, writeAtomically, writeFiles, type Content } from './atomic-writer.ts'
import { ifMissing, isMissing, toRuntimeError } from './errors.ts'
import { takeGroup } from './group-ownership.ts'
import { isWithin, partsOf } from './sub-path.ts'

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
    await clearUnfinished(store)
    return store
  } catch (error) {
    if (isMissing(error)) return undefined
    throw toRuntimeError(error)
  }
}

const rootOf = (store: VolumeStore, name: string): string => join(store.local, name, 'data')
const ownerOf = (store: VolumeStore, name: string): string => join(store.local, name, 'pod')
const readyOf = (store: VolumeStore, name: string): string => join(store.local, name, 'ready')

/** What is half made or half removed has a name that begins as no volume's does. */
const unfinishedPrefix = '..'
const unfinished = (store: VolumeStore): string => join(store.local, `${unfinishedPrefix}${randomUUID()}`)

/** Removes what an agent that was killed was just making or removing. Only before anybody makes or removes anything. */
export async function clearUnfinished({ local }: Pick<VolumeStore, 'local'>): Promise<void> {
  const left = (await readdir(local)).filter(name => name.startsWith(unfinishedPrefix))
  await Promise.all(left.map(name => rm(join(local, name), { recursive: true, force: true })))
}

const isThere = ({ local }: VolumeStore, name: string): boolean => existsSync(join(local, name))

/** False for volumes that are Docker's: those in memory, and what an agent without a store left. */
export const isStored = (store: VolumeStore | undefined, name: string): store is VolumeStore => store !== undefined && isThere(store, name)

/** What a container binds to have the volume. */
export const bindSource = (store: VolumeStore, name: string): string => `${store.engine}/${name}/data`

export interface PartOfVolume {
  readonly volume: string
  readonly subPath: string
  /** Nothing is made. */
  readonly partsExist?: boolean | undefined
}

/**
 * The same place in the volume by a path in which nothing is a link; directories that are missing are made, as open as the
 * volume itself. Throws when links lead out of the volume, or nowhere: the engine, which resolves them on its own machine,
 * would mount whatever they name there.
 */
export async function storedSubPath(store: VolumeStore, { volume, subPath, partsExist }: PartOfVolume): Promise<string> {
  const root = await realpath(rootOf(store, volume))
  const { mode, gid } = await stat(root)
  let path = root
  for (const part of partsOf(subPath)) {
    const next = join(path, part)
    const found = await lstat(next).catch(ifMissing)
    path = found?.isSymbolicLink() ? ((await realpath(next).catch(ifMissing)) ?? '') : next
    if (!isWithin(root, path)) throw new RuntimeError('UnsafeSubPath', `subpath "${subPath}" not within volume path`)
    if (found) continue
    if (partsExist) throw new RuntimeError('NotFound', `subPath "${subPath}" does not exist in the volume`)
    await mkdir(next)
    await setOwner(next, { mode: mode & 0o2777, gid })
  }
  return path.slice(root.length + 1)
}

/**
 * Makes the volume, all at once: it is put together under a name that no volume has and then renamed, so that an agent that is
 * killed leaves a whole volume, known to be its pod's if it is one's, or a draft for the next agent to throw away.
 */
export async function createStored(store: VolumeStore, { name, pod }: VolumeConfig): Promise<void> {
  if (isThere(store, name)) return
  const draft = unfinished(store)
  await mkdir(join(draft, 'data'), { recursive: true })
  if (pod) await writeFile(join(draft, 'pod'), pod.uid)
  try {
    await rename(draft, join(store.local, name))
  } catch (error) {
    await rm(draft, { recursive: true })
    // Somebody else has made it meanwhile.
    if (!isThere(store, name)) throw error
  }
}

/** Gives the volume its mode, group and content. What was ready before is the containers', and left as it is. */
export async function prepareStored(store: VolumeStore, volume: PreparedVolume): Promise<void> {
  const { name, mode = 0o777, gid, content, regroup } = volume
  await createStored(store, volume)
  const ready = isReady(store, name)
  if (!ready) await setOwner(rootOf(store, name), { mode, gid })
  else if (regroup && gid !== undefined) await takeGroup(rootOf(store, name), { gid, policy: regroup })
  if (content && (content.atomic || !ready)) await writeStored(store, name, { ...content, gid })
  if (!ready) await markReady(store, name)
}

export async function writeStored(store: VolumeStore, name: string, content: Content & { readonly atomic: boolean }): Promise<void> {
  if (content.atomic) await writeAtomically(rootOf(store, name), content)
  else await writeFiles(rootOf(store, name), content)
}

/** True once the volume has been set up: upstream's readiness file. */
export const isReady = (store: VolumeStore, name: string): boolean => existsSync(readyOf(store, name))
export const markReady = (store: VolumeStore, name: string): Promise<void> => writeFile(readyOf(store, name), '')

/** A file of the volume; undefined when it is not there. */
export async function readStored(store: VolumeStore, file: PartOfVolume, limit: number): Promise<Buffer | undefined> {
  try {
    const path = join(rootOf(store, file.volume), await storedSubPath(store, { ...file, partsExist: true }))
    return await endOf(path, limit).catch(ifMissing)
  } catch (error) {
    if (isRuntimeError(error, 'NotFound')) return undefined
    throw error
  }
}

/** The part of a volume that a path of the engine's names; undefined for one outside the store. */
export function storedAt(store: VolumeStore, enginePath: string): PartOfVolume | undefined {
  if (!enginePath.startsWith(`${store.engine}/`)) return undefined
  const [volume, root, ...parts] = enginePath.slice(store.engine.length + 1).split('/')
  return volume && root === 'data' ? { volume, subPath: parts.join('/') } : undefined
}

/** At most so many bytes, from the end. A file that is none (a pipe, a device) is not waited for. */
async function endOf(path: string, limit: number): Promise<Buffer | undefined> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    const found = await file.stat()
    if (!found.isFile()) return undefined
    const length = Math.min(found.size, limit)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, found.size - length)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

/** From the moment of the rename it is no volume any more; the rest may take as long as it takes. */
export async function removeStored(store: VolumeStore, name: string): Promise<void> {
  const gone = unfinished(store)
  await rename(join(store.local, name), gone).catch(ifMissing)
  await rm(gone, { recursive: true, force: true })
}

/** Bytes on disk of everything in the volume, a file of several names once; what goes away meanwhile counts nothing. */
export const storedUsage = (store: VolumeStore, name: string): Promise<number> => usageOf(rootOf(store, name), new Set())

async function usageOf(path: string, seen: Set<number>): Promise<number> {
  const found = await lstat(path).catch(ifMissing)
  if (!found || (found.nlink > 1 && !found.isDirectory() && seen.has(found.ino))) return 0
  seen.add(found.ino)
  const inside = found.isDirectory() ? ((await readdir(path).catch(ifMissing)) ?? []) : []
  let bytes = found.blocks * 512
  for (const entry of inside) bytes += await usageOf(join(path, entry), seen)
  return bytes
}

/** Those of all pods, or of one. */
export async function listStored(store: VolumeStore, podUid?: string): Promise<{ name: string; podUid: string }[]> {
  const names = (await readdir(store.local)).filter(name => !name.startsWith(unfinishedPrefix))
  const found = await Promise.all(
    names.map(async name => {
      try {
        const owner = await readFile(ownerOf(store, name), 'utf8')
        return podUid === undefined || owner === podUid ? [{ name, podUid: owner }] : []
      } catch (error) {
        // Nobody's, or removed just now.
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
        throw error
      }
    }),
  )
  return found.flat()
}
