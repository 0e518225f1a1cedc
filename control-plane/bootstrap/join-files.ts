import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Leaves what a node needs to join in a directory that control plane and nodes share: `ca.crt` to trust the server by and
 * `token` to be trusted with.
 */
export async function writeJoinFiles(directory: string, { ca, token }: { ca: string; token: string }): Promise<void> {
  await mkdir(directory, { recursive: true })
  await replace(join(directory, 'ca.crt'), ca, 0o644)
  await replace(join(directory, 'token'), token, 0o600)
}

/** A node that reads at this moment sees the old text or the new one. */
async function replace(path: string, text: string, mode: number): Promise<void> {
  await writeFile(`${path}.new`, text, { mode })
  await rename(`${path}.new`, path)
}
