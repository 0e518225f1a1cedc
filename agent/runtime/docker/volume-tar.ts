import { pack, type Header, type Pack } from 'tar-stream'
import type { VolumeFile } from '../runtime.ts'

/** What one volume's part of a tar holds. */
export interface VolumeContent {
  /** Where the volume is mounted in the container that the tar goes to. */
  readonly directory: string
  readonly files: readonly VolumeFile[]
  /** A directory of its own below the volume, such as `..2024_01_01_00_00_00.123`; absent: straight into the volume. */
  readonly generation?: string
  /** Bits of the volume's root. Absent: left as they are. */
  readonly rootMode?: number
  /** Group of everything, but of files that have one of their own. */
  readonly gid?: number | undefined
  /** The link to write for the generation: `..data`, or `..data_tmp` for a rename to switch later. */
  readonly link?: string
}

/** Volumes as one tar for one `PUT archive` into the root directory of a container that mounts them all. */
export function volumesTar(contents: readonly VolumeContent[]): Promise<Buffer> {
  const tar = pack()
  for (const content of contents) add(tar, content)
  return finished(tar)
}

/** The whole tar at once: what Kubernetes puts into volumes is at most a few MiB. */
export async function finished(tar: Pack): Promise<Buffer> {
  tar.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of tar) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** What has a group hands it on to everything that is made in it later: upstream's SetVolumeOwnership sets the setgid bit. */
export const directoryMode = (mode: number, gid: number | undefined): number => (gid === undefined ? mode : mode | 0o2000)

function add(tar: Pack, { directory, files, generation, rootMode, gid: group, link }: VolumeContent): void {
  const base = directory.slice(1)
  const gid = group === undefined ? {} : { gid: group }
  const addDirectory = (name: string, mode: number) => entry(tar, { name, type: 'directory', mode: directoryMode(mode, group), ...gid })
  if (rootMode !== undefined) addDirectory(base, rootMode)
  const target = generation ? `${base}/${generation}` : base
  if (generation) addDirectory(target, 0o755)
  for (const parent of parentsOf(files)) addDirectory(`${target}/${parent}`, 0o755)
  for (const file of files) {
    const owner = { ...(file.uid === undefined ? {} : { uid: file.uid }), ...(file.gid === undefined ? gid : { gid: file.gid }) }
    entry(tar, { name: `${target}/${file.path}`, mode: file.mode, ...owner }, file.content)
  }
  if (!generation || !link) return
  entry(tar, { name: `${base}/${link}`, type: 'symlink', linkname: generation, mode: 0o777 })
  for (const name of topLevel(files)) entry(tar, { name: `${base}/${name}`, type: 'symlink', linkname: `..data/${name}`, mode: 0o777 })
}

function entry(tar: Pack, header: Partial<Header> & { name: string }, content?: Buffer): void {
  const full = { mtime: new Date(), ...header }
  if (content) tar.entry(full, content)
  else tar.entry(full)
}

/** Every directory that the paths need, outer ones first. */
export function parentsOf(files: readonly VolumeFile[]): string[] {
  const parents = new Set<string>()
  for (const { path } of files) {
    const parts = path.split('/').slice(0, -1)
    parts.forEach((_, index) => parents.add(parts.slice(0, index + 1).join('/')))
  }
  return [...parents].sort()
}

/** What users see in the volume: links to what `..data` holds. */
export const topLevel = (files: readonly VolumeFile[]): string[] => [...new Set(files.map(({ path }) => path.split('/')[0] ?? path))]
