import { messageOf } from '../../common/error-message.ts'
import { NotYetKnown } from './object-watches.ts'

export interface MountFailure {
  readonly volume: string
  /** What upstream's FailedMount event says. */
  readonly message: string
}

/** Why a volume cannot be had, worded as the event is. */
export class MountProblem extends Error {
  override readonly name = 'MountProblem'
}

/** One or several volumes of a pod cannot be set up, or not be brought up to date. */
export class MountError extends Error {
  override readonly name = 'MountError'
  readonly failures: readonly MountFailure[]

  constructor(failures: readonly MountFailure[], options?: ErrorOptions) {
    super(failures.map(({ message }) => message).join('; '), options)
    this.failures = failures
  }
}

/** Throws MountError when anything failed that was tried with the volumes; what only waits for its watch has not failed. */
export function throwFailures(volumes: readonly { readonly name: string }[], results: readonly PromiseSettledResult<unknown>[]): void {
  const failures = results.flatMap((result, index): MountFailure[] => {
    if (result.status === 'fulfilled' || result.reason instanceof NotYetKnown) return []
    const volume = volumes[index]?.name ?? ''
    if (result.reason instanceof MountProblem) return [{ volume, message: result.reason.message }]
    return [{ volume, message: `MountVolume.SetUp failed for volume "${volume}" : ${messageOf(result.reason)}` }]
  })
  if (failures.length > 0) throw new MountError(failures)
}
