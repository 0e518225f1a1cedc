import type { HostPathVolumeSource } from '../../api/core/volume.ts'
import type { Runtime } from '../runtime/runtime.ts'

const names = {
  Directory: 'a directory',
  File: 'a file',
  Socket: 'a socket file',
  CharDevice: 'a character device',
  BlockDevice: 'a block device',
} as const
type CheckedType = keyof typeof names
const isChecked = (type: string): type is CheckedType => type in names

/** Checks, and where the type says so creates, what a hostPath volume names. Throws with upstream's words. */
export async function checkHostPath(
  { path, type = '' }: HostPathVolumeSource,
  runtime: Pick<Runtime, 'hostPathType' | 'createHostPath'>,
): Promise<void> {
  if (type === '') {
    // Nothing is checked; a path that is missing becomes a directory.
    if ((await runtime.hostPathType(path)) === undefined) await runtime.createHostPath(path, 'Directory')
    return
  }
  const wanted = type === 'DirectoryOrCreate' ? 'Directory' : type === 'FileOrCreate' ? 'File' : type
  if (!isChecked(wanted)) throw new Error(`hostPath type check failed: ${type} is an invalid volume type`)
  const found = await runtime.hostPathType(path)
  if (found === undefined && wanted !== type && (wanted === 'Directory' || wanted === 'File'))
    return await runtime.createHostPath(path, wanted)
  if (found !== wanted) throw new Error(`hostPath type check failed: ${path} is not ${names[wanted]}`)
}
