import { chmod, lchown, lstat, opendir } from 'node:fs/promises'
import { join } from 'node:path'
import { ifMissing } from './errors.ts'

export interface GroupOwnership {
  readonly gid: number
  /** Whether a root that is the group's already says that everything below it is too. */
  readonly policy: 'Always' | 'OnRootMismatch'
}

const readAndWrite = 0o660
const search = 0o110
const setGroup = 0o2000

/**
 * Makes everything in a directory the group's, readable and writable by it (upstream's SetVolumeOwnership). Links are not followed;
 * what goes away meanwhile is left out.
 */
export async function takeGroup(root: string, { gid, policy }: GroupOwnership): Promise<void> {
  if (policy === 'OnRootMismatch') {
    const found = await lstat(root)
    if (found.gid === gid && (found.mode & (setGroup | readAndWrite)) === (setGroup | readAndWrite)) return
  }
  await take(root, gid)
}

async function take(path: string, gid: number): Promise<void> {
  const found = await lstat(path).catch(ifMissing)
  if (!found) return
  if (found.gid !== gid) await lchown(path, found.uid, gid).catch(ifMissing)
  if (found.isSymbolicLink()) return
  // The root last: that it is the group's says that the rest is.
  if (found.isDirectory()) for await (const entry of await opendir(path)) await take(join(path, entry.name), gid)
  const mode = (found.mode & 0o7777) | readAndWrite | (found.isDirectory() ? setGroup | search : 0)
  // A change of the owner clears bits, so that they are set again even where they were there.
  await chmod(path, mode).catch(ifMissing)
}
