import { watch } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { sleepUnlessAborted, type Clock } from '../../common/clock.ts'
import type { Logger } from '../../common/log.ts'
import type { Runnable } from '../../common/run.ts'

export interface Manifest {
  readonly path: string
  readonly text: string
}

export interface ManifestDirectoryOptions {
  /** A directory, or one file. */
  readonly path: string
  /** Given all manifests that are there, at the start and whenever something changed. */
  readonly onManifests: (manifests: readonly Manifest[]) => void
  /** How often to look when the file system tells nothing: not every one does. */
  readonly checkMs: number
  readonly clock: Clock
  readonly log: Logger
}

/** Editors write a file in several steps. */
const gatherMs = 100

/** Reads the manifests of static pods, again whenever they change. Files whose names start with a dot are not read. */
export class ManifestDirectory implements Runnable {
  readonly #options: ManifestDirectoryOptions

  constructor(options: ManifestDirectoryOptions) {
    this.#options = options
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, checkMs, log, path, onManifests } = this.#options
    while (!signal.aborted) {
      const changed = new AbortController()
      const stopWatching = this.#watch(changed)
      try {
        onManifests(await readManifests(path))
      } catch (error) {
        log.warn('the manifests of static pods could not be read', { path, error })
      }
      await sleepUnlessAborted(clock, checkMs, AbortSignal.any([signal, changed.signal]))
      stopWatching()
      if (changed.signal.aborted) await sleepUnlessAborted(clock, gatherMs, signal)
    }
  }

  /** A path that cannot be watched, for instance because it is not there yet, is looked at from time to time. */
  #watch(changed: AbortController): () => void {
    const { path, log } = this.#options
    try {
      const watcher = watch(path, () => changed.abort())
      watcher.on('error', error => log.debug('the manifests of static pods are no longer watched', { path, error }))
      return () => watcher.close()
    } catch (error) {
      log.debug('the manifests of static pods cannot be watched', { path, error })
      return () => undefined
    }
  }
}

const ifMissing = (error: NodeJS.ErrnoException): undefined => {
  if (error.code !== 'ENOENT') throw error
}

async function readManifests(path: string): Promise<Manifest[]> {
  const found = await stat(path).catch(ifMissing)
  if (!found) return []
  if (found.isFile()) return await readOne(path)
  const names = (await readdir(path)).filter(name => !name.startsWith('.')).sort()
  return (await Promise.all(names.map(name => readOne(join(path, name))))).flat()
}

/** What is no file, or gone by now, is no manifest. */
async function readOne(path: string): Promise<Manifest[]> {
  const found = await stat(path).catch(ifMissing)
  const text = found?.isFile() && !basename(path).startsWith('.') ? await readFile(path, 'utf8').catch(ifMissing) : undefined
  return text === undefined ? [] : [{ path, text }]
}
