import { Backoff } from '../../common/backoff.ts'
import type { Clock } from '../../common/clock.ts'
import { goDuration } from '../../common/go-duration.ts'
import { messageOf } from '../../common/error-message.ts'
import { RuntimeError, isRuntimeError, type ImageInfo, type RegistryCredentials, type Runtime } from '../runtime/runtime.ts'
import { parseImageName } from './image-name.ts'
import { Limiter } from './limiter.ts'

export type ImageErrorReason =
  'InvalidImageName' | 'ErrImageNeverPull' | 'ErrImagePull' | 'ImagePullBackOff' | 'RegistryUnavailable' | 'ImageInspectError'

/** Why a container cannot have its image; `reason` is what the container waits with. */
export class ImageError extends Error {
  override readonly name = 'ImageError'
  readonly reason: ImageErrorReason
  /** Milliseconds after which another try makes sense. */
  readonly retryAfter: number

  constructor(reason: ImageErrorReason, message: string, retryAfter = 10_000) {
    super(message)
    this.reason = reason
    this.retryAfter = retryAfter
  }
}

export interface ImageRequest {
  readonly podUid: string
  readonly image: string
  readonly pullPolicy: 'Always' | 'IfNotPresent' | 'Never'
  readonly record: (type: 'Normal' | 'Warning', reason: string, message: string) => void
  /** Asked only when a pull is due. */
  readonly credentials: () => Promise<RegistryCredentials | undefined>
  readonly signal?: AbortSignal
}

export interface ImageManagerOptions {
  readonly runtime: Pick<Runtime, 'imageStatus' | 'pullImage'>
  readonly clock: Clock
  /** 1: one pull after the other, as upstream's default. */
  readonly parallelPulls?: number
  readonly backoffInitialMs?: number
  readonly backoffMaxMs?: number
}

/** Makes sure that a container's image is there, by its pull policy, with upstream's events. */
export class ImageManager {
  readonly #options: ImageManagerOptions
  readonly #limiter: Limiter
  readonly #backoff: Backoff
  readonly #lastErrors = new Map<string, string>()

  constructor(options: ImageManagerOptions) {
    this.#options = options
    this.#limiter = new Limiter(options.parallelPulls ?? 1)
    this.#backoff = new Backoff(options.backoffInitialMs ?? 10_000, options.backoffMaxMs ?? 300_000)
  }

  /** Resolves to the image; throws ImageError. */
  async ensure(request: ImageRequest): Promise<ImageInfo> {
    const { image, pullPolicy, record } = request
    this.#checkName(request)
    const present = await this.#options.runtime.imageStatus(image)
    if (present && pullPolicy !== 'Always') {
      record('Normal', 'Pulled', `Container image "${image}" already present on machine and can be accessed by the pod`)
      return present
    }
    if (pullPolicy === 'Never') {
      const message = `Container image "${image}" is not present with pull policy of Never`
      record('Warning', 'ErrImageNeverPull', message)
      throw new ImageError('ErrImageNeverPull', message)
    }
    return await this.#pull(request, present)
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

  async #pull(request: ImageRequest, present: ImageInfo | undefined): Promise<ImageInfo> {
    const { image, podUid, record } = request
    const { clock } = this.#options
    const key = `${podUid}_${image}`
    const left = this.#backoff.remainingSinceUpdate(key, clock.now().getTime())
    if (left > 0) {
      record('Normal', 'BackOff', `Back-off pulling image "${image}"`)
      throw new ImageError('ImagePullBackOff', `Back-off pulling image "${image}": ${this.#lastErrors.get(key) ?? 'ErrImagePull'}`, left)
    }
    record('Normal', 'Pulling', `Pulling image "${image}"`)
    try {
      const pulled = await this.#pullNow(request)
      this.#backoff.reset(key)
      this.#lastErrors.delete(key)
      return pulled
    } catch (error) {
      record('Warning', 'Failed', `Failed to pull image "${image}": ${messageOf(error)}`)
      // Always asks for a newer image, not for a registry: with none in reach the image at hand is the newest there is.
      if (present && isRuntimeError(error, 'RegistryUnavailable')) return present
      const now = clock.now().getTime()
      this.#backoff.next(key, now, now)
      const failure = asImageError(image, error, this.#backoff.get(key))
      this.#lastErrors.set(key, `${failure.reason}: ${failure.message}`)
      throw failure
    }
  }

  async #pullNow({ image, record, credentials, signal }: ImageRequest): Promise<ImageInfo> {
    const { runtime, clock } = this.#options
    const asked = clock.now().getTime()
    const login = await credentials()
    return await this.#limiter.run(async () => {
      const began = clock.now().getTime()
      const id = await runtime.pullImage(image, { ...(login ? { credentials: login } : {}), ...(signal ? { signal } : {}) })
      const ended = clock.now().getTime()
      const info = (await runtime.imageStatus(image)) ?? { id, tags: [image], digests: [], sizeBytes: 0 }
      const times = `${goDuration(ended - began)} (${goDuration(ended - asked)} including waiting)`
      record('Normal', 'Pulled', `Successfully pulled image "${image}" in ${times}. Image size: ${info.sizeBytes} bytes.`)
      return info
    })
  }
}

function asImageError(image: string, error: unknown, retryAfter: number): ImageError {
  if (error instanceof RuntimeError && error.reason === 'InvalidImageName') return new ImageError('InvalidImageName', error.message)
  // The next look shows that it is waiting (ImagePullBackOff).
  return new ImageError('ErrImagePull', messageOf(error), Math.min(retryAfter / 2, 1000))
}
