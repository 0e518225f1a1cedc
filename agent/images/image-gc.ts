import type { Clock } from '../../common/clock.ts'
import { sleepUnlessAborted } from '../../common/clock.ts'
import { messageOf } from '../../common/error-message.ts'
import { goDuration } from '../../common/go-duration.ts'
import type { Logger } from '../../common/log.ts'
import type { Runnable } from '../../common/run.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { bytesToFree, outlived, removable, usagePercent, type ImageGcPolicy, type ImageUse } from './plan-image-gc.ts'
import type { PullRecords } from './pull-records.ts'

export interface ImageGcOptions {
  readonly runtime: Pick<Runtime, 'listImages' | 'imagesInUse' | 'imageFsInfo' | 'removeImage'>
  readonly records: PullRecords
  readonly policy: ImageGcPolicy
  readonly clock: Clock
  readonly log: Logger
  /** A Warning about the node. */
  readonly warn: (reason: string, message: string) => void
}

/**
 * Upstream's image garbage collection, on an engine that is not the node's alone: of the images that this node has brought to
 * it, those go that no container of anybody was made of. Decision 23 says why.
 */
export class ImageGc implements Runnable {
  readonly #options: ImageGcOptions
  readonly #began: number
  #known = new Map<string, ImageUse>()
  #detected = false
  #failed = false

  constructor(options: ImageGcOptions) {
    this.#options = options
    this.#began = options.clock.now().getTime()
  }

  /** A high threshold of 100 without a greatest age switches it off, as upstream. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, policy } = this.#options
    if (policy.highThresholdPercent === 100 && policy.maxAgeMs === 0) return
    while (!signal.aborted) {
      await this.#attempt()
      await sleepUnlessAborted(clock, policy.periodMs, signal)
    }
  }

  /** Looks once and removes what has to go. Throws when less could be removed than had to be. */
  async collect(): Promise<void> {
    const { policy, clock, runtime, warn, log } = this.#options
    const now = clock.now().getTime()
    const unused = await this.#detect(now)
    const old = await this.#remove(outlived(unused, policy, { now, began: this.#began }))
    if (old.errors.length > 0)
      throw new Error(
        `wanted to free images older than ${goDuration(policy.maxAgeMs)}, encountered errors in image deletion: ${list(old.errors)}`,
      )
    const disk = await runtime.imageFsInfo()
    if (disk.capacityBytes === 0) {
      const message = 'invalid capacity 0 on image filesystem'
      warn('InvalidDiskCapacity', message)
      throw new Error(message)
    }
    const wanted = bytesToFree(disk, policy)
    if (wanted === 0) return
    log.info('the disk of images is over the high threshold: removing images', { usage: usagePercent(disk), bytes: wanted })
    const left = unused.filter(({ id }) => !old.removed.has(id))
    const { bytes, errors } = await this.#remove(removable(left, policy, now), wanted)
    if (errors.length > 0)
      throw new Error(`wanted to free ${wanted} bytes, but freed ${bytes} bytes space with errors in image deletion: ${list(errors)}`)
    if (bytes >= wanted) return
    const message = `Failed to garbage collect required amount of images. Attempted to free ${wanted} bytes, but only found ${bytes} bytes eligible to free.`
    warn('FreeDiskSpaceFailed', message)
    throw new Error(message)
  }

  /** The first failure may be one of the moment: only the next one is worth an event. */
  async #attempt(): Promise<void> {
    const { log, warn } = this.#options
    try {
      await this.collect()
      this.#failed = false
    } catch (error) {
      log.warn('image garbage collection failed', { error })
      if (this.#failed) warn('ImageGCFailed', messageOf(error))
      this.#failed = true
    }
  }

  /** Looks at what is there and who uses it; returns this node's images that nobody uses. */
  async #detect(now: number): Promise<ImageUse[]> {
    const { runtime, records } = this.#options
    const [images, inUse] = await Promise.all([runtime.listImages(), runtime.imagesInUse()])
    await records.keep(new Set(images.map(({ id }) => id)))
    const uses = images.map(({ id, sizeBytes }) => {
      const before = this.#known.get(id)
      // When the images came that were here before the agent, nobody knows: long ago.
      const firstDetected = before?.firstDetected ?? (this.#detected ? now : 0)
      return { id, sizeBytes, firstDetected, lastUsed: inUse.has(id) ? now : (before?.lastUsed ?? 0) }
    })
    this.#known = new Map(uses.map(use => [use.id, use]))
    this.#detected = true
    const owned = await Promise.all(images.map(image => records.owns(image)))
    return uses.filter(({ id }, index) => owned[index] && !inUse.has(id))
  }

  /** Removes one after the other until `enough` bytes are free; goes on after one that cannot be removed. */
  async #remove(images: readonly ImageUse[], enough = Infinity): Promise<{ bytes: number; removed: Set<string>; errors: unknown[] }> {
    const { runtime, log } = this.#options
    const removed = new Set<string>()
    const errors: unknown[] = []
    let bytes = 0
    for (const { id, sizeBytes } of images) {
      if (bytes >= enough) break
      try {
        await runtime.removeImage(id)
        log.info('removed an image that nobody uses', { image: id, bytes: sizeBytes })
        bytes += sizeBytes
        removed.add(id)
      } catch (error) {
        errors.push(error)
      }
    }
    return { bytes, removed, errors }
  }
}

/** Several errors as Go prints them. */
const list = (errors: readonly unknown[]): string => (errors.length === 1 ? messageOf(errors[0]) : `[${errors.map(messageOf).join(', ')}]`)
