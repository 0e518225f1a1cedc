import { randomBytes } from 'node:crypto'
import { chmod, chown, mkdir, readdir, readFile, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { VolumeFile } from '../runtime.ts'
import { ifMissing } from './errors.ts'
import { parentsOf, topLevel } from './volume-tar.ts'

export interface Content {
  readonly files: readonly VolumeFile[]
  /** Group of what has none of its own. */
  readonly gid?: number | undefined
}

/**
 * Upstream's AtomicWriter: the files go to a directory of their own, to which the link `..data` is switched by a rename; what
 * users see are links through it. A reader finds all of the old or all of the new. What is there already is not written
 * again; what an agent that was killed left half done is put right. Resolves to whether there was something to write.
 */
export async function writeAtomically(root: string, content: Content): Promise<boolean> {
  const names = topLevel(content.files)
  const current = await readlink(join(root, '..data')).catch(ifMissing)
  if (current !== undefined && (await holds(join(root, current), content.files))) {
    await showOnly(root, { generation: current, names })
    return false
  }
  const generation = generationName()
  const directory = join(root, generation)
  await mkdir(directory)
  await setOwner(directory, directoryOwner(content.gid))
  await writeFiles(directory, content)
  await symlinkAnew(generation, join(root, '..data_tmp'))
  await rename(join(root, '..data_tmp'), join(root, '..data'))
  await showOnly(root, { generation, names })
  return true
}

/** Kubelet's name for one state of an atomically written volume. */
export const generationName = (): string => {
  const time = new Date().toISOString().slice(0, 19).replace(/[-:T]/g, '_')
  return `..${time}.${randomBytes(4).readUInt32BE()}`
}

export async function writeFiles(directory: string, { files, gid }: Content): Promise<void> {
  for (const parent of parentsOf(files)) {
    await mkdir(join(directory, parent), { recursive: true })
    await setOwner(join(directory, parent), directoryOwner(gid))
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

/** What is made in a directory of the pod's group shall be the group's too. */
const directoryOwner = (gid: number | undefined): Ownership => ({ mode: gid === undefined ? 0o755 : 0o2755, gid })

/** The mode last: a change of the owner clears bits of it. */
export async function setOwner(path: string, { mode, uid, gid }: Ownership): Promise<void> {
  if (uid !== undefined || gid !== undefined) await chown(path, uid ?? 0, gid ?? 0)
  await chmod(path, mode)
}

async function holds(directory: string, files: readonly VolumeFile[]): Promise<boolean> {
  const entries = (await readdir(directory, { withFileTypes: true, recursive: true }).catch(ifMissing)) ?? []
  if (entries.filter(entry => entry.isFile()).length !== files.length) return false
  const same = files.map(async ({ path, content }) => (await readFile(join(directory, path)).catch(ifMissing))?.equals(content) ?? false)
  return (await Promise.all(same)).every(Boolean)
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
