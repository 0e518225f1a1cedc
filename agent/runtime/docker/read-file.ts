import type { Readable } from 'node:stream'
import { extract } from 'tar-stream'
import { isMissing, toRuntimeError } from './errors.ts'
import { readStored, storedAt } from './node-volumes.ts'
import type { DockerContext } from './options.ts'

export interface FileToRead {
  readonly path: string
  /** Bytes, from the end. */
  readonly limit: number
  /** What the engine mounted at the path, where that is known. */
  readonly source?: string | undefined
}

/** What lies in the node's own store is read there: for an archive the engine mounts the container's file system. */
export async function readFile(
  { docker, volumeStore }: DockerContext,
  id: string,
  { path, limit, source }: FileToRead,
): Promise<Buffer | undefined> {
  const stored = volumeStore && source ? storedAt(volumeStore, source) : undefined
  if (volumeStore && stored) return await readStored(volumeStore, stored, limit)
  try {
    const archive = (await docker.getContainer(id).getArchive({ path })) as Readable
    return await firstFile(archive, limit)
  } catch (error) {
    if (isMissing(error)) return undefined
    throw toRuntimeError(error)
  }
}

async function firstFile(archive: Readable, limit: number): Promise<Buffer | undefined> {
  const entries = extract()
  archive.on('error', error => entries.destroy(error))
  archive.pipe(entries)
  for await (const entry of entries) {
    if (entry.header.type !== 'file') return undefined
    return await tail(entry as AsyncIterable<Buffer>, limit)
  }
  return undefined
}

/** The last `limit` bytes, holding no more than twice as many at any time. */
async function tail(source: AsyncIterable<Buffer>, limit: number): Promise<Buffer> {
  let kept: Buffer = Buffer.alloc(0)
  for await (const chunk of source) {
    kept = Buffer.concat([kept, chunk])
    if (kept.length > limit) kept = kept.subarray(kept.length - limit)
  }
  return kept
}
