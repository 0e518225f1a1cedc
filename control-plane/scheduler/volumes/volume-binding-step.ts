import type { Pod } from '../../../api/core/pod.ts'
import { messageOf } from '../../../common/error-message.ts'
import type { BindingStep } from '../binding-step.ts'
import type { VolumeBinder, VolumeReservation } from './volume-binder.ts'

/** The acting half of the rule VolumeBinding: a pod is bound when its claims are. */
export function volumeBindingStep(binder: VolumeBinder, timeoutMsOf: (pod: Pod) => number): BindingStep {
  const reservations = new Map<string, VolumeReservation>()
  const release = ({ metadata: { uid } }: Pod) => {
    const reservation = reservations.get(uid)
    if (reservation) binder.release(reservation)
    reservations.delete(uid)
  }
  return {
    name: 'VolumeBinding',
    reserve({ pod, info }) {
      const reservation = binder.reserve(pod, info.node)
      if (reservation) reservations.set(pod.metadata.uid, reservation)
    },
    unreserve: ({ pod }) => release(pod),
    async preBind({ pod }, signal) {
      const reservation = reservations.get(pod.metadata.uid)
      if (!reservation) return
      try {
        await binder.bind(reservation, { signal, timeoutMs: timeoutMsOf(pod) })
      } catch (error) {
        throw new Error(`binding volumes: ${messageOf(error)}`, { cause: error })
      } finally {
        // What was reserved is written by now, or not to be.
        release(pod)
      }
    },
    gone: ({ metadata }) => binder.forget(metadata.uid),
  }
}
