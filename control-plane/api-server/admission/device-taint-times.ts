import { ResourceSlice } from '../../../api/resource/resource-slice.ts'
import { timestamp } from '../../../api/time.ts'
import type { Clock } from '../../../common/clock.ts'
import { on } from './rule.ts'

/**
 * Taints of devices say since when they are there (upstream's SetDefaults_DeviceTaint, which is a default there: here defaults
 * know no clock).
 */
export const deviceTaintTimes = (clock: Pick<Clock, 'now'>) =>
  on(['create', 'update'], ResourceSlice, slice => {
    const { devices } = slice.spec
    if (!devices?.some(({ taints = [] }) => taints.some(({ timeAdded }) => !timeAdded))) return slice
    const timeAdded = timestamp(clock.now())
    const dated = devices.map(device =>
      device.taints ? { ...device, taints: device.taints.map(taint => (taint.timeAdded ? taint : { ...taint, timeAdded })) } : device,
    )
    return { ...slice, spec: { ...slice.spec, devices: dated } }
  })
