import { messageOf } from '../../common/error-message.ts'
import { isRuntimeError } from '../runtime/runtime.ts'

export type ImageErrorReason = 'InvalidImageName' | 'ErrImageNeverPull' | 'ErrImagePull' | 'ImagePullBackOff' | 'ImageInspectError'

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

/** A failed pull, before its back-off of so many milliseconds. */
export function imageErrorOf(error: unknown, backoffMs: number): ImageError {
  if (isRuntimeError(error, 'InvalidImageName')) return new ImageError('InvalidImageName', messageOf(error))
  // The next look, which shows that the container waits (ImagePullBackOff), comes soon after.
  return new ImageError('ErrImagePull', messageOf(error), Math.min(backoffMs / 2, 1000))
}
