import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { extract, pack, type Header } from 'tar-stream'
import { translated } from './errors.ts'
import { withHelper } from './helper-container.ts'
import { engineDirectory } from './mounts.ts'
import { isReady, isStored, markReady } from './node-volumes.ts'
import type { DockerContext } from './options.ts'

const target = '/volume'

/**
 * Copies the files of an image into a volume: out of a container of the image that is never started, through the agent, into
 * one that mounts the volume. Mounts of type image would need no copy, but no engine before version 28 has them. A copy that
 * was interrupted begins anew, over what is there.
 */
export async function fillVolume(context: DockerContext, volume: string, image: string): Promise<void> {
  const store = context.volumeStore
  if (isStored(store, volume) && isReady(store, volume)) return
  const directory = await engineDirectory(context, volume)
  await withHelper(context, { image }, async source => {
    const files = withoutEngineFiles((await translated(source.export())) as Readable)
    await withHelper(context, { hostConfig: { Binds: [`${directory}:${target}`] } }, async sink => {
      await translated(sink.putArchive(files, { path: target }))
    })
  })
  if (isStored(store, volume)) await markReady(store, volume)
}

/** What the engine puts into every container, and no image holds like this. */
const engineFiles = ['.dockerenv', 'dev/console', 'etc/hostname', 'etc/hosts', 'etc/resolv.conf']
export const isEngineFile = ({ name, size, linkname }: Pick<Header, 'name' | 'size'> & Partial<Pick<Header, 'linkname'>>): boolean =>
  (engineFiles.includes(name) && size === 0) || (name === 'etc/mtab' && linkname === '/proc/mounts')

function withoutEngineFiles(source: Readable): Readable {
  const kept = pack()
  const copy = async () => {
    for await (const entry of source.pipe(extract())) {
      if (isEngineFile(entry.header)) entry.resume()
      else await pipeline(entry, kept.entry(entry.header))
    }
    kept.finalize()
  }
  source.once('error', error => kept.destroy(error))
  copy().catch((error: Error) => kept.destroy(error))
  return kept as unknown as Readable
}
