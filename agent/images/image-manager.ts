import { Backoff } from '../../common/backoff.ts'
import type { Clock } from '../../common/clock.ts'
import { goDuration } from '../../common/go-duration.ts'
import { messageOf } from '../../common/error-message.ts'
import { RuntimeError, isRuntimeError, type ImageInfo, type Runtime } from '../runtime/runtime.ts'
import { ImageError, imageErrorOf } from './image-error.ts'
import { parseImageName } from './image-name.ts'
import { credentialsFor, type PullSecret, type TrackedCredentials } from './keyring.ts'
import { Limiter } from './limiter.ts'
import { PullRate, type PullRateSettings } from './pull-rate.ts'
import type { PullRecords } from './pull-records.ts'
import { watchPull } from './pull-watch.ts'

export interface ImageRequest {
  readonly podUid: string
  readonly image: string
  readonly pullPolicy: 'Always' | 'IfNotPresent' | 'Never'
  readonly record: (type: 'Normal' | 'Warning', reason: string, message: string) => void
  readonly secrets: readonly PullSecret[]
  readonly signal?: AbortSignal
}

export interface ImageSettings {
  /** 1: one pull after the other, upstream's serializeImagePulls; more: maxParallelImagePulls; 0: as many as there are. */
  readonly parallelPulls: number
  readonly pullRate: PullRateSettings
  readonly backoffInitialMs: number
  readonly backoffMaxMs: number
  /** What to do when no registry is in reach and the image is here: run it, or fail as upstream does. */
  readonly unreachableRegistry: 'use-local-image' | 'fail'
  readonly progressDeadlineMs: number
}
export const defaultImageSettings: ImageSettings = {
  parallelPulls: 1,
  pullRate: { qps: 5, burst: 10 },
  backoffInitialMs: 10_000,
  backoffMaxMs: 300_000,
  unreachableRegistry: 'use-local-image',
  progressDeadlineMs: 60_000,
}

export interface ImageManagerOptions {
  readonly runtime: Pick<Runtime, 'imageStatus' | 'listImages' | 'pullImage'>
  readonly records: PullRecords
  readonly clock: Clock
  readonly settings: ImageSettings
}

/** Makes sure that a container's image is there, by its pull policy, with upstream's events. */
export class ImageManager {
  readonly #options: ImageManagerOptions
  readonly #limiter: Limiter
  readonly #rate: PullRate
  readonly #backoff: Backoff
  readonly #lastErrors = new Map<string, string>()
  readonly #inspections = new Map<string, Promise<ImageInfo | undefined>>()

  constructor(options: ImageManagerOptions) {
    const { parallelPulls, pullRate, backoffInitialMs, backoffMaxMs } = options.settings
    this.#options = options
    this.#limiter = new Limiter(parallelPulls)
    this.#rate = new PullRate(pullRate, options.clock)
    this.#backoff = new Backoff(backoffInitialMs, backoffMaxMs)
  }

  /** Resolves to the image; throws ImageError. */
  async ensure(request: ImageRequest): Promise<ImageInfo> {
    const { image, pullPolicy, record } = request
    this.#checkName(request)
    const present = await this.#inspect(request)
    const credentials = credentialsOf(request)
    const usable = present && (await this.#options.records.accessible(image, present.id, () => credentials))
    if (usable && pullPolicy !== 'Always') {
      record('Normal', 'Pulled', alreadyPresent(image))
      return present
    }
    if (pullPolicy === 'Never') {
      const message = `Container image "${image}" is not present with pull policy of Never`
      record('Warning', 'ErrImageNeverPull', message)
      throw new ImageError('ErrImageNeverPull', message)
    }
    return await this.#pull(request, credentials, usable ? present : undefined)
  }

  forget(podUid: string): void {
    this.#backoff.forget(`${podUid}_`)
    for (const key of this.#lastErrors.keys()) if (key.startsWith(`${podUid}_`)) this.#lastErrors.delete(key)
  }

  #checkName({ image, record }: ImageRequest): void {
    try {
      parseImageName(image)
    } catch (error) {
      const message = messageOf(error)
      record('Warning', 'InspectFailed', message)
      throw new ImageError('InvalidImageName', message)
    }
  }

  async #inspect({ image, record }: ImageRequest): Promise<ImageInfo | undefined> {
    try {
      return await this.#status(image)
    } catch (error) {
      const message = `Failed to inspect image "${image}": ${messageOf(error)}`
      record('Warning', 'InspectFailed', message)
      throw new ImageError('ImageInspectError', message)
    }
  }

