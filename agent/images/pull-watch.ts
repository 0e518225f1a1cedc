import { sleepUnlessAborted, type Clock } from '../../common/clock.ts'
import { goDuration } from '../../common/go-duration.ts'
import { RuntimeError, type PullOptions, type PullProgress } from '../runtime/runtime.ts'

export interface PullWatchOptions {
  readonly image: string
  readonly clock: Clock
  /** A pull that stands still for so long is given up; 0: never. */
  readonly progressDeadlineMs: number
  readonly report: (message: string) => void
  readonly signal?: AbortSignal | undefined
}

/** The first word of a long pull comes after so long, every further one after twice the time, up to the last. */
const firstReportMs = 10_000
const lastReportMs = 300_000

/**
 * Runs a pull and watches over it: tells how far a long one is, and gives up one that stands still, as kubelet's
 * imagePullProgressDeadline did when kubelet spoke to Docker itself.
 */
export async function watchPull<T>(options: PullWatchOptions, pull: (hooks: PullOptions) => Promise<T>): Promise<T> {
  const ended = new AbortController()
  const standstill = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, standstill.signal]) : standstill.signal
  const seen = { at: options.clock.now().getTime(), progress: undefined as PullProgress | undefined }
  const onProgress = (progress: PullProgress) => {
    seen.at = options.clock.now().getTime()
    seen.progress = progress
  }
  const watching = watch(options, seen, { ended: ended.signal, giveUp: error => standstill.abort(error) })
  try {
    return await pull({ onProgress, signal })
  } catch (error) {
    standstill.signal.throwIfAborted()
    throw error
  } finally {
    ended.abort()
    await watching
  }
}

interface Ends {
  readonly ended: AbortSignal
  readonly giveUp: (error: Error) => void
}

async function watch(
  { image, clock, progressDeadlineMs, report }: PullWatchOptions,
  seen: { readonly at: number; readonly progress: PullProgress | undefined },
  { ended, giveUp }: Ends,
): Promise<void> {
  const now = () => clock.now().getTime()
  let pause = firstReportMs
  let reportAt = now() + pause
  for (;;) {
    const giveUpAt = progressDeadlineMs > 0 ? seen.at + progressDeadlineMs : Infinity
    await sleepUnlessAborted(clock, Math.max(0, Math.min(giveUpAt, reportAt) - now()), ended)
    if (ended.aborted) return
    if (progressDeadlineMs > 0 && now() >= seen.at + progressDeadlineMs) {
      const why = `Cancel pulling image "${image}" because of no progress for ${goDuration(progressDeadlineMs)}, latest progress: "${progressText(seen.progress)}"`
      return giveUp(new RuntimeError('Timeout', why))
    }
    if (now() < reportAt) continue
    report(`Pulling image "${image}": ${progressText(seen.progress)}`)
    pause = Math.min(pause * 2, lastReportMs)
    reportAt = now() + pause
  }
}

/** `12.3 MB of 45.6 MB downloaded, 2 of 5 layers done`. */
export function progressText(progress: PullProgress | undefined): string {
  if (!progress || progress.layers === 0) return 'nothing downloaded yet'
  const { downloadedBytes, totalBytes, layers, layersDone } = progress
  return `${megabytes(downloadedBytes)} of ${megabytes(totalBytes)} downloaded, ${layersDone} of ${layers} layers done`
}
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`
