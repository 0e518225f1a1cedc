import { sleepUnlessAborted, type Clock } from '../../common/clock.ts'
import type { Logger } from '../../common/log.ts'
import type { Runnable } from '../../common/run.ts'
import type { ImageInfo, Runtime } from '../runtime/runtime.ts'

/** Events of one pull, build or clean-up come together: the list is read once they are through. */
const settleMs = 500
/** How often to look when nothing was heard. */
const relistMs = 300_000
const resubscribeMs = 1_000

export interface ImageReportOptions {
  readonly runtime: Pick<Runtime, 'listImages' | 'imageEvents'>
  readonly clock: Clock
  readonly log: Logger
  /** Called with all images of the machine, at the start and whenever one may have come or gone. */
  readonly report: (images: readonly ImageInfo[]) => void
}

/** Keeps the Node's list of images true: events wake it, the listing is what counts. */
export class ImageReport implements Runnable {
  readonly #options: ImageReportOptions
  #wake = new AbortController()

  constructor(options: ImageReportOptions) {
    this.#options = options
  }

  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#listen(signal), this.#list(signal)])
  }

  async #listen(signal: AbortSignal): Promise<void> {
    const { runtime, clock, log } = this.#options
    while (!signal.aborted) {
      try {
        for await (const _event of runtime.imageEvents(signal)) this.#wake.abort()
      } catch (error) {
        log.debug('the stream of image events broke; listening again', { error })
      }
      // What happened while nobody listened is not known.
      await sleepUnlessAborted(clock, resubscribeMs, signal)
      this.#wake.abort()
    }
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { runtime, clock, log, report } = this.#options
    while (!signal.aborted) {
      this.#wake = new AbortController()
      try {
        report(await runtime.listImages())
      } catch (error) {
        log.warn('images could not be listed', { error })
      }
      await sleepUnlessAborted(clock, relistMs, AbortSignal.any([signal, this.#wake.signal]))
      await sleepUnlessAborted(clock, settleMs, signal)
    }
  }
}