  /** One answer for all who ask while it is on its way: pods that come together often have one image. */
  #status(image: string): Promise<ImageInfo | undefined> {
    const running = this.#inspections.get(image)
    if (running) return running
    const started = this.#options.runtime.imageStatus(image).finally(() => this.#inspections.delete(image))
    this.#inspections.set(image, started)
    return started
  }

  async #pull(request: ImageRequest, credentials: readonly TrackedCredentials[], present: ImageInfo | undefined): Promise<ImageInfo> {
    const { image, podUid, record, signal } = request
    const { clock, settings } = this.#options
    const key = `${podUid}_${image}`
    const left = this.#backoff.remainingSinceUpdate(key, clock.now().getTime())
    if (left > 0) {
      record('Normal', 'BackOff', `Back-off pulling image "${image}"`)
      throw new ImageError('ImagePullBackOff', `Back-off pulling image "${image}": ${this.#lastErrors.get(key) ?? 'ErrImagePull'}`, left)
    }
    record('Normal', 'Pulling', `Pulling image "${image}"`)
    try {
      const pulled = await this.#pullNow(request, credentials)
      this.#backoff.reset(key)
      this.#lastErrors.delete(key)
      return pulled
    } catch (error) {
      // The pod is being stopped: no failure of the pull.
      signal?.throwIfAborted()
      const failed = `Failed to pull image "${image}": ${messageOf(error)}`
      // Always asks for a newer image, not for a registry: with none in reach, the image at hand is the newest there is.
      if (present && settings.unreachableRegistry === 'use-local-image' && isRuntimeError(error, 'RegistryUnavailable')) {
        record('Warning', 'Failed', `${failed}; its registry cannot be reached: the image on the machine is used`)
        record('Normal', 'Pulled', alreadyPresent(image))
        return present
      }
      record('Warning', 'Failed', failed)
      const now = clock.now().getTime()
      this.#backoff.next(key, now, now)
      const failure = imageErrorOf(error, this.#backoff.get(key))
      this.#lastErrors.set(key, `${failure.reason}: ${failure.message}`)
      throw failure
    }
  }

  async #pullNow(request: ImageRequest, credentials: readonly TrackedCredentials[]): Promise<ImageInfo> {
    const { image, record } = request
    const { runtime, clock } = this.#options
    const asked = clock.now().getTime()
    return await this.#limiter.run(async () => {
      request.signal?.throwIfAborted()
      const began = clock.now().getTime()
      const id = await this.#pullRecorded(request, credentials)
      const ended = clock.now().getTime()
      const info = (await runtime.imageStatus(image)) ?? { id, tags: [image], digests: [], sizeBytes: 0 }
      const times = `${goDuration(ended - began)} (${goDuration(ended - asked)} including waiting)`
      record('Normal', 'Pulled', `Successfully pulled image "${image}" in ${times}. Image size: ${info.sizeBytes} bytes.`)
      return info
    })
  }

  /** Pulls with one login after the other until one is taken, and writes down whose the image is now. */
  async #pullRecorded(request: ImageRequest, credentials: readonly TrackedCredentials[]): Promise<string> {
    const { image } = request
    const { runtime, records } = this.#options
    const before = new Set((await runtime.listImages()).map(({ id }) => id))
    await records.begin(image)
    const errors: unknown[] = []
    for (const login of credentials.length > 0 ? credentials : [undefined]) {
      try {
        const id = await this.#pullWatched(request, login)
        await records.pulled(image, { id, brought: !before.has(id), credentials: login })
        return id
      } catch (error) {
        errors.push(error)
        if (request.signal?.aborted) break
      }
    }
    await records.failed(image)
    throw together(errors)
  }

  async #pullWatched({ image, record, signal }: ImageRequest, login: TrackedCredentials | undefined): Promise<string> {
    const { runtime, clock, settings } = this.#options
    const { progressDeadlineMs } = settings
    if (!this.#rate.tryAccept()) throw new Error('pull QPS exceeded')
    const report = (message: string) => record('Normal', 'Pulling', message)
    return await watchPull({ image, clock, progressDeadlineMs, report, signal }, hooks =>
      runtime.pullImage(image, { ...hooks, ...(login ? { credentials: login } : {}) }),
    )
  }
}

const alreadyPresent = (image: string) => `Container image "${image}" already present on machine and can be accessed by the pod`

/** A secret that cannot be read stops the pull, as it does upstream. */
function credentialsOf({ image, secrets, record }: ImageRequest): TrackedCredentials[] {
  try {
    return credentialsFor(image, secrets)
  } catch (error) {
    record('Warning', 'Failed', `Failed to pull image "${image}": ${messageOf(error)}`)
    throw new ImageError('ErrImagePull', messageOf(error))
  }
}

/** Several refusals as one, every sentence once; of one kind when all of them are. */
function together(errors: readonly unknown[]): unknown {
  const [first] = errors
  const messages = [...new Set(errors.map(messageOf))]
  if (messages.length === 1) return first
  const same = first instanceof RuntimeError && errors.every(error => isRuntimeError(error, first.reason))
  return new RuntimeError(same ? first.reason : 'Unknown', `[${messages.join(', ')}]`, { cause: first })
}
