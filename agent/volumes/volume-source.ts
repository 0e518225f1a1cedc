import type { Pod } from '../../api/core/pod.ts'
import type { VolumeFile } from '../runtime/runtime.ts'
import type { Objects } from './object-reader.ts'
import type { TokenSource } from './service-account-token.ts'

/** What sources of volume content work with. */
export interface ContentContext {
  readonly pod: Pod
  readonly objects: Objects
  readonly tokens: TokenSource
  readonly hostIp: string
  readonly podIp?: string | undefined
  /** Stand in for limits that a container does not have. */
  readonly allocatable: Readonly<Record<string, string>>
}

/** Permission bits of a file: its own, or those of the volume. */
export const fileMode = (own: number | undefined, defaultMode: number | undefined): number => own ?? defaultMode ?? 0o644

/** With an fsGroup, files belong to it and it may read them. */
export const withGroup = (files: readonly VolumeFile[], gid: number | undefined): VolumeFile[] =>
  files.map(file => (gid === undefined ? file : { ...file, gid, mode: file.mode | 0o440 }))

export interface KeySelection {
  readonly items?: readonly { readonly key: string; readonly path: string; readonly mode?: number }[] | undefined
  readonly defaultMode?: number | undefined
  readonly optional?: boolean | undefined
  /** `configmap` or `secret`, for the message about a missing key. */
  readonly what: string
}

/** The files of an object's data: all keys under their own names, or the selected ones where they are wanted. */
export function selectFiles(data: ReadonlyMap<string, Buffer>, { items, defaultMode, optional, what }: KeySelection): VolumeFile[] {
  if (!items || items.length === 0) return [...data].map(([path, content]) => ({ path, content, mode: fileMode(undefined, defaultMode) }))
  return items.flatMap(({ key, path, mode }) => {
    const content = data.get(key)
    if (content) return [{ path, content, mode: fileMode(mode, defaultMode) }]
    if (optional) return []
    throw new Error(
      what === 'configmap' ? `configmap references non-existent config key: ${key}` : `references non-existent secret key: ${key}`,
    )
  })
}
